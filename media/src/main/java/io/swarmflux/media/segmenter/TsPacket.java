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
            long base = (array[at + 1] & 0xffL) << 25
                    | (array[at + 2] & 0xffL) << 17
                    | (array[at + 3] & 0xffL) << 9
                    | (array[at + 4] & 0xffL) << 1
                    | (array[at + 5] & 0x80L) >> 7;
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
