package io.swarmflux.wire;

import io.swarmflux.segment.Segment;
import io.swarmflux.segment.SegmentArena;
import io.swarmflux.segment.SegmentBytes;
import io.swarmflux.segment.StreamId;
import io.swarmflux.wire.Message.Data;
import io.swarmflux.wire.Message.FailureCode;
import io.swarmflux.wire.Message.Stopped;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The receiving side of one link: turns frames into messages and puts segments together from their chunks. At most one
 * segment per stream number is unfinished at a time, and nothing is allocated for a segment before {@link Admission} has
 * let it in: memory is bounded by the stream numbers that are let in, times the longest segment. For one thread at a
 * time.
 */
public final class FrameReader {
    private final int maxSegmentBytes;
    private final Admission admission;
    private final SegmentArena arena;
    private final Map<Integer, SegmentAssembler> unfinished = new HashMap<>();

    /** Who decides, at a segment's first chunk, whether the rest is wanted: the place to check and count credit. */
    @FunctionalInterface
    public interface Admission {
        /**
         * Lets a segment in. Called once for each, before anything is allocated for it.
         *
         * @param number the link-local number of its stream
         * @param epoch its epoch, as the sender states it; not negative
         * @param sequence its sequence, as the sender states it; not negative
         * @param totalBytes the size of its encoded form, which counts in full from now on
         * @return the stream behind the number, or null to have the segment checked and dropped: a duplicate, or what was
         *     under way when the stream was given up
         * @throws WireException when the number is not known, or the segment is beyond credit
         */
        @Nullable
        StreamId admit(int number, long epoch, long sequence, int totalBytes);

        /**
         * Whether a segment that was let in will be kept, as far as is known: one that will not has memory of its own, so that it is gone as soon as it was
         * looked at and does not lie among those that stay.
         *
         * @param epoch its epoch
         * @param sequence its sequence
         * @return false when it is here already, or too old
         */
        default boolean isKept(long epoch, long sequence) {
            return true;
        }
    }

    /**
     * Reads the frames of one link.
     *
     * @param maxSegmentBytes the longest encoded segment, as said in the hello
     * @param admission asked at each segment's first chunk
     */
    public FrameReader(int maxSegmentBytes, Admission admission) {
        this(maxSegmentBytes, admission, new SegmentArena());
    }

    /**
     * Reads the frames of one link, to memory that others who read the same stream use as well.
     *
     * @param maxSegmentBytes the longest encoded segment, as said in the hello
     * @param admission asked at each segment's first chunk
     * @param arena the memory
     */
    public FrameReader(int maxSegmentBytes, Admission admission, SegmentArena arena) {
        if (maxSegmentBytes < Segment.HEADER_BYTES || maxSegmentBytes > Segment.MAX_ENCODED_BYTES) {
            throw new IllegalArgumentException("the longest encoded segment is " + Segment.HEADER_BYTES + " to "
                    + Segment.MAX_ENCODED_BYTES + " bytes, was " + maxSegmentBytes);
        }
        this.maxSegmentBytes = maxSegmentBytes;
        this.admission = admission;
        this.arena = arena;
    }

    /**
     * Reads one frame.
     *
     * @param frame one whole frame from position to limit, neither moved; not kept
     * @return the message; null when the frame may be ignored, when more chunks are needed, or when a segment that was not
     *     let in is over
     * @throws WireException when the frame breaks the rules, or what {@link Admission} threw; the link is of no use
     *     afterwards
     */
    public @Nullable Message read(ByteBuffer frame) {
        FieldReader in = new FieldReader(frame);
        if (frame.hasRemaining() && (frame.get(frame.position()) & 0xff) == MessageCodec.SEGMENT) {
            return chunk(in);
        }
        Message message = MessageCodec.decode(in);
        if (message instanceof Stopped stopped && unfinished.containsKey(stopped.number())) {
            throw new WireException(
                    FailureCode.UNEXPECTED,
                    "STOPPED: stream number " + stopped.number()
                            + " has an unfinished segment, expected its last chunk");
        }
        return message;
    }

    /**
     * What the unfinished segment of a stream has announced.
     *
     * @param number the link-local number of the stream
     * @return the bytes of its whole encoded form; 0 when none is under way
     */
    public int unfinishedBytes(int number) {
        SegmentAssembler segment = unfinished.get(number);
        return segment == null ? 0 : segment.totalBytes();
    }

    private @Nullable Message chunk(FieldReader in) {
        in.enter("SEGMENT");
        in.u8("type");
        MessageCodec.checkFlags(in, in.u8("flags"));
        int number = UpwardForms.readNumber(in);
        SegmentAssembler segment = unfinished.isEmpty() ? null : unfinished.get(number);
        int total = total(in, segment);
        int where = in.offset();
        int offset = in.smallNumber("offset", 0, total - 1);
        boolean first = segment == null;
        if (segment == null) {
            StreamId stream = admit(in, number, total, offset, where);
            SegmentBytes bytes = stream == null ? null : reserve(in, total);
            if (in.remaining() == total) {
                return whole(in, number, stream, bytes); // as nearly all are that are no longer than a frame
            }
            segment = new SegmentAssembler(stream, total, bytes);
        }
        segment.take(in, offset, where);
        if (!segment.complete()) {
            if (first) {
                unfinished.put(number, segment);
            }
            return null;
        }
        if (!first) {
            unfinished.remove(number);
        }
        Segment finished = segment.finish(in);
        return finished == null ? null : new Data(number, finished);
    }

    private SegmentBytes reserve(FieldReader in, int total) {
        return admission.isKept(in.peek64(0), in.peek64(Long.BYTES)) ? arena.reserve(total) : SegmentBytes.alone(total);
    }

    private static @Nullable Message whole(
            FieldReader in, int number, @Nullable StreamId stream, @Nullable SegmentBytes encoded) {
        if (stream == null || encoded == null) {
            in.skip();
            return null;
        }
        in.copyTo(encoded, 0, encoded.size());
        return new Data(number, SegmentAssembler.decode(stream, encoded, in));
    }

    private int total(FieldReader in, @Nullable SegmentAssembler segment) {
        int where = in.offset();
        int total = in.smallNumber("total length", Segment.HEADER_BYTES, Integer.MAX_VALUE);
        if (total > maxSegmentBytes) {
            throw new WireException(
                    FailureCode.LIMIT, in.complaint("total length", total, where, "at most " + maxSegmentBytes));
        }
        if (segment != null && total != segment.totalBytes()) {
            throw in.malformed("total length", total, where, segment.totalBytes() + " as in the chunk before");
        }
        return total;
    }

    private @Nullable StreamId admit(FieldReader in, int number, int total, int offset, int where) {
        if (offset != 0) {
            throw in.malformed("offset", offset, where, "0 in the first chunk of a segment");
        }
        int length = in.remaining();
        if (length < Segment.HEADER_BYTES || length > total) {
            throw in.malformed("first chunk length", length, in.offset(), Segment.HEADER_BYTES + " to " + total);
        }
        long epoch = in.peek64(0);
        long sequence = in.peek64(Long.BYTES);
        if (epoch < 0 || sequence < 0) {
            throw in.malformed("epoch and sequence", epoch + " and " + sequence, in.offset(), "no negative number");
        }
        return admission.admit(number, epoch, sequence, total);
    }
}
