package io.swarmflux.media.source;

import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.SegmentSource;
import java.nio.ByteBuffer;
import reactor.core.publisher.Flux;

/**
 * The integer stream: each segment's payload is its own sequence, as 8 bytes, big-endian. Whoever plays it can tell a
 * lost, a repeated and a damaged segment without having the source. A player may start at every segment.
 *
 * @param count how many segments there are, from 0 to {@code count - 1}
 * @param perSecond how many segments make one second of media time; default 100
 */
public record CounterSource(long count, int perSecond) implements SegmentSource {
    /** Segments per second of media time, when nobody says otherwise. */
    public static final int DEFAULT_PER_SECOND = 100;

    private static final long SECOND_US = 1_000_000;

    /** Checks the numbers. */
    public CounterSource {
        if (count < 0) {
            throw new IllegalArgumentException("the number of segments is not negative, was " + count);
        }
        if (perSecond < 1 || perSecond > SECOND_US) {
            throw new IllegalArgumentException("segments per second are 1 to 1000000, were " + perSecond);
        }
    }

    /**
     * Counts at 100 segments per second of media time.
     *
     * @param count how many segments
     * @return the source
     */
    public static CounterSource of(long count) {
        return new CounterSource(count, DEFAULT_PER_SECOND);
    }

    /**
     * Sets the speed of media time.
     *
     * @param segments per second, 1 to 1,000,000
     * @return the source with the speed
     */
    public CounterSource perSecond(int segments) {
        return new CounterSource(count, segments);
    }

    @Override
    public Flux<Cut> cuts(long from) {
        return Flux.generate(() -> from, (sequence, sink) -> {
            if (sequence >= count) {
                sink.complete();
            } else {
                sink.next(cut(sequence));
            }
            return sequence + 1;
        });
    }

    @Override
    public boolean rereadable() {
        return true;
    }

    private Cut cut(long sequence) {
        byte[] payload = ByteBuffer.allocate(Long.BYTES).putLong(sequence).array();
        long mediaTimeUs = sequence / perSecond * SECOND_US + sequence % perSecond * SECOND_US / perSecond;
        return new Cut(payload, mediaTimeUs, Segment.RANDOM_ACCESS);
    }
}
