package io.swarmflux.wire;

import io.swarmflux.segment.Segment;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * A segment cut into frames, each no longer than the link carries. The body is never copied: a frame is a short prefix
 * of its own and a slice of the segment's encoded form, ready for a link that sends in parts.
 *
 * <pre>
 *  type | flags | varint stream number | varint total length | varint offset | bytes from offset on
 * </pre>
 *
 * <p>The chunks of one segment follow each other in order; no other segment of the same stream number goes between them.
 */
public final class SegmentChunks implements Iterator<ByteBuffer[]> {
    private final int number;
    private final ByteBuffer encoded;
    private final int total;
    private final int maxFrameBytes;
    private int offset;

    private SegmentChunks(int number, Segment segment, int maxFrameBytes) {
        this.number = number;
        this.encoded = segment.encoded();
        this.total = encoded.remaining();
        this.maxFrameBytes = maxFrameBytes;
    }

    /**
     * Cuts a segment.
     *
     * @param number the link-local number of its stream
     * @param segment the segment
     * @param maxFrameBytes the longest frame, at least {@value MessageCodec#MIN_FRAME_BYTES} bytes
     * @return its frames, made one by one as they are asked for
     */
    public static SegmentChunks cut(int number, Segment segment, int maxFrameBytes) {
        if (number < 0) {
            throw new IllegalArgumentException("a stream number is not negative, was " + number);
        }
        if (maxFrameBytes < MessageCodec.MIN_FRAME_BYTES) {
            throw new IllegalArgumentException(
                    "the longest frame has at least " + MessageCodec.MIN_FRAME_BYTES + " bytes, was " + maxFrameBytes);
        }
        return new SegmentChunks(number, segment, maxFrameBytes);
    }

    @Override
    public boolean hasNext() {
        return offset < total;
    }

    /**
     * The next frame.
     *
     * @return its two parts, prefix and body, in order
     */
    @Override
    public ByteBuffer[] next() {
        if (!hasNext()) {
            throw new NoSuchElementException("all " + total + " bytes were cut");
        }
        FieldWriter out = new FieldWriter("SEGMENT");
        out.u8(MessageCodec.SEGMENT);
        out.u8(0);
        out.bits(number);
        out.bits(total);
        out.bits(offset);
        ByteBuffer prefix = out.frame();
        int length = Math.min(total - offset, maxFrameBytes - prefix.remaining());
        ByteBuffer body = encoded.slice(offset, length);
        offset += length;
        return new ByteBuffer[] {prefix, body};
    }
}
