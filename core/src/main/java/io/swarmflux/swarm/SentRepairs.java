package io.swarmflux.swarm;

import java.util.Arrays;

/** Which repairs were sent or heard lately. A fixed table: what is pushed out early may be sent once more. */
final class SentRepairs {
    private static final int BUCKETS = 512;
    private static final int PLACES = 4;
    private static final int SIZE = BUCKETS * PLACES;

    private final long[] sequences = new long[SIZE];
    private final int[] from = new int[SIZE];
    private final int[] until = new int[SIZE];
    private final long[] atNs = new long[SIZE];

    SentRepairs() {
        clear();
    }

    void clear() {
        Arrays.fill(atNs, Long.MIN_VALUE);
        Arrays.fill(sequences, -1);
    }

    /** Adds a range: chunks of one repair that follow one another take one place. */
    void add(long sequence, int start, int end, long lingerNs, long nowNs) {
        int first = bucket(sequence);
        int place = first;
        for (int i = first; i < first + PLACES; i++) {
            boolean fresh = atNs[i] != Long.MIN_VALUE && nowNs - atNs[i] < lingerNs;
            if (fresh && sequences[i] == sequence && from[i] <= start && start <= until[i]) {
                from[i] = Math.min(from[i], start);
                until[i] = Math.max(until[i], end);
                atNs[i] = nowNs;
                return;
            }
            if (atNs[i] < atNs[place]) {
                place = i;
            }
        }
        sequences[place] = sequence;
        from[place] = start;
        until[place] = end;
        atNs[place] = nowNs;
    }

    /** Takes away what was sent or heard since a time. */
    void removeFrom(ByteRanges ranges, long sequence, long sinceNs) {
        int first = bucket(sequence);
        for (int i = first; i < first + PLACES; i++) {
            if (sequences[i] == sequence && atNs[i] > sinceNs) {
                ranges.remove(from[i], until[i]);
            }
        }
    }

    private static int bucket(long sequence) {
        return (int) (sequence & (BUCKETS - 1)) * PLACES;
    }
}
