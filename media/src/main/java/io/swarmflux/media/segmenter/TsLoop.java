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
 * A round lasts from the first decoding time of its first video (or, without video, audio) to one frame past the last. Pieces of whole packets
 * are taken, as a segmenter cuts them. Not safe for several threads while it learns.
 */
public final class TsLoop {
    private static final long LONGEST_FRAME = 90_000;
    private static final long USUAL_FRAME = 3_600;

    private final Map<Integer, int[]> counters = new HashMap<>(); // first and last, by PID
    private int timedPid = -1;
    private boolean timedIsVideo;
    private long firstTime = -1;
    private long lastTime;
    private long frame = USUAL_FRAME;

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
                learnTime(packet);
            }
        }
    }

    private void learnTime(TsPacket packet) {
        if (timedPid < 0 || (packet.startsVideo() && !timedIsVideo)) {
            timedPid = packet.pid();
            timedIsVideo = packet.startsVideo();
            firstTime = -1;
        }
        if (packet.pid() != timedPid) {
            return;
        }
        long time = TsStamp.time(packet.array(), packet.decodingAt());
        long step = Math.floorMod(time - lastTime, TsStamp.WRAP);
        if (firstTime < 0) {
            firstTime = time;
        } else if (step > 0 && step < LONGEST_FRAME) {
            frame = step;
        }
        lastTime = time;
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
        return firstTime < 0 ? 0 : Math.floorMod(lastTime - firstTime, TsStamp.WRAP) + frame;
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
