package io.swarmflux.media.segmenter;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** A transport stream made by hand, packet by packet. */
final class MadeTs {
    static final int PMT_PID = 0x1000;
    static final int VIDEO_PID = 0x100;
    static final int AUDIO_PID = 0x101;
    static final int H264 = 0x1b;
    static final int HEVC = 0x24;
    static final int MPEG2 = 0x02;
    static final int AAC = 0x0f;

    private static final long SECOND_27 = 27_000_000;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final int[] counters = new int[0x2000];
    private long clock27;

    /** Sets the clock, in 27 MHz. */
    MadeTs clock27(long value) {
        clock27 = Math.floorMod(value, (1L << 33) * 300);
        return this;
    }

    MadeTs laterByMillis(long millis) {
        return clock27(clock27 + millis * SECOND_27 / 1000);
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    /** PAT and PMT; the clock goes with the first stream, or with none. */
    MadeTs tables(boolean withClock, int... streamTypes) {
        packet(0, true, false, false, -1, section(new byte[] {
            0, (byte) 0xb0, 0, 0, 1, (byte) 0xc1, 0, 0, 0, 1, (byte) 0xf0, 0
        }));
        ByteArrayOutputStream pmt = new ByteArrayOutputStream();
        int clock = withClock ? VIDEO_PID : 0x1fff;
        pmt.writeBytes(new byte[] {
            2, (byte) 0xb0, 0, 0, 1, (byte) 0xc1, 0, 0, (byte) (0xe0 | clock >> 8), (byte) clock, (byte) 0xf0, 0
        });
        for (int i = 0; i < streamTypes.length; i++) {
            int pid = VIDEO_PID + i;
            pmt.writeBytes(new byte[] {(byte) streamTypes[i], (byte) (0xe0 | pid >> 8), (byte) pid, (byte) 0xf0, 0});
        }
        packet(PMT_PID, true, false, false, -1, section(pmt.toByteArray()));
        return this;
    }

    /** One H.264 frame: a key frame has parameter sets before its slice. */
    MadeTs h264(boolean key, int bytes) {
        byte[] start = key
                ? new byte[] {0, 0, 0, 1, 9, 16, 0, 0, 0, 1, 0x67, 1, 2, 0, 0, 0, 1, 0x68, 3, 0, 0, 1, 0x65, 7}
                : new byte[] {0, 0, 0, 1, 9, 48, 0, 0, 0, 1, 0x41, 7};
        return frame(VIDEO_PID, true, false, start, bytes);
    }

    /** One frame: its beginning as given, filled up with bytes that are no start code. */
    MadeTs frame(int pid, boolean withClock, boolean saysRandomAccess, byte[] start, int bytes) {
        long time = clock27 / 300;
        byte[] pes = new byte[14 + Math.max(bytes, start.length)];
        Arrays.fill(pes, (byte) 0x55);
        byte[] header = {
            0,
            0,
            1,
            (byte) 0xe0,
            0,
            0,
            (byte) 0x80,
            (byte) 0x80,
            5,
            (byte) (0x21 | (time >> 29 & 0x0e)),
            (byte) (time >> 22),
            (byte) (time >> 14 | 1),
            (byte) (time >> 7),
            (byte) (time << 1 | 1)
        };
        System.arraycopy(header, 0, pes, 0, header.length);
        System.arraycopy(start, 0, pes, header.length, start.length);
        int at = 0;
        boolean first = true;
        while (at < pes.length) {
            int size = Math.min(pes.length - at, first && (withClock || saysRandomAccess) ? 176 : 184);
            packet(
                    pid,
                    first,
                    saysRandomAccess && first,
                    false,
                    withClock && first ? clock27 : -1,
                    Arrays.copyOfRange(pes, at, at + size));
            at += size;
            first = false;
        }
        return this;
    }

    MadeTs raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    /** One packet; what is missing to 188 bytes is stuffed into the adaptation field. */
    MadeTs packet(int pid, boolean unit, boolean randomAccess, boolean discontinuity, long pcr27, byte[] payload) {
        byte[] packet = new byte[TsPacket.BYTES];
        Arrays.fill(packet, (byte) 0xff);
        int stuffing = 184 - payload.length;
        packet[0] = TsPacket.SYNC;
        packet[1] = (byte) ((unit ? 0x40 : 0) | pid >> 8);
        packet[2] = (byte) pid;
        packet[3] = (byte) ((stuffing > 0 ? 0x30 : 0x10) | (counters[pid]++ & 0x0f));
        if (stuffing > 0) {
            packet[4] = (byte) (stuffing - 1);
        }
        if (stuffing > 1) {
            packet[5] = (byte) ((discontinuity ? 0x80 : 0) | (randomAccess ? 0x40 : 0) | (pcr27 >= 0 ? 0x10 : 0));
        }
        if (pcr27 >= 0) {
            long base = pcr27 / 300;
            packet[6] = (byte) (base >> 25);
            packet[7] = (byte) (base >> 17);
            packet[8] = (byte) (base >> 9);
            packet[9] = (byte) (base >> 1);
            packet[10] = (byte) (base << 7 | 0x7e | pcr27 % 300 >> 8);
            packet[11] = (byte) (pcr27 % 300);
        }
        System.arraycopy(payload, 0, packet, TsPacket.BYTES - payload.length, payload.length);
        out.writeBytes(packet);
        return this;
    }

    private static byte[] section(byte[] body) {
        byte[] section = Arrays.copyOf(body, body.length + 4);
        section[1] = (byte) (0xb0 | (section.length - 3) >> 8);
        section[2] = (byte) (section.length - 3);
        int crc = -1;
        for (int i = 0; i < body.length; i++) {
            crc ^= section[i] << 24;
            for (int bit = 0; bit < 8; bit++) {
                crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
            }
        }
        for (int i = 0; i < 4; i++) {
            section[body.length + i] = (byte) (crc >> (24 - 8 * i));
        }
        byte[] payload = new byte[184];
        Arrays.fill(payload, (byte) 0xff);
        payload[0] = 0; // the section begins at once
        System.arraycopy(section, 0, payload, 1, section.length);
        return payload;
    }
}
