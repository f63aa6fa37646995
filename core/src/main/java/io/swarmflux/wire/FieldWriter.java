package io.swarmflux.wire;

import io.swarmflux.wire.Message.Range;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * A growing frame that is written field by field, the mirror of {@link FieldReader}. What the other end would refuse is
 * refused here already, as a bad argument.
 */
final class FieldWriter {
    private final String message;
    private byte[] bytes = new byte[64];
    private int size;

    FieldWriter(String message) {
        this.message = message;
    }

    void u8(int value) {
        if (size == bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * size);
        }
        bytes[size++] = (byte) value;
    }

    void u16(int value) {
        u8(value >> 8);
        u8(value);
    }

    void u32(int value) {
        u16(value >> 16);
        u16(value);
    }

    void u64(long value) {
        u32((int) (value >> 32));
        u32((int) value);
    }

    void bool(boolean value) {
        u8(value ? 1 : 0);
    }

    @SuppressWarnings("EnumOrdinal") // the order is part of the wire format; WireFormatDocumentTest holds it
    void choice(Enum<?> value) {
        u8(value.ordinal());
    }

    void bits(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            u8((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        u8((int) rest);
    }

    void number(String field, long value, long least, long most) {
        check(field, value, least, most);
        bits(value);
    }

    void number(String field, long value) {
        number(field, value, 0, Long.MAX_VALUE);
    }

    void signed(String field, long value, long least) {
        check(field, value, least, Long.MAX_VALUE);
        bits((value << 1) ^ (value >> 63));
    }

    void bytes(String field, byte[] value, int least, int most) {
        if (value.length < least || value.length > most) {
            check(field + " length", value.length, least, most);
        }
        bits(value.length);
        if (bytes.length - size < value.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + value.length));
        }
        System.arraycopy(value, 0, bytes, size, value.length);
        size += value.length;
    }

    /** A name or an address. */
    void text(String field, String value, int least, int most) {
        for (int i = 0; i < value.length(); i++) {
            if (Character.isISOControl(value.charAt(i))) {
                throw new IllegalArgumentException(
                        message + ": " + field + " has no control characters, was '" + value + "'");
            }
        }
        bytes(field, value.getBytes(StandardCharsets.UTF_8), least, most);
    }

    /** Words for people: cut to what fits, because a long explanation must not hide a failure. */
    void words(String value, int most) {
        StringBuilder fitting = new StringBuilder();
        int room = most;
        for (int point : value.codePoints().toArray()) {
            String next = Character.isISOControl(point) ? " " : Character.toString(point);
            room -= next.getBytes(StandardCharsets.UTF_8).length;
            if (room < 0) {
                break;
            }
            fitting.append(next);
        }
        text("text", fitting.toString(), 0, most);
    }

    <T> void list(String field, List<T> values, int most, Consumer<? super T> element) {
        if (values.size() > most) {
            check("number of " + field, values.size(), 0, most);
        }
        bits(values.size());
        values.forEach(element);
    }

    void ranges(String field, List<Range> ranges, int most, long base, long bound) {
        long[] previous = {base};
        list(field, ranges, most, range -> {
            if (range.from() < previous[0] || range.until() <= range.from() || range.until() > bound) {
                check(field + " from", range.from(), previous[0], bound - 1);
                check(field + " until", range.until(), range.from() + 1, bound);
            }
            bits(range.from() - previous[0]);
            bits(range.until() - range.from());
            previous[0] = range.until();
        });
    }

    void check(String field, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    message + ": " + field + " is " + least + " to " + most + ", was " + value);
        }
    }

    /** The frame, whole. */
    ByteBuffer frame() {
        check("frame length", size, 1, MessageCodec.MAX_CONTROL_BYTES);
        return ByteBuffer.wrap(bytes, 0, size).slice();
    }
}
