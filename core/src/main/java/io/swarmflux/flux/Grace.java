package io.swarmflux.flux;

import java.time.Duration;

/** Since when a reader has been too slow. Inside the drain loop only. */
final class Grace {
    private final long graceNs;
    private boolean slow;
    private long sinceNs;
    private long sinceAt;

    Grace(Duration grace) {
        this.graceNs = grace.toNanos();
    }

    /**
     * Judges.
     *
     * @param slowNow whether it is too slow now
     * @param at what may not stay the same for the grace to go on; 0 when it does not matter
     * @param nowNs the time
     * @return 0 when the grace is over, else when to judge again
     */
    long judge(boolean slowNow, long at, long nowNs) {
        if (!slowNow) {
            slow = false;
            return Alarm.NEVER;
        }
        if (!slow || at != sinceAt) {
            slow = true;
            sinceNs = nowNs;
            sinceAt = at;
        }
        if (nowNs < sinceNs + graceNs) {
            return sinceNs + graceNs;
        }
        slow = false;
        return 0;
    }
}
