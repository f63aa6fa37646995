package io.swarmflux.media.segmenter;

/**
 * One packet of a transport stream, read in place (ISO/IEC 13818-1, 2.4.3).
 *
 * <pre>
 *  byte  0      1                    2    3                       4...
 *        0x47   E S P | PID (13)          scrambling, AF, counter  adaptation field, payload
 * </pre>
 *
 * Nothing that it says is believed beyond the packet's 188 bytes: a length that leads out of it makes the packet one
 * without content.
 */
final class TsPacket {
    static final int BYTES = 188;
    static final byte SYNC = 0x47;
    static final int NULL_PID = 0x1fff;
    static final long NO_PCR = -1;

    private byte[] array = new byte[0];
    private int start;

    private int pid;
    private boolean startsUnit;
    private boolean discontinuity;
    private boolean randomAccess;
    private long pcr27;
    private int clockAt;
    private int counter;
    private boolean counts;
    private int payload;

    /** Reads the packet whose sync byte is at {@code at}. */
    void read(byte[] bytes, int at) {
        array = bytes;
        start = at;
        pid = (bytes[at + 1] & 0x1f) << 8 | (bytes[at + 2] & 0xff);
        boolean damaged = (bytes[at + 1] & 0x80) != 0;
        startsUnit = (bytes[at + 1] & 0x40) != 0;
        boolean scrambled = (bytes[at + 3] & 0xc0) != 0;
        boolean hasField = (bytes[at + 3] & 0x20) != 0;
        boolean hasPayload = (bytes[at + 3] & 0x10) != 0 && !damaged && !scrambled;
        discontinuity = false;
        randomAccess = false;
        pcr27 = NO_PCR;
        clockAt = -1;
        counter = bytes[at + 3] & 0x0f;
        counts = (bytes[at + 3] & 0x10) != 0;
        payload = 4;
        if (hasField) {
            int length = bytes[at + 4] & 0xff;
            payload = 5 + length;
            if (length > BYTES - 5) {
                damaged = true;
            } else if (length > 0 && !damaged) {
                readField(at + 5, length);
            }
        }
        if (damaged || !hasPayload || payload >= BYTES) {
            payload = BYTES;
            startsUnit = false;
        }
    }

    private void readField(int at, int length) {
        int flags = array[at];
        discontinuity = (flags & 0x80) != 0;
        randomAccess = (flags & 0x40) != 0;
        if ((flags & 0x10) != 0 && length >= 7) {
            clockAt = at + 1;
            long base = TsStamp.clock(array, clockAt);
            int extension = (array[at + 5] & 1) << 8 | (array[at + 6] & 0xff);
            pcr27 = base * 300 + extension % 300;
        }
    }

    int pid() {
        return pid;
    }

    /** Whether a PES packet or a section begins in its payload. */
    boolean startsUnit() {
        return startsUnit;
    }

    /** Whether it says that the clock does not go on. */
    boolean discontinuity() {
        return discontinuity;
    }

    /** Whether it says that a decoder may start. */
    boolean randomAccess() {
        return randomAccess;
    }

    /** The program clock in 27 MHz; {@link #NO_PCR} when it has none. */
    long pcr27() {
        return pcr27;
    }

    /** Where in the array its program clock is; -1 when it has none. */
    int clockAt() {
        return clockAt;
    }

    /** The place of the packet in its stream, modulo 16. */
    int counter() {
        return counter;
    }

    /** Whether the counter goes on with it: one without a payload repeats the number before. */
    boolean counts() {
        return counts;
    }

    /** Whether a PES packet begins here, with a whole header as far as it matters. */
    boolean startsPes() {
        int from = from();
        return startsUnit && from + 9 <= until() && array[from] == 0 && array[from + 1] == 0 && array[from + 2] == 1;
    }

    /** Whether a PES packet of video begins here. */
    boolean startsVideo() {
        return startsPes() && (array[from() + 3] & 0xf0) == 0xe0;
    }

    /** Where in the array the presentation time is of the PES packet that begins here; -1 when it has none. */
    int presentationAt() {
        return timeAt(9);
    }

    /** Where its decoding time is, which is the presentation time when there is only that; -1 when it has neither. */
    int decodingAt() {
        boolean both = startsPes() && (array[from() + 7] & 0xc0) == 0xc0;
        return timeAt(both ? 9 + TsStamp.BYTES : 9);
    }

    private int timeAt(int inHeader) {
        int at = from() + inHeader;
        boolean there = startsPes()
                && (array[from() + 6] & 0xc0) == 0x80 // others have no such header
                && (array[from() + 7] & 0x80) != 0
                && at + TsStamp.BYTES <= until();
        return there ? at : -1;
    }

    /** The array that holds it. */
    byte[] array() {
        return array;
    }

    /** Where in the array its payload begins. */
    int from() {
        return start + payload;
    }

    /** Where in the array it ends. */
    int until() {
        return start + BYTES;
    }
}
