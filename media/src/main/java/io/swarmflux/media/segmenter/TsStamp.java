package io.swarmflux.media.segmenter;

/**
 * The times in a transport stream, read and written in place: 33 bits of 90 kHz, which wrap after 26.5 hours.
 *
 * <pre>
 *  PTS, DTS   xxxx ttt 1 | tttttttt | ttttttt 1 | tttttttt | ttttttt 1          x: stays
 *  PCR        tttttttt | tttttttt | tttttttt | tttttttt | t xxxxxx x | xxxxxxxx
 * </pre>
 */
final class TsStamp {
    static final long WRAP = 1L << 33;
    static final int BYTES = 5;

    private TsStamp() {}

    /** A presentation or decoding time. */
    static long time(byte[] bytes, int at) {
        return (bytes[at] & 0x0eL) << 29
                | (bytes[at + 1] & 0xffL) << 22
                | (bytes[at + 2] & 0xfeL) << 14
                | (bytes[at + 3] & 0xffL) << 7
                | (bytes[at + 4] & 0xfeL) >> 1;
    }

    static void shiftTime(byte[] bytes, int at, long by) {
        long time = Math.floorMod(time(bytes, at) + by, WRAP);
        bytes[at] = (byte) ((bytes[at] & 0xf1) | (time >> 29 & 0x0e));
        bytes[at + 1] = (byte) (time >> 22);
        bytes[at + 2] = (byte) (time >> 14 | 1);
        bytes[at + 3] = (byte) (time >> 7);
        bytes[at + 4] = (byte) (time << 1 | 1);
    }

    /** A program clock, without what is finer than 90 kHz. */
    static long clock(byte[] bytes, int at) {
        return (bytes[at] & 0xffL) << 25
                | (bytes[at + 1] & 0xffL) << 17
                | (bytes[at + 2] & 0xffL) << 9
                | (bytes[at + 3] & 0xffL) << 1
                | (bytes[at + 4] & 0x80L) >> 7;
    }

    static void shiftClock(byte[] bytes, int at, long by) {
        long base = Math.floorMod(clock(bytes, at) + by, WRAP);
        bytes[at] = (byte) (base >> 25);
        bytes[at + 1] = (byte) (base >> 17);
        bytes[at + 2] = (byte) (base >> 9);
        bytes[at + 3] = (byte) (base >> 1);
        bytes[at + 4] = (byte) ((bytes[at + 4] & 0x7f) | (base << 7 & 0x80));
    }
}
