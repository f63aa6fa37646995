package io.swarmflux.transport.multicast;

/** How often something may happen: so many times a second, and so many at once after a pause. */
final class Budget {
    private final int perSecond;
    private final int atOnce;
    private double left;
    private long asOfNs;

    Budget(int perSecond, int atOnce, long nowNs) {
        this.perSecond = perSecond;
        this.atOnce = atOnce;
        this.left = atOnce;
        this.asOfNs = nowNs;
    }

    boolean trySpend(long nowNs) {
        left = Math.min(atOnce, left + (nowNs - asOfNs) * (perSecond / 1e9));
        asOfNs = nowNs;
        if (left < 1) {
            return false;
        }
        left--;
        return true;
    }
}
