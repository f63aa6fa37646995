package io.swarmflux.media.segmenter;

/** Media time out of the decoding times of fragments: it begins at 0, and goes on evenly where they jump or begin anew. */
final class Mp4Clock {
    private static final long BACK_US = 1_000_000;
    private static final long AHEAD_US = 3_000_000;
    private static final long LONGEST_US = 60_000_000;

    private long nextUs;
    private long beganUs;
    private long lastsUs;
    private long offsetUs;
    private boolean anew = true;
    private long jumpedUs;

    /** Where the next fragment begins when it goes on evenly. */
    long nextUs() {
        return nextUs;
    }

    /** Decoding times begin anew: whatever the next one is, it goes on evenly. */
    void anew() {
        anew = true;
    }

    /** Takes a fragment; true when the clock jumped. */
    boolean fragment(long decodeUs, long forUs) {
        long fromUs = decodeUs < 0 ? nextUs : decodeUs + offsetUs;
        boolean far = fromUs < nextUs - BACK_US || fromUs > nextUs + AHEAD_US;
        boolean jumps = far && !anew;
        if (jumps) {
            jumpedUs = fromUs - nextUs;
        }
        if (far || anew) {
            offsetUs = decodeUs < 0 ? offsetUs : nextUs - decodeUs;
            fromUs = nextUs;
        }
        anew = false;
        beganUs = fromUs;
        lastsUs = Math.min(forUs, LONGEST_US);
        nextUs = fromUs + lastsUs;
        return jumps;
    }

    /** When the last fragment began. */
    long beganUs() {
        return beganUs;
    }

    /** How long it lasts. */
    long lastsUs() {
        return lastsUs;
    }

    /** How far the clock jumped last time, in milliseconds. */
    long jumpMillis() {
        return jumpedUs / 1000;
    }
}
