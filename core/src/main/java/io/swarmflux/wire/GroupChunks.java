package io.swarmflux.wire;

import io.swarmflux.segment.Segment;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.LongSupplier;

/**
 * A segment, or a piece of one, cut into frames for a group, each no longer than the link carries. The body is never copied:
 * a frame is a short prefix of its own and a slice of the segment's encoded form, ready for a link that sends in parts.
 *
 * <pre>
 *  type | flags | u64 member | varint epoch, sequence, frame | repair | varint total length, offset | bytes from offset on
 * </pre>
 */
public final class GroupChunks implements Iterator<ByteBuffer[]> {
    private final long member;
    private final Segment segment;
    private final ByteBuffer encoded;
    private final int until;
    private final boolean repair;
    private final int maxFrameBytes;
    private final LongSupplier frames;
    private int offset;

    private GroupChunks(
            long member, Segment segment, int from, int until, boolean repair, int maxFrameBytes, LongSupplier frames) {
        this.member = member;
        this.segment = segment;
        this.encoded = segment.encoded();
        this.offset = from;
        this.until = until;
        this.repair = repair;
        this.maxFrameBytes = maxFrameBytes;
        this.frames = frames;
    }

    /**
     * Cuts a segment, or a piece of it.
     *
     * @param member the sender's instance number
     * @param segment the segment
     * @param from the first byte of its encoded form to send
     * @param until one past the last; 0 for the end, and what is beyond the end is the end too
     * @param repair somebody asked for it
     * @param maxFrameBytes the longest frame, at least {@value MessageCodec#MIN_FRAME_BYTES} bytes
     * @param frames gives the next number of a frame of this member; asked once for each frame, when it is made
     * @return the frames, made one by one as they are asked for; none when the piece begins beyond the end
     */
    public static GroupChunks cut(
            long member, Segment segment, int from, int until, boolean repair, int maxFrameBytes, LongSupplier frames) {
        if (from < 0 || until < 0 || (until != 0 && until <= from)) {
            throw new IllegalArgumentException(
                    "a piece is a range of bytes that is not empty, was " + from + " to " + until);
        }
        if (maxFrameBytes < MessageCodec.MIN_FRAME_BYTES) {
            throw new IllegalArgumentException(
                    "the longest frame has at least " + MessageCodec.MIN_FRAME_BYTES + " bytes, was " + maxFrameBytes);
        }
        int end = until == 0 ? segment.encodedBytes() : Math.min(until, segment.encodedBytes());
        return new GroupChunks(member, segment, from, end, repair, maxFrameBytes, frames);
    }

    @Override
    public boolean hasNext() {
        return offset < until;
    }

    /**
     * The next frame.
     *
     * @return its two parts, prefix and body, in order
     */
    @Override
    public ByteBuffer[] next() {
        if (!hasNext()) {
            throw new NoSuchElementException("all bytes to " + until + " were cut");
        }
        ByteBuffer prefix = ChunkForm.prefix(
                member,
                segment.epoch(),
                segment.sequence(),
                frames.getAsLong(),
                repair,
                segment.encodedBytes(),
                offset,
                1);
        int length = Math.min(until - offset, maxFrameBytes - prefix.remaining());
        ByteBuffer body = encoded.slice(offset, length);
        offset += length;
        return new ByteBuffer[] {prefix, body};
    }
}
