package io.swarmflux.media.segmenter;

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
 * A round lasts as long as the longest of its streams, from the first decoding time to one frame, or packet of audio, past the last: what is
 * shorter pauses for a moment, and nothing comes twice. Pieces of whole packets are taken, as a segmenter cuts them. Not safe for several
 * threads while it learns.
 */
public final class TsLoop {
    private static final long LONGEST_FRAME = 90_000;
    private static final long USUAL_FRAME = 3_600;

    private final Map<Integer, int[]> counters = new HashMap<>(); // first and last, by PID
    private final Map<Integer, Times> times = new HashMap<>(); // by PID

    /** The decoding times of one stream. */
    private static final class Times {
        private final long first;
        private long last;
        private long frame = USUAL_FRAME;

        Times(long first) {
            this.first = first;
            this.last = first;
        }

        void add(long time) {
            long step = Math.floorMod(time - last, TsStamp.WRAP);
            if (step > 0 && step < LONGEST_FRAME) {
                frame = step;
            }
            last = time;
        }

        long length() {
            return Math.floorMod(last - first, TsStamp.WRAP) + frame;
        }
    }

    /** Nothing is known yet. */
    public TsLoop() {}

    /**
     * Takes a piece of the first round, which must come in order.
     *
     * @param payload its packets, which are left as they are
     */
    public void learn(byte[] payload) {
        TsPacket packet = new TsPacket();
        for (int at = 0; at + TsPacket.BYTES <= payload.length; at += TsPacket.BYTES) {
            if (payload[at] != TsPacket.SYNC) {
                continue;
            }
            packet.read(payload, at);
            if (packet.counts()) {
                int counter = packet.counter();
                counters.computeIfAbsent(packet.pid(), unused -> new int[] {counter, counter})[1] = counter;
            }
            if (packet.decodingAt() >= 0) {
                long time = TsStamp.time(payload, packet.decodingAt());
                times.computeIfAbsent(packet.pid(), unused -> new Times(time)).add(time);
            }
        }
    }

    /**
     * How long a round is.
     *
     * @return microseconds; 0 when its clock does not tell
     */
    public long lengthUs() {
        return length() * 100 / 9;
    }

    private long length() {
        return times.values().stream().mapToLong(Times::length).max().orElse(0);
    }

    /**
     * Makes a piece of the first round one of a later round.
     *
     * @param payload its packets, which are changed
     * @param rounds how many rounds later
     */
    public void shift(byte[] payload, long rounds) {
        long by = Math.floorMod(length() * rounds, TsStamp.WRAP);
        TsPacket packet = new TsPacket();
        for (int at = 0; at + TsPacket.BYTES <= payload.length; at += TsPacket.BYTES) {
            if (payload[at] != TsPacket.SYNC) {
                continue;
            }
            packet.read(payload, at);
            int[] counter = counters.get(packet.pid());
            if (counter == null) {
                continue;
            }
            int step = (int) (rounds * (counter[1] + 1 - counter[0])) & 0x0f;
            payload[at + 3] = (byte) ((payload[at + 3] & 0xf0) | ((packet.counter() + step) & 0x0f));
            if (packet.clockAt() >= 0) {
                TsStamp.shiftClock(payload, packet.clockAt(), by);
            }
            if (packet.presentationAt() >= 0) {
                TsStamp.shiftTime(payload, packet.presentationAt(), by);
                if (packet.decodingAt() > packet.presentationAt()) {
                    TsStamp.shiftTime(payload, packet.decodingAt(), by);
                }
            }
        }
    }
}
