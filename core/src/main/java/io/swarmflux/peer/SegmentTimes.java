package io.swarmflux.peer;

import io.swarmflux.flux.HubWatch;
import io.swarmflux.segment.Segment;
import io.swarmflux.swarm.StreamClock;
import java.util.Arrays;

/**
 * Measures how long segments wait for those before them, and how old they are when they are published in order. There is one
 * only while somebody records; what came before is not measured. Inside the hub's drain loop.
 */
final class SegmentTimes implements HubWatch<Segment> {
    private static final long NONE = -1;

    private final Self self;
    private final StreamClock clock;
    private final int mask;

    /** By slot of the window: which segment came, and when. */
    private final long[] sequences;

    private final long[] cameNs;
    private long epoch = NONE;

    SegmentTimes(Self self, StreamClock clock) {
        this.self = self;
        this.clock = clock;
        int slots = self.options().window().segments();
        this.mask = slots - 1;
        this.sequences = new long[slots];
        this.cameNs = new long[slots];
        Arrays.fill(sequences, NONE);
    }

    @Override
    public void accepted(Segment segment) {
        if (segment.epoch() != epoch) {
            epoch = segment.epoch();
            Arrays.fill(sequences, NONE);
        }
        int slot = (int) segment.sequence() & mask;
        sequences[slot] = segment.sequence();
        cameNs[slot] = self.nowNs();
    }

    @Override
    public void published(Segment segment) {
        int slot = (int) segment.sequence() & mask;
        if (segment.epoch() != epoch || sequences[slot] != segment.sequence()) {
            return;
        }
        sequences[slot] = NONE;
        long nowNs = self.nowNs();
        Recorders recorders = self.recorders();
        recorders.merged(nowNs - cameNs[slot]);
        if (clock.known()) {
            recorders.published(Math.max(0, clock.timeUs(nowNs) - segment.mediaTimeUs()) * 1000);
        }
    }
}
