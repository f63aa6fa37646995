package io.swarmflux.media.source;

import java.util.HashMap;
import java.util.Map;

/**
 * What a transport stream needs to go on at its end with its beginning: how long a round is by its own clock, and by how much each stream's
 * packet counter is further. With both added, no player notices.
 *
 * <pre>
 *  packet  ... | PCR or PTS, DTS at their places | counter
 *  round n     + n × length                      + n × (last counter + 1 − first)
 * </pre>
 *
 * A round lasts from the first decoding time of its first video (or, without video, audio) to one frame past the last.
 */
final class TsLoop {
    private static final int PACKET = 188;
    private static final byte SYNC = 0x47;
    private static final long WRAP = 1L << 33;

    private final Map<Integer, int[]> counters = new HashMap<>(); // first and last, by PID
    private int timedPid = -1;
    private boolean timedIsVideo;
    private long firstTime = -1;
    private long lastTime;
    private long frame = 3_600;

    /** Takes a piece of the first round. */
    void learn(byte[] payload) {
        for (int at = 0; at + PACKET <= payload.length; at += PACKET) {
            if (payload[at] != SYNC) {
                continue;
            }
            int pid = pid(payload, at);
            if ((payload[at + 3] & 0x10) != 0) {
                int counter = payload[at + 3] & 0x0f;
                counters.computeIfAbsent(pid, unused -> new int[] {counter, counter})[1] = counter;
            }
            int pes = pes(payload, at);
            if (pes >= 0) {
                learnTime(payload, pes, pid);
            }
        }
    }

    private void learnTime(byte[] payload, int pes, int pid) {
        boolean video = (payload[pes + 3] & 0xf0) == 0xe0;
        if (timedPid < 0 || (video && !timedIsVideo)) {
            timedPid = pid;
            timedIsVideo = video;
            firstTime = -1;
        }
        int at = (payload[pes + 7] & 0x40) != 0 ? pes + 14 : pes + 9;
        if (pid != timedPid || !stamped(payload, pes)) {
            return;
        }
        long time = time(payload, at);
        if (firstTime < 0) {
            firstTime = time;
        } else if (time - lastTime > 0 && time - lastTime < 90_000) {
            frame = time - lastTime;
        }
        lastTime = time;
    }

    /** How long a round is, in microseconds; 0 when its clock does not tell. */
    long lengthUs() {
        return length() * 100 / 9;
    }

    private long length() {
        return firstTime < 0 ? 0 : Math.floorMod(lastTime - firstTime, WRAP) + frame;
    }

    /** Makes a piece one of a later round. */
    void shift(byte[] payload, long rounds) {
        long by = Math.floorMod(length() * rounds, WRAP);
        for (int at = 0; at + PACKET <= payload.length; at += PACKET) {
            int[] counter = payload[at] == SYNC ? counters.get(pid(payload, at)) : null;
            if (counter == null) {
                continue;
            }
            int step = (int) (rounds * (counter[1] + 1 - counter[0])) & 0x0f;
            payload[at + 3] = (byte) ((payload[at + 3] & 0xf0) | ((payload[at + 3] + step) & 0x0f));
            if ((payload[at + 3] & 0x20) != 0 && payload[at + 4] >= 7 && (payload[at + 5] & 0x10) != 0) {
                shiftClock(payload, at + 6, by);
            }
            int pes = pes(payload, at);
            if (pes >= 0 && stamped(payload, pes)) {
                shiftTime(payload, pes + 9, by);
                if ((payload[pes + 7] & 0x40) != 0) {
                    shiftTime(payload, pes + 14, by);
                }
            }
        }
    }

    private static int pid(byte[] payload, int at) {
        return (payload[at + 1] & 0x1f) << 8 | (payload[at + 2] & 0xff);
    }

    /** Where a PES packet begins whose times are in this packet; -1 when none does. */
    private static int pes(byte[] payload, int at) {
        if ((payload[at + 1] & 0x40) == 0 || (payload[at + 3] & 0x10) == 0) {
            return -1;
        }
        int from = at + 4 + ((payload[at + 3] & 0x20) == 0 ? 0 : 1 + (payload[at + 4] & 0xff));
        boolean begins = from + 19 <= at + PACKET
                && payload[from] == 0
                && payload[from + 1] == 0
                && payload[from + 2] == 1
                && payload[from + 3] != 0;
        return begins ? from : -1;
    }

    private static boolean stamped(byte[] payload, int pes) {
        return (payload[pes + 7] & 0x80) != 0;
    }

    private static long time(byte[] payload, int at) {
        return (payload[at] & 0x0eL) << 29
                | (payload[at + 1] & 0xffL) << 22
                | (payload[at + 2] & 0xfeL) << 14
                | (payload[at + 3] & 0xffL) << 7
                | (payload[at + 4] & 0xfeL) >> 1;
    }

    private static void shiftTime(byte[] payload, int at, long by) {
        long time = (time(payload, at) + by) % WRAP;
        payload[at] = (byte) ((payload[at] & 0xf1) | (time >> 29 & 0x0e));
        payload[at + 1] = (byte) (time >> 22);
        payload[at + 2] = (byte) (time >> 14 | 1);
        payload[at + 3] = (byte) (time >> 7);
        payload[at + 4] = (byte) (time << 1 | 1);
    }

    private static void shiftClock(byte[] payload, int at, long by) {
        long base = (payload[at] & 0xffL) << 25
                | (payload[at + 1] & 0xffL) << 17
                | (payload[at + 2] & 0xffL) << 9
                | (payload[at + 3] & 0xffL) << 1
                | (payload[at + 4] & 0x80L) >> 7;
        base = (base + by) % WRAP;
        payload[at] = (byte) (base >> 25);
        payload[at + 1] = (byte) (base >> 17);
        payload[at + 2] = (byte) (base >> 9);
        payload[at + 3] = (byte) (base >> 1);
        payload[at + 4] = (byte) ((payload[at + 4] & 0x7f) | (base << 7 & 0x80));
    }
}
