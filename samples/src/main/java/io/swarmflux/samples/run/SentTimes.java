package io.swarmflux.samples.run;

import io.swarmflux.segment.Segment;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * When a seeder in this process sent its segments, so that peers in the same process know how late theirs are. Remembers
 * the last {@value #SLOTS} segments.
 */
public final class SentTimes {
    private static final int SLOTS = 1 << 16;

    private final AtomicLongArray sequences = new AtomicLongArray(SLOTS);
    private final AtomicLongArray sentNs = new AtomicLongArray(SLOTS);

    /**
     * Remembers the time of a segment at the seeder.
     *
     * @param segment has just been sent
     * @return its lag there, 0
     */
    public long sent(Segment segment) {
        int slot = slot(segment);
        sentNs.set(slot, System.nanoTime());
        sequences.set(slot, segment.sequence() + 1);
        return 0;
    }

    /**
     * Compares with the time of a segment at the seeder.
     *
     * @param segment has just been played
     * @return milliseconds; 0 when the seeder's time is not known (any more)
     */
    public long lagMillis(Segment segment) {
        int slot = slot(segment);
        long lagNs = System.nanoTime() - sentNs.get(slot);
        return sequences.get(slot) == segment.sequence() + 1 ? Math.max(0, TimeUnit.NANOSECONDS.toMillis(lagNs)) : 0;
    }

    private static int slot(Segment segment) {
        return (int) (segment.sequence() % SLOTS);
    }
}
