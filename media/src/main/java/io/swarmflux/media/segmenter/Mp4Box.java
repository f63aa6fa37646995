package io.swarmflux.media.segmenter;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One box of an MP4 (ISO/IEC 14496-12, 4.2), all of which is in the array. What is read behind its end is 0, so that no length in a
 * broken one leads anywhere.
 *
 * <pre>
 *  bytes  4 size | 4 type | body                 size 1: | 8 large size | body       size 0: to the end of the file
 * </pre>
 *
 * @param at where it begins
 * @param end where it ends, behind its last byte
 */
@SuppressWarnings("ArrayRecordComponent") // a view that is never compared
record Mp4Box(byte[] array, int at, int end) {
    static final int HEADER = 8;

    /** The type at a place of an array, as a number. */
    static int typeAt(byte[] array, int at) {
        return intAt(array, at + 4);
    }

    static int intAt(byte[] array, int at) {
        return array[at] << 24 | (array[at + 1] & 0xff) << 16 | (array[at + 2] & 0xff) << 8 | (array[at + 3] & 0xff);
    }

    static void putInt(byte[] array, int at, int value) {
        array[at] = (byte) (value >> 24);
        array[at + 1] = (byte) (value >> 16);
        array[at + 2] = (byte) (value >> 8);
        array[at + 3] = (byte) value;
    }

    /** A type that is written with four letters. */
    static int type(String name) {
        return intAt(name.getBytes(StandardCharsets.US_ASCII), 0);
    }

    static String name(int type) {
        byte[] letters = new byte[4];
        putInt(letters, 0, type);
        return new String(letters, StandardCharsets.ISO_8859_1);
    }

    boolean is(int type) {
        return typeAt(array, at) == type;
    }

    int size() {
        return end - at;
    }

    /** A number at a place in the body. */
    long u32(int place) {
        int from = at + HEADER + place;
        return place < 0 || from + 4 > end ? 0 : intAt(array, from) & 0xffff_ffffL;
    }

    long u64(int place) {
        return u32(place) << 32 | u32(place + 4);
    }

    /** The version of a full box. */
    int version() {
        return (int) (u32(0) >> 24);
    }

    /** The flags of a full box. */
    int flags() {
        return (int) u32(0) & 0xff_ffff;
    }

    /** The boxes in this one, as far as they fit. */
    List<Mp4Box> children() {
        List<Mp4Box> found = new ArrayList<>();
        int next = at + HEADER;
        while (next + HEADER <= end) {
            int size = intAt(array, next);
            if (size < HEADER || size > end - next) {
                break;
            }
            found.add(new Mp4Box(array, next, next + size));
            next += size;
        }
        return found;
    }

    @Nullable
    Mp4Box child(int type) {
        for (Mp4Box one : children()) {
            if (one.is(type)) {
                return one;
            }
        }
        return null;
    }
}
