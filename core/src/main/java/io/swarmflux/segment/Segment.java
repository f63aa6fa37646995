package io.swarmflux.segment;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * One numbered piece of a stream: immutable, garbage-collected, shared by everyone who reads it.
 *
 * <p>A segment keeps its <em>encoded form</em>, the bytes that are equal on every hop, so that a relay sends it to any
 * number of downstreams without encoding it again. The payload is a slice of it:
 *
 * <pre>
 *  offset  size  field
 *  0       8     epoch
 *  8       8     sequence, from 0
 *  16      8     media time in microseconds
 *  24      4     version of the description that this segment needs
 *  28      1     flags: 1 random access, 2 discontinuity, 4 last
 *  29      2     length of the proof, 0 to 256
 *  31      p     proof of who made the segment (empty in version 1)
 *  31+p    n     payload
 * </pre>
 *
 * <p>The segments of a fast stream lie together, see {@link SegmentArena}: whoever keeps one for long keeps those around it. Keep
 * {@link #payloadCopy()} instead.
 *
 * <p>Two segments are equal when stream, epoch, sequence and bytes are.
 */
public final class Segment {
    /** A player may start here. */
    public static final int RANDOM_ACCESS = 1;

    /** Media time does not go on from the segment before. */
    public static final int DISCONTINUITY = 2;

    /** Nothing follows in this epoch. */
    public static final int LAST = 4;

    /** The largest payload, in bytes. */
    public static final int MAX_PAYLOAD_BYTES = 256 * 1024;

    /** The room kept for a proof of origin, in bytes. */
    public static final int MAX_PROOF_BYTES = 256;

    /** The bytes of the encoded form before proof and payload. */
    public static final int HEADER_BYTES = 31;

    /** The longest encoded form, in bytes. */
    public static final int MAX_ENCODED_BYTES = HEADER_BYTES + MAX_PROOF_BYTES + MAX_PAYLOAD_BYTES;

    private static final int FLAGS = RANDOM_ACCESS | DISCONTINUITY | LAST;

    private final StreamId stream;
    private final long epoch;
    private final long sequence;
    private final long mediaTimeUs;
    private final int descriptionVersion;
    private final int flags;
    private final int payloadOffset;

    // where the encoded form is; other segments may be in the same array
    private final byte[] array;
    private final int from;
    private final int size;

    private Segment(StreamId stream, byte[] array, int from, int size) {
        ByteBuffer in = ByteBuffer.wrap(array, from, size);
        this.stream = stream;
        this.array = array;
        this.from = from;
        this.size = size;
        this.epoch = in.getLong();
        this.sequence = in.getLong();
        this.mediaTimeUs = in.getLong();
        this.descriptionVersion = in.getInt();
        this.flags = in.get() & 0xff;
        int proof = in.getShort() & 0xffff;
        this.payloadOffset = HEADER_BYTES + proof;
        if (epoch < 0) {
            throw new IllegalArgumentException("an epoch is not negative, was " + epoch);
        }
        if (sequence < 0) {
            throw new IllegalArgumentException("a sequence is not negative, was " + sequence);
        }
        if ((flags & ~FLAGS) != 0) {
            throw new IllegalArgumentException("unknown segment flags in 0x" + Integer.toHexString(flags));
        }
        if (proof > MAX_PROOF_BYTES || payloadOffset > size) {
            throw new IllegalArgumentException("a proof of " + proof + " bytes does not fit (at most " + MAX_PROOF_BYTES
                    + ", encoded form has " + size + ")");
        }
        if (size - payloadOffset > MAX_PAYLOAD_BYTES) {
            throw new IllegalArgumentException(
                    "a payload has at most " + MAX_PAYLOAD_BYTES + " bytes, was " + (size - payloadOffset));
        }
    }

    /**
     * Makes a segment from a payload, which is copied.
     *
     * @param stream the stream
     * @param epoch the epoch, not negative
     * @param sequence the number within the epoch, from 0
     * @param cut payload, media time and flags
     * @param descriptionVersion the version of the description that it needs
     * @return the segment
     */
    public static Segment of(StreamId stream, long epoch, long sequence, Cut cut, int descriptionVersion) {
        SegmentBytes encoded = SegmentBytes.alone(HEADER_BYTES + cut.payload().length);
        return of(encoded, stream, epoch, sequence, cut, descriptionVersion);
    }

    /**
     * Makes a segment from a payload, which is copied, in memory that it may share with others of its stream.
     *
     * @param arena the memory of the stream
     * @param stream the stream
     * @param epoch the epoch, not negative
     * @param sequence the number within the epoch, from 0
     * @param cut payload, media time and flags
     * @param descriptionVersion the version of the description that it needs
     * @return the segment
     */
    public static Segment of(
            SegmentArena arena, StreamId stream, long epoch, long sequence, Cut cut, int descriptionVersion) {
        SegmentBytes encoded = arena.reserve(HEADER_BYTES + cut.payload().length);
        return of(encoded, stream, epoch, sequence, cut, descriptionVersion);
    }

    private static Segment of(
            SegmentBytes encoded, StreamId stream, long epoch, long sequence, Cut cut, int descriptionVersion) {
        byte[] payload = cut.payload();
        if (payload.length > MAX_PAYLOAD_BYTES) {
            throw new IllegalArgumentException(
                    "a payload has at most " + MAX_PAYLOAD_BYTES + " bytes, was " + payload.length);
        }
        encoded.buffer()
                .putLong(epoch)
                .putLong(sequence)
                .putLong(cut.mediaTimeUs())
                .putInt(descriptionVersion)
                .put((byte) cut.flags())
                .putShort((short) 0)
                .put(payload);
        return encoded.segment(stream);
    }

    /**
     * Reads an encoded form. The array becomes the segment's own: the caller must not write to it again.
     *
     * @param stream the stream
     * @param encoded the encoded form, whole
     * @return the segment
     * @throws IllegalArgumentException when the bytes are no encoded form; the message names the field and its value
     */
    public static Segment decode(StreamId stream, byte[] encoded) {
        return decode(stream, encoded, 0, encoded.length);
    }

    static Segment decode(StreamId stream, byte[] array, int from, int size) {
        if (size < HEADER_BYTES) {
            throw new IllegalArgumentException(
                    "an encoded segment has at least " + HEADER_BYTES + " bytes, was " + size);
        }
        return new Segment(stream, array, from, size);
    }

    /**
     * The stream it belongs to.
     *
     * @return the stream
     */
    public StreamId stream() {
        return stream;
    }

    /**
     * The epoch: a restart of the seeder starts a larger one.
     *
     * @return the epoch
     */
    public long epoch() {
        return epoch;
    }

    /**
     * The number within the epoch, from 0.
     *
     * @return the sequence
     */
    public long sequence() {
        return sequence;
    }

    /**
     * When it is due, on the stream's own time line.
     *
     * @return microseconds
     */
    public long mediaTimeUs() {
        return mediaTimeUs;
    }

    /**
     * The version of the stream's description that it needs.
     *
     * @return the version
     */
    public int descriptionVersion() {
        return descriptionVersion;
    }

    /**
     * {@link #RANDOM_ACCESS}, {@link #DISCONTINUITY} and {@link #LAST}, added.
     *
     * @return the flags
     */
    public int flags() {
        return flags;
    }

    /**
     * Whether a player may start here.
     *
     * @return true for a random-access point
     */
    public boolean randomAccess() {
        return (flags & RANDOM_ACCESS) != 0;
    }

    /**
     * Whether nothing follows in this epoch.
     *
     * @return true for the last segment
     */
    public boolean last() {
        return (flags & LAST) != 0;
    }

    /**
     * The size of the payload.
     *
     * @return bytes
     */
    public int payloadBytes() {
        return size - payloadOffset;
    }

    /**
     * The size of the encoded form: what the segment costs in a window and on a link.
     *
     * @return bytes
     */
    public int encodedBytes() {
        return size;
    }

    /**
     * A view of the payload.
     *
     * @return a read-only buffer of its own, from position 0
     */
    public ByteBuffer payload() {
        return ByteBuffer.wrap(array, from + payloadOffset, payloadBytes())
                .slice()
                .asReadOnlyBuffer();
    }

    /**
     * A copy of the payload.
     *
     * @return a new array
     */
    public byte[] payloadCopy() {
        return Arrays.copyOfRange(array, from + payloadOffset, from + size);
    }

    /**
     * A view of the encoded form.
     *
     * @return a read-only buffer of its own, from position 0
     */
    public ByteBuffer encoded() {
        return ByteBuffer.wrap(array, from, size).slice().asReadOnlyBuffer();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Segment s
                && stream.equals(s.stream)
                && Arrays.equals(array, from, from + size, s.array, s.from, s.from + s.size);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(sequence) * 31 + Long.hashCode(epoch);
    }

    @Override
    public String toString() {
        return stream + "/" + epoch + "/" + sequence + " (" + payloadBytes() + " bytes)";
    }
}
