package io.swarmflux.wire;

import io.swarmflux.segment.SegmentBytes;
import io.swarmflux.wire.Message.FailureCode;
import io.swarmflux.wire.Message.Range;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A cursor over one frame that reads field by field. Every length and count is checked before anything is allocated, and
 * every complaint names the message, the field, its value, its place in the frame and what was expected.
 */
final class FieldReader {
    private static final int CONTINUES = 0x80;
    private static final int MAX_VARINT_BYTES = 10;

    private final ByteBuffer frame;
    private final int start;
    private final int end;
    private int at;
    private String message = "frame";

    FieldReader(ByteBuffer frame) {
        this.frame = frame;
        this.start = frame.position();
        this.end = frame.limit();
        this.at = start;
    }

    /** Names the message in complaints from here on. */
    void enter(String name) {
        message = name;
    }

    int offset() {
        return at - start;
    }

    int remaining() {
        return end - at;
    }

    int u8(String field) {
        need(field, 1);
        return frame.get(at++) & 0xff;
    }

    int u16(String field) {
        need(field, 2);
        return (u8(field) << 8) | u8(field);
    }

    int u32(String field) {
        need(field, 4);
        return (u16(field) << 16) | u16(field);
    }

    long u64(String field) {
        need(field, 8);
        return ((long) u32(field) << 32) | (u32(field) & 0xffff_ffffL);
    }

    /** A fixed number ahead of the cursor; the caller knows that it is there. */
    long peek64(int ahead) {
        long value = frame.getLong(at + ahead);
        return frame.order() == ByteOrder.BIG_ENDIAN ? value : Long.reverseBytes(value);
    }

    boolean bool(String field) {
        int where = offset();
        int value = u8(field);
        if (value > 1) {
            throw malformed(field, value, where, "0 or 1");
        }
        return value == 1;
    }

    /** One byte that stands for one of a closed set. */
    <E extends Enum<E>> E choice(String field, E[] values) {
        int where = offset();
        int value = u8(field);
        if (value >= values.length) {
            throw malformed(field, value, where, "0 to " + (values.length - 1));
        }
        return values[value];
    }

    /** A varint whose 64 bits may all be set. */
    long bits(String field) {
        int where = offset();
        long value = 0;
        for (int i = 0; i < MAX_VARINT_BYTES; i++) {
            int next = u8(field);
            if (i == MAX_VARINT_BYTES - 1 && next > 1) {
                throw malformed(field, "a number over 64 bits", where, "at most 64 bits");
            }
            value |= (long) (next & 0x7f) << (7 * i);
            if ((next & CONTINUES) == 0) {
                if (next == 0 && i > 0) {
                    throw malformed(field, value + " in " + (i + 1) + " bytes", where, "the shortest form");
                }
                return value;
            }
        }
        throw new AssertionError("the tenth byte ends every number");
    }

    /** A varint that is not negative and within bounds. */
    long number(String field, long least, long most) {
        int where = offset();
        long value = bits(field);
        if (value < least || value > most) {
            throw malformed(field, Long.toUnsignedString(value), where, least + " to " + most);
        }
        return value;
    }

    /** A sequence, an epoch, a limit: anything that is not negative. */
    long number(String field) {
        return number(field, 0, Long.MAX_VALUE);
    }

    int smallNumber(String field, int least, int most) {
        return (int) number(field, least, most);
    }

    /** A zig-zag varint, for numbers with a meaning below zero. */
    long signed(String field, long least) {
        int where = offset();
        long zigzag = bits(field);
        long value = (zigzag >>> 1) ^ -(zigzag & 1);
        if (value < least) {
            throw malformed(field, value, where, "at least " + least);
        }
        return value;
    }

    /** A length or count, checked before it is believed. */
    private int size(String field, int least, int most) {
        int where = offset();
        long value = bits(field);
        if (value < 0 || value > most) {
            throw new WireException(
                    FailureCode.LIMIT, complaint(field, Long.toUnsignedString(value), where, "at most " + most));
        }
        if (value < least) {
            throw malformed(field, value, where, "at least " + least);
        }
        return (int) value;
    }

    byte[] bytes(String field, int most) {
        return bytes(field, 0, most);
    }

    private byte[] bytes(String field, int least, int most) {
        int length = size(field + " length", least, most);
        need(field, length);
        byte[] bytes = new byte[length];
        copyTo(bytes, 0, length);
        return bytes;
    }

    /** Copies the next bytes out of the frame. */
    void copyTo(byte[] target, int offset, int length) {
        frame.get(at, target, offset, length);
        at += length;
    }

    /** Copies the next bytes out of the frame, to a place of a segment. */
    void copyTo(SegmentBytes target, int offset, int length) {
        target.put(offset, frame, at, length);
        at += length;
    }

    /** UTF-8 without control characters, so that it can be logged as it is. */
    String text(String field, int least, int most) {
        int where = offset();
        byte[] bytes = bytes(field, least, most);
        if (isPlain(bytes)) {
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder() // refuses what is malformed
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw malformed(field, "broken text of " + bytes.length + " bytes", where, "UTF-8");
        }
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                throw malformed(
                        field, String.format("text with U+%04X", (int) text.charAt(i)), where, "no control characters");
            }
        }
        return text;
    }

    /** Whether it is printable ASCII alone, as nearly every name is: that needs no decoder. */
    private static boolean isPlain(byte... bytes) {
        for (byte one : bytes) {
            if (one < ' ' || one == 0x7f) {
                return false;
            }
        }
        return true;
    }

    <T> List<T> list(String field, int most, Supplier<T> element) {
        int count = size("number of " + field, 0, most);
        if (count == 0) {
            return List.of();
        }
        List<T> list = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            list.add(element.get());
        }
        return List.copyOf(list);
    }

    /**
     * Ranges, each as the distance from the end of the one before and its length, so that they come ordered and disjoint.
     */
    List<Range> ranges(String field, int most, long base, long bound) {
        long[] previous = {base};
        return list(field, most, () -> {
            long from = previous[0] + number(field + " distance", 0, bound - previous[0]);
            long until = from + number(field + " length", 1, bound - from);
            previous[0] = until;
            return new Range(from, until);
        });
    }

    /** The rest of the frame, as a view of it. */
    ByteBuffer rest() {
        ByteBuffer rest = frame.slice(at, end - at);
        at = end;
        return rest;
    }

    /** Passes over the rest of the frame. */
    void skip() {
        at = end;
    }

    /** Checks that nothing is left. */
    void end() {
        if (at != end) {
            throw malformed("trailing data", remaining() + " bytes", offset(), "the end of the frame");
        }
    }

    WireException malformed(String field, Object value, int where, String expected) {
        return new WireException(FailureCode.MALFORMED, complaint(field, value, where, expected));
    }

    String complaint(String field, Object value, int where, String expected) {
        return message + ": " + field + " was " + value + " at byte " + where + ", expected " + expected;
    }

    private void need(String field, int bytes) {
        if (remaining() < bytes) {
            throw malformed(field, "cut short with " + remaining() + " bytes left", offset(), bytes + " bytes or more");
        }
    }
}
