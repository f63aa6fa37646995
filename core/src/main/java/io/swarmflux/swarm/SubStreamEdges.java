package io.swarmflux.swarm;

import java.util.Arrays;

/**
 * How far each sub-stream was sent in the group, as far as it was heard. Within a sub-stream segments and their bytes go out in order, so
 * what lies before something that has come, and has not come itself, is lost.
 *
 * <p>Between sub-streams there is no order, because they come to the gateway by different ways. But each stays about as far behind the
 * newest as it was; so when a frame of a member has not come, it was most likely of the sub-stream that would have been next.
 */
final class SubStreamEdges {
    /** Takes what is lost. */
    interface Lost {
        /**
         * One segment.
         *
         * @param sequence its number
         * @param sentUntil the bytes before this one were sent
         * @return false when there is no room for it, nor for any that is farther
         */
        boolean lost(long sequence, int sentUntil);
    }

    private static final long NONE = Long.MIN_VALUE;

    private final int count;

    /** The newest sequence of each that was heard, or of which it was heard that it was sent. */
    private final long[] newest;

    /** How far that one was sent, and how long it is; both 0 when that is not known, and it is taken as sent. */
    private final int[] end;

    private final int[] total;

    /** Who sends it, and how many sequences behind the newest of all. */
    private final long[] sender;

    private final long[] lag;
    private long newestOfAll = NONE;

    /** Nothing below it is of interest. */
    private long floor;

    SubStreamEdges(int count) {
        this.count = count;
        this.newest = new long[count];
        this.end = new int[count];
        this.total = new int[count];
        this.sender = new long[count];
        this.lag = new long[count];
        clear();
    }

    void clear() {
        Arrays.fill(newest, NONE);
        newestOfAll = NONE;
        floor = 0;
    }

    /** Everything from a sequence on is awaited, and all before it was sent. */
    void begin(long sequence) {
        for (int s = 0; s < count; s++) {
            move(s, sequence - 1 - Math.floorMod(sequence - 1 - s, (long) count));
        }
    }

    void floor(long sequence) {
        floor = sequence;
    }

    /** Takes a chunk that is no repair; says how many losses it showed. */
    int heard(long member, long sequence, int offset, int length, int totalBytes, Lost lost) {
        int s = (int) (sequence % count);
        int losses = 0;
        if (newest[s] == NONE) {
            move(s, sequence);
        } else if (sequence > newest[s]) {
            losses += passed(s, sequence, lost);
            move(s, sequence);
        }
        if (sequence == newest[s]) {
            if (offset > end[s]) {
                lost.lost(sequence, offset);
                losses++;
            }
            end[s] = Math.max(end[s], offset + length);
            total[s] = totalBytes;
            sender[s] = member;
            newestOfAll = Math.max(newestOfAll, sequence);
            lag[s] = newestOfAll - sequence;
        }
        return losses;
    }

    boolean isOf(long sequence, int subStream) {
        return sequence % count == subStream;
    }

    /** All before a sequence of a sub-stream was sent. */
    void sent(int subStream, long edge, Lost lost) {
        long last = edge - 1 - Math.floorMod(edge - 1 - subStream, (long) count);
        if (newest[subStream] != NONE && last < newest[subStream]) {
            return;
        }
        if (newest[subStream] != NONE) {
            passed(subStream, last, lost);
            if (last > newest[subStream]) {
                lost.lost(last, Loss.ALL);
            }
        }
        if (last > newest[subStream]) {
            move(subStream, last);
        }
        total[subStream] = end[subStream];
    }

    /**
     * Frames of a member have not come, and the one after them was of {@code sequence}: what it has most likely sent meanwhile.
     * Whole segments go out one after the other, so an unfinished one that is not this one has an end that was lost.
     */
    void overtaken(long member, long sequence, long frames, Lost lost) {
        for (long left = Math.min(frames, 2L * count); left > 0; left--) {
            int first = -1;
            long least = Long.MAX_VALUE;
            for (int s = 0; s < count; s++) {
                if (newest[s] == NONE || sender[s] != member || (newest[s] == sequence && end[s] < total[s])) {
                    continue;
                }
                long expected = lag[s] + (end[s] < total[s] ? newest[s] : newest[s] + count);
                if (expected < newestOfAll && expected < least) {
                    first = s;
                    least = expected;
                }
            }
            if (first < 0) {
                return;
            }
            if (end[first] < total[first]) {
                end[first] = total[first];
                lost.lost(newest[first], Loss.ALL);
            } else {
                move(first, newest[first] + count);
                lost.lost(newest[first], Loss.ALL);
            }
        }
    }

    private int passed(int s, long sequence, Lost lost) {
        int losses = 0;
        if (end[s] < total[s]) {
            lost.lost(newest[s], Loss.ALL);
            losses++;
        }
        long first = newest[s] + count;
        if (first < floor) { // never below 0
            first = floor + Math.floorMod(s - floor, (long) count);
        }
        boolean room = true;
        for (long between = first; room && between < sequence; between += count) {
            room = lost.lost(between, Loss.ALL);
            losses++;
        }
        return losses;
    }

    private void move(int s, long sequence) {
        newest[s] = sequence;
        end[s] = 0;
        total[s] = 0;
    }
}
