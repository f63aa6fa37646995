package io.swarmflux.segment;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * The memory of one segment while its encoded form is written to it. Whoever reserved it writes it, once, and then makes the segment, which
 * has it for its own: nothing may be written after that.
 */
public final class SegmentBytes {
    private final byte[] array;
    private final int from;
    private final int size;

    SegmentBytes(byte[] array, int from, int size) {
        this.array = array;
        this.from = from;
        this.size = size;
    }

    /**
     * Memory that is of this segment alone.
     *
     * @param size how many bytes its encoded form has
     * @return the memory, with bytes of value 0
     */
    public static SegmentBytes alone(int size) {
        return new SegmentBytes(new byte[size], 0, size);
    }

    /**
     * How many bytes there are.
     *
     * @return the size that was reserved
     */
    public int size() {
        return size;
    }

    /**
     * Copies bytes to a place of the encoded form.
     *
     * @param at the place
     * @param source where they are; its position does not count and is not moved
     * @param sourceAt where they begin there
     * @param length how many
     */
    public void put(int at, ByteBuffer source, int sourceAt, int length) {
        Objects.checkFromIndexSize(at, length, size);
        source.get(sourceAt, array, from + at, length);
    }

    /**
     * The segment whose encoded form this is.
     *
     * @param stream its stream
     * @return the segment
     * @throws IllegalArgumentException when the bytes are no encoded form; the message names the field and its value
     */
    public Segment segment(StreamId stream) {
        return Segment.decode(stream, array, from, size);
    }

    /** A view to write to. */
    ByteBuffer buffer() {
        return ByteBuffer.wrap(array, from, size);
    }
}
