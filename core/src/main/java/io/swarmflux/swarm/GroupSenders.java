package io.swarmflux.swarm;

import java.util.Arrays;

/**
 * How far each member has counted the chunks that it sent: a number that is left out is a frame that has not come. By open
 * addressing, so that a chunk costs no more than a few comparisons.
 */
final class GroupSenders {
    /** More than this many do not send within one epoch; if they do, all are forgotten, and only counting begins anew. */
    private static final int MOST = 256;

    private static final int SLOTS = 4 * MOST;

    private final long[] members = new long[SLOTS];

    /** The number that its next frame has; 0 for an empty slot. */
    private final long[] next = new long[SLOTS];

    private int size;

    /** Takes a frame; says how many before it have not come. */
    long heard(long member, long frame) {
        int slot = slot(member);
        if (next[slot] == 0) {
            if (size == MOST) {
                clear();
                slot = slot(member);
            }
            size++;
            members[slot] = member;
            next[slot] = after(frame);
            return 0;
        }
        long missing = frame - next[slot];
        if (missing >= 0) {
            next[slot] = after(frame);
        }
        return Math.max(0, missing);
    }

    private static long after(long frame) {
        return Math.min(frame, Long.MAX_VALUE - 1) + 1;
    }

    void clear() {
        Arrays.fill(next, 0);
        size = 0;
    }

    private int slot(long member) {
        int slot = (int) ((member * 0x9e37_79b9_7f4a_7c15L) >>> 54); // 10 bits: SLOTS
        while (next[slot] != 0 && members[slot] != member) {
            slot = (slot + 1) & (SLOTS - 1);
        }
        return slot;
    }
}
