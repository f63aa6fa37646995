package io.swarmflux.media.segmenter;

/**
 * One page of an Ogg stream (RFC 3533, 6), all of which is in the array.
 *
 * <pre>
 *  bytes  4 "OggS" | 1 version | 1 flags | 8 granule | 4 serial | 4 number | 4 CRC | 1 segments | their sizes | body   little-endian
 * </pre>
 */
@SuppressWarnings("ArrayRecordComponent") // a view that is never compared
record OggPage(byte[] array, int at) {
    /** A page has no more bytes than this. */
    static final int MAX_BYTES = 27 + 255 + 255 * 255;

    static final int HEADER = 27;
    static final long NO_GRANULE = -1;

    private static final int CONTINUED = 1;
    private static final int FIRST = 2;
    private static final int LAST = 4;
    private static final int[] CRC = table();

    private static int[] table() {
        int[] table = new int[256];
        for (int i = 0; i < table.length; i++) {
            int crc = i << 24;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc << 1) ^ (crc < 0 ? 0x04c1_1db7 : 0);
            }
            table[i] = crc;
        }
        return table;
    }

    /** Whether a page may begin with these four bytes. */
    static boolean begins(byte[] array, int at) {
        return array[at] == 'O' && array[at + 1] == 'g' && array[at + 2] == 'g' && array[at + 3] == 'S';
    }

    /** How many bytes a page has that begins here; 0 when its sizes have not come yet. */
    static int size(byte[] array, int at, int until) {
        int segments = at + HEADER > until ? -1 : array[at + 26] & 0xff;
        if (segments < 0 || at + HEADER + segments > until) {
            return 0;
        }
        int size = HEADER + segments;
        for (int i = 0; i < segments; i++) {
            size += array[at + HEADER + i] & 0xff;
        }
        return size;
    }

    int size() {
        return size(array, at, array.length);
    }

    boolean sound() {
        int crc = 0;
        int end = at + size();
        for (int i = at; i < end; i++) {
            int value = i >= at + 22 && i < at + 26 ? 0 : array[i] & 0xff;
            crc = (crc << 8) ^ CRC[(crc >>> 24 ^ value) & 0xff];
        }
        return array[at + 4] == 0 && crc == (int) number(22, 4);
    }

    /** Begins a logical stream. */
    boolean first() {
        return (array[at + 5] & FIRST) != 0;
    }

    /** Ends one. */
    boolean last() {
        return (array[at + 5] & LAST) != 0;
    }

    /** Begins in the middle of a packet. */
    boolean continued() {
        return (array[at + 5] & CONTINUED) != 0;
    }

    long granule() {
        return number(6, 8);
    }

    int serial() {
        return (int) number(14, 4);
    }

    /** How many packets end in it. */
    int packets() {
        int ended = 0;
        for (int i = 0; i < segments(); i++) {
            ended += array[at + HEADER + i] != -1 ? 1 : 0;
        }
        return ended;
    }

    /** Where its body begins in the array. */
    int body() {
        return at + HEADER + segments();
    }

    /** Whether the body begins with these letters, from a place on. */
    boolean says(int place, String letters) {
        boolean same = body() + place + letters.length() <= at + size();
        for (int i = 0; same && i < letters.length(); i++) {
            same = array[body() + place + i] == letters.charAt(i);
        }
        return same;
    }

    /** A number in the body, little-endian; 0 where there is no body. */
    long bodyNumber(int place, int bytes) {
        return body() + place + bytes > at + size() ? 0 : number(body() - at + place, bytes);
    }

    private int segments() {
        return array[at + 26] & 0xff;
    }

    private long number(int place, int bytes) {
        long value = 0;
        for (int i = bytes - 1; i >= 0; i--) {
            value = value << 8 | (array[at + place + i] & 0xff);
        }
        return value;
    }
}
