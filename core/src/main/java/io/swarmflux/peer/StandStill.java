package io.swarmflux.peer;

/**
 * Whether a downstream of a lossless stream stands still and must go, because the window here waits for it. Who is held up by
 * others gets more time, but not for ever: in a chain each waits for its own slow one to be closed first. Inside the strand.
 */
final class StandStill {
    /** How many times the usual time a downstream may stand still that is held up by others. */
    private static final int HELD_TIMES = 6;

    private boolean held;
    private long movedAtNs;

    /** When it really took something, whoever held it up since. */
    private long advancedAtNs;

    private long next;

    StandStill(long nowNs) {
        moves(nowNs);
    }

    private void moves(long nowNs) {
        movedAtNs = nowNs;
        advancedAtNs = nowNs;
    }

    /** It says what it needs next, which counts even while it fetches from others what is gone here. */
    void said(long nextNow, boolean heldNow, long nowNs) {
        held = heldNow;
        if (nextNow > next) {
            next = nextNow;
            moves(nowNs);
        }
    }

    /** Whether it said last that others hold it up. */
    boolean isHeldUp() {
        return held;
    }

    /** It needs nothing from here. */
    void rests(long nowNs) {
        moves(nowNs);
    }

    /** Whether it has stood still for too long, although there is something for it. */
    boolean tooLong(long nowNs) {
        if (held) {
            movedAtNs = nowNs;
        }
        return nowNs - movedAtNs > Giving.STAND_STILL_NS || nowNs - advancedAtNs > HELD_TIMES * Giving.STAND_STILL_NS;
    }
}
