package io.swarmflux.wire;

import io.swarmflux.segment.Segment;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The segments of one stream number cut into frames, each no longer than the link carries. The body is never copied: a frame is a short prefix
 * of its own and a slice of the segment's encoded form, ready for a link that sends in parts.
 *
 * <pre>
 *  type | flags | varint stream number | varint total length | varint offset | bytes from offset on
 * </pre>
 *
 * <p>The chunks of one segment follow each other in order; no other segment of the same stream number goes between them.
 */
public final class SegmentChunks implements Iterator<ByteBuffer[]> {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final int number;

    /** The prefix of the first frame of the last segment, for the next that is as long and fits into one. */
    private @Nullable ByteBuffer wholePrefix;

    private int wholeTotal;

    // the segment that is cut; afterwards nothing of it, or a downstream that takes nothing more would keep it and what
    // lies beside it

    private ByteBuffer encoded = NOTHING;
    private int total;
    private int maxFrameBytes;
    private int offset;

    /**
     * Cuts segments one after the other; for one thread at a time.
     *
     * @param number the link-local number of their stream
     */
    public SegmentChunks(int number) {
        if (number < 0) {
            throw new IllegalArgumentException("a stream number is not negative, was " + number);
        }
        this.number = number;
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
        SegmentChunks chunks = new SegmentChunks(number);
        chunks.cut(segment, maxFrameBytes);
        return chunks;
    }

    /**
     * Goes on with another segment.
     *
     * @param segment the segment
     * @param longestFrame the longest frame, at least {@value MessageCodec#MIN_FRAME_BYTES} bytes
     */
    public void cut(Segment segment, int longestFrame) {
        if (longestFrame < MessageCodec.MIN_FRAME_BYTES) {
            throw new IllegalArgumentException(
                    "the longest frame has at least " + MessageCodec.MIN_FRAME_BYTES + " bytes, was " + longestFrame);
        }
        encoded = segment.encoded();
        total = encoded.remaining();
        maxFrameBytes = longestFrame;
        offset = 0;
    }

    @Override
    public boolean hasNext() {
        return offset < total;
    }

    /**
     * The next frame.
     *
     * @return its two parts, prefix and body, in order; the prefix may come again, so its position is not to be moved
     */
    @Override
    public ByteBuffer[] next() {
        if (!hasNext()) {
            throw new NoSuchElementException("all " + total + " bytes were cut");
        }
        ByteBuffer prefix = prefix();
        int length = Math.min(total - offset, maxFrameBytes - prefix.remaining());
        ByteBuffer body = length == total ? encoded : encoded.slice(offset, length);
        offset += length;
        if (offset == total) {
            encoded = NOTHING;
        }
        return new ByteBuffer[] {prefix, body};
    }

    private ByteBuffer prefix() {
        ByteBuffer known = wholePrefix;
        if (offset == 0 && total == wholeTotal && known != null && total <= maxFrameBytes - known.remaining()) {
            return known;
        }
        FieldWriter out = new FieldWriter("SEGMENT");
        out.u8(MessageCodec.SEGMENT);
        out.u8(0);
        out.bits(number);
        out.bits(total);
        out.bits(offset);
        ByteBuffer prefix = out.frame();
        if (offset == 0) {
            wholePrefix = prefix;
            wholeTotal = total;
        }
        return prefix;
    }
}
