package io.swarmflux.media.segmenter;

/** Media time out of the granules of pages, which say when a page ends. It goes on evenly where they jump or begin anew. */
final class OggClock {
    private static final long LONGEST_US = 5_000_000;
    private static final long BACK_US = 1_000_000;

    private long nextUs;
    private long beganUs;
    private long lastsUs;
    private long endUs;
    private boolean anew = true;
    private long jumpedUs;

    /** When the next page begins. */
    long nextUs() {
        return nextUs;
    }

    /** When the last page began. */
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

    /** Granules begin anew, at 0 or in the middle. */
    void anew() {
        anew = true;
        endUs = 0;
    }

    /** Takes a page that ends then, by its own clock; true when the clock jumped. */
    boolean until(long pageEndUs) {
        long byUs = pageEndUs - endUs;
        boolean far = byUs < -BACK_US || byUs > LONGEST_US;
        boolean jumps = far && !anew;
        if (jumps) {
            jumpedUs = byUs;
        }
        anew = false;
        endUs = pageEndUs;
        beganUs = nextUs;
        lastsUs = far ? 0 : Math.max(0, byUs);
        nextUs = beganUs + lastsUs;
        return jumps;
    }
}
