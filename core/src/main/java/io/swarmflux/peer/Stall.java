package io.swarmflux.peer;

/** Whether segments wait for credit on one side of a link, and since when: records each wait when it is over. Inside the strand. */
final class Stall {
    private final Recorders recorders;
    private final StreamMetricsRecorder.Direction direction;
    private boolean stalled;
    private long sinceNs;

    Stall(Recorders recorders, StreamMetricsRecorder.Direction direction) {
        this.recorders = recorders;
        this.direction = direction;
    }

    /** Nobody records: whatever it was, it is not told. */
    void forget() {
        stalled = false;
    }

    /** How it stands now. */
    void look(boolean stalledNow, long nowNs) {
        if (stalledNow == stalled) {
            return;
        }
        stalled = stalledNow;
        if (stalledNow) {
            sinceNs = nowNs;
        } else {
            recorders.creditStalled(direction, nowNs - sinceNs);
        }
    }
}
