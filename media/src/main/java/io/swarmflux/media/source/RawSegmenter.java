package io.swarmflux.media.source;

import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.Segmenter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Flux;

/**
 * Cuts bytes into pieces of one size, without looking at them; the last piece is what is left. Raw bytes have no clock:
 * every media time is 0, and a seeder that paces by rate makes it. A player may start at every piece.
 *
 * @param segmentBytes the size of a piece, 1 to 262,144; default 16,384
 */
public record RawSegmenter(int segmentBytes) implements Segmenter {
    /** The size of a piece, when nobody says otherwise. */
    public static final int DEFAULT_SEGMENT_BYTES = 16 * 1024;

    /** Checks the size. */
    public RawSegmenter {
        if (segmentBytes < 1 || segmentBytes > Segment.MAX_PAYLOAD_BYTES) {
            throw new IllegalArgumentException(
                    "a segment has 1 to " + Segment.MAX_PAYLOAD_BYTES + " bytes, was " + segmentBytes);
        }
    }

    /**
     * Cuts into 16 KiB.
     *
     * @return the segmenter
     */
    public static RawSegmenter create() {
        return new RawSegmenter(DEFAULT_SEGMENT_BYTES);
    }

    @Override
    public Flux<Cut> cut(Flux<ByteBuffer> bytes) {
        return Flux.defer(() -> {
            Remainder remainder = new Remainder(segmentBytes);
            return bytes.concatMapIterable(remainder::take, 1).concatWith(Flux.defer(remainder::rest));
        });
    }

    static Cut piece(byte[] payload) {
        return new Cut(payload, 0, Segment.RANDOM_ACCESS);
    }

    /** What has come and does not fill a piece yet. */
    private static final class Remainder {
        private final ByteBuffer held;

        Remainder(int segmentBytes) {
            this.held = ByteBuffer.allocate(segmentBytes);
        }

        List<Cut> take(ByteBuffer bytes) {
            List<Cut> pieces = new ArrayList<>();
            ByteBuffer in = bytes.slice();
            while (in.hasRemaining()) {
                int size = Math.min(in.remaining(), held.remaining());
                held.put(in.slice().limit(size));
                in.position(in.position() + size);
                if (!held.hasRemaining()) {
                    pieces.add(flush());
                }
            }
            return pieces;
        }

        Flux<Cut> rest() {
            return held.position() == 0 ? Flux.empty() : Flux.just(flush());
        }

        private Cut flush() {
            byte[] payload = new byte[held.flip().remaining()];
            held.get(payload).clear();
            return piece(payload);
        }
    }
}
