package io.swarmflux.media.segmenter;

/** Media time that begins at 0, and goes on evenly where the clock of the input jumps or begins anew. */
abstract sealed class EvenClock permits Mp4Clock, OggClock {
    private long nextUs;
    private long beganUs;
    private long lastsUs;
    private long jumpedUs;
    private boolean anew = true;

    /** When the next part begins, if it goes on evenly. */
    final long nextUs() {
        return nextUs;
    }

    /** When the last part began. */
    final long beganUs() {
        return beganUs;
    }

    /** How long it lasts. */
    final long lastsUs() {
        return lastsUs;
    }

    /** How far the clock jumped last time, in milliseconds. */
    final long jumpMillis() {
        return jumpedUs / 1000;
    }

    /** The clock of the input begins anew: whatever it says next, media time goes on evenly. */
    void anew() {
        anew = true;
    }

    final boolean isAnew() {
        return anew;
    }

    /** Takes a part, by how much it is {@code far} from where it should be; true when the clock jumped. */
    final boolean part(long fromUs, long forUs, boolean far, long byUs) {
        boolean jumps = far && !anew;
        if (jumps) {
            jumpedUs = byUs;
        }
        anew = false;
        beganUs = fromUs;
        lastsUs = forUs;
        nextUs = fromUs + forUs;
        return jumps;
    }
}
