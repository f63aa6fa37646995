package io.swarmflux.samples.simulate;

import io.swarmflux.segment.Segment;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Holds each recent segment once for a whole swarm: a thousand windows of their own copies would be most of the memory that a
 * simulation needs, and to clear that up a good part of its time.
 */
final class SharedSegments implements UnaryOperator<Segment> {
    /** A power of two, and more than a window keeps of most streams; beyond that, equal segments are held twice. */
    private static final int SLOTS = 1024;

    private final @Nullable Segment[] recent = new @Nullable Segment[SLOTS];

    /** The one that others have, if it is equal to the last byte. */
    @Override
    public Segment apply(Segment segment) {
        int slot = (int) segment.sequence() & (SLOTS - 1);
        Segment held = recent[slot];
        if (held != null && held.equals(segment)) {
            return held;
        }
        recent[slot] = segment;
        return segment;
    }
}
