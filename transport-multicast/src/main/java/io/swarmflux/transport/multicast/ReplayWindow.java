package io.swarmflux.transport.multicast;

import java.util.Arrays;

/**
 * Which packet numbers of a session have been seen: the newest {@value #SIZE} one by one, everything older as a whole.
 *
 * <pre>
 *   seen, whatever it was        |  one bit each                  |  new
 *   ... highest - 1024           |  highest - 1023 ... highest    |  highest + 1 ...
 * </pre>
 */
final class ReplayWindow {
    static final int SIZE = 1_024;

    private final long[] seen = new long[SIZE / Long.SIZE];
    private long highest;

    /** All up to a number count as seen. */
    ReplayWindow(long highest) {
        this.highest = highest;
        Arrays.fill(seen, -1L);
    }

    boolean isNew(long number) {
        if (number > highest) {
            return true;
        }
        return number > highest - SIZE && number >= 0 && (seen[word(number)] & bit(number)) == 0;
    }

    /** A packet that is new and was proved to be the sender's. */
    void mark(long number) {
        if (number > highest) {
            if (number - highest >= SIZE) {
                Arrays.fill(seen, 0L);
            } else {
                for (long passed = highest + 1; passed < number; passed++) {
                    seen[word(passed)] &= ~bit(passed);
                }
            }
            highest = number;
        }
        seen[word(number)] |= bit(number);
    }

    private static int word(long number) {
        return (int) (number & (SIZE - 1)) / Long.SIZE;
    }

    private static long bit(long number) {
        return 1L << (number & (Long.SIZE - 1));
    }
}
