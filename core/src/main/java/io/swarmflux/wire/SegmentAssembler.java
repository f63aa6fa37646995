package io.swarmflux.wire;

import io.swarmflux.segment.Segment;
import io.swarmflux.segment.SegmentBytes;
import io.swarmflux.segment.StreamId;
import org.jspecify.annotations.Nullable;

/**
 * One segment that arrives in chunks. Each chunk is copied once, to its offset in the array that becomes the segment's
 * own. Chunks come in order and without overlap, so the next offset is all there is to remember.
 */
final class SegmentAssembler {
    private final @Nullable StreamId stream;
    private final int totalBytes;
    private final @Nullable SegmentBytes encoded;
    private int received;

    /** Starts a segment; without a stream its chunks are checked and dropped. */
    SegmentAssembler(@Nullable StreamId stream, int totalBytes, @Nullable SegmentBytes encoded) {
        this.stream = stream;
        this.totalBytes = totalBytes;
        this.encoded = encoded;
    }

    int totalBytes() {
        return totalBytes;
    }

    /** Takes the body of one chunk, which the reader stands at; its offset stood at {@code where} in the frame. */
    void take(FieldReader in, int offset, int where) {
        if (offset != received) {
            throw in.malformed("offset", offset, where, received + ", where the chunk before ended");
        }
        int length = in.remaining();
        if (length == 0 || length > totalBytes - received) {
            throw in.malformed("chunk length", length, in.offset(), "1 to " + (totalBytes - received));
        }
        if (encoded == null) {
            in.skip();
        } else {
            in.copyTo(encoded, offset, length);
        }
        received += length;
    }

    boolean complete() {
        return received == totalBytes;
    }

    /** The segment, or null when it was dropped. */
    @Nullable
    Segment finish(FieldReader in) {
        return stream == null || encoded == null ? null : decode(stream, encoded, in);
    }

    /** The segment that a whole encoded form is. */
    static Segment decode(StreamId stream, SegmentBytes encoded, FieldReader in) {
        try {
            return encoded.segment(stream);
        } catch (IllegalArgumentException e) {
            throw in.malformed("segment", "no encoded form (" + e.getMessage() + ")", 0, "an encoded segment");
        }
    }
}
