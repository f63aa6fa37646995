package io.swarmflux.samples.simulate;

import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.SegmentSource;
import java.nio.ByteBuffer;
import reactor.core.publisher.Flux;

/**
 * Segments that are as large as real ones and hold nothing but their sequence, in the first 8 bytes. A player may start at each.
 *
 * @param count how many there are
 * @param bytes the payload of each, at least 8
 * @param slotUs their distance in media time, where the pace does not make one
 * @param rereadable whether what has left the seeder's window can be had again
 */
record MadeSource(long count, int bytes, long slotUs, boolean rereadable) implements SegmentSource {
    @Override
    public Flux<Cut> cuts(long from) {
        return Flux.generate(() -> from, (sequence, sink) -> {
            if (sequence >= count) {
                sink.complete();
            } else {
                byte[] payload = ByteBuffer.allocate(bytes).putLong(sequence).array();
                sink.next(new Cut(payload, sequence * slotUs, Segment.RANDOM_ACCESS));
            }
            return sequence + 1;
        });
    }

    /** Whether a segment holds what it should. */
    static boolean sound(Segment segment) {
        ByteBuffer payload = segment.payload();
        return payload.remaining() >= Long.BYTES && payload.getLong(payload.position()) == segment.sequence();
    }
}
