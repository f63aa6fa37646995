package io.swarmflux.media.segmenter;

/**
 * Media time out of a transport stream's clock: it begins at 0, goes on over the clock's wrap (33 bits of 90 kHz, 26.5 hours)
 * and where the clock jumps. Between two clock values it goes on by the packets, at the pace of the last two.
 *
 * <pre>
 *  clock   100  200  300   7  107       8589934591 | 0
 *  media     0  100  200 300  400                      jumps are bridged by the last interval, a wrap is none
 * </pre>
 *
 * The clock is the PCR; where that is missing, the decoding times of the main stream.
 */
final class TsClock {
    private static final long WRAP_27 = (1L << 33) * 300;
    private static final long HOUR_27 = 3600L * 27_000_000;
    private static final long MAX_STEP_27 = 3L * 27_000_000;
    private static final long MAX_BRIDGE_US = 100_000;

    /** A clock that was not seen for so many packets is missing. */
    private static final int MISSING_PACKETS = 5_000;

    private boolean started;
    private boolean byPcr;
    private long last27;
    private long lastUs;
    private long stepUs;
    private long stepPackets = 1;
    private long packets;
    private long sincePcr;
    private long jumpedBy27;

    /** Counts one packet, whatever is in it. */
    void packet() {
        packets++;
        sincePcr++;
    }

    /** Takes a PCR; true when the clock jumped. */
    boolean pcr(long value27, boolean announcedJump) {
        sincePcr = 0;
        if (started && !byPcr) { // it was missing, and is there again
            byPcr = true;
            rebase(value27);
            return false;
        }
        byPcr = true;
        return step(value27, announcedJump);
    }

    /** Takes a decoding time of the main stream, when no PCR is to be expected or none comes; true when the clock jumped. */
    boolean decodingTime(long value27, boolean pcrExpected) {
        if (byPcr && sincePcr < MISSING_PACKETS) {
            return false;
        }
        if (byPcr) {
            byPcr = false;
            rebase(value27);
            return false;
        }
        boolean goes = started || !pcrExpected || packets >= MISSING_PACKETS / 10;
        return goes && step(value27, false);
    }

    /** The time of this packet. */
    long nowUs() {
        return lastUs + Math.min(stepUs, stepUs * packets / stepPackets);
    }

    /** How far the clock jumped last time, in milliseconds. */
    long jumpMillis() {
        return jumpedBy27 / 27_000;
    }

    /** Whether decoding times stand in for a PCR that is missing. */
    boolean withoutPcr() {
        return started && !byPcr;
    }

    private boolean step(long value27, boolean announcedJump) {
        if (!started) {
            started = true;
            last27 = value27;
            packets = 0;
            return false;
        }
        long by27 = value27 - last27;
        if (by27 < -(WRAP_27 - HOUR_27)) {
            by27 += WRAP_27;
        }
        if (by27 < 0 || by27 > MAX_STEP_27 || (announcedJump && by27 != 0)) {
            jumpedBy27 = by27;
            rebase(value27);
            return true;
        }
        lastUs += by27 / 27;
        last27 = value27 - by27 % 27; // what is less than a microsecond counts next time
        if (last27 < 0) {
            last27 += WRAP_27;
        }
        if (by27 > 0) {
            stepUs = Math.min(by27 / 27, MAX_BRIDGE_US);
            stepPackets = Math.max(1, packets);
            packets = 0;
        }
        return false;
    }

    private void rebase(long value27) {
        lastUs = nowUs();
        last27 = value27;
        packets = 0;
    }
}
