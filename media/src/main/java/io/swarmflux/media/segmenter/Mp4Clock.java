package io.swarmflux.media.segmenter;

/** Media time out of the decoding times of fragments. */
final class Mp4Clock extends EvenClock {
    private static final long BACK_US = 1_000_000;
    private static final long AHEAD_US = 3_000_000;
    private static final long LONGEST_US = 60_000_000;

    private long offsetUs;

    /** Takes a fragment; true when the clock jumped. */
    boolean fragment(long decodeUs, long forUs) {
        long fromUs = decodeUs < 0 ? nextUs() : decodeUs + offsetUs;
        long byUs = fromUs - nextUs();
        boolean far = fromUs < nextUs() - BACK_US || fromUs > nextUs() + AHEAD_US;
        if (far || isAnew()) {
            offsetUs = decodeUs < 0 ? offsetUs : nextUs() - decodeUs;
            fromUs = nextUs();
        }
        return part(fromUs, Math.min(forUs, LONGEST_US), far, byUs);
    }
}
