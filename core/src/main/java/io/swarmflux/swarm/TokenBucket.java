package io.swarmflux.swarm;

/** A rate limit: bytes may go when they have been earned, and at most a short burst is saved up. */
public final class TokenBucket {
    private static final double NS_PER_SECOND = 1e9;
    private static final double BURST_SECONDS = 0.05;

    private double bytesPerNs;
    private double burst;
    private double tokens;
    private long atNs = Long.MIN_VALUE;

    /**
     * A full bucket.
     *
     * @param bitsPerSecond the rate; 0 for no limit
     */
    public TokenBucket(long bitsPerSecond) {
        this.bytesPerNs = bitsPerSecond / 8.0 / NS_PER_SECOND;
        this.burst = bitsPerSecond / 8.0 * BURST_SECONDS;
        this.tokens = burst;
    }

    /**
     * Changes the rate; what was earned or is owed stays.
     *
     * @param bitsPerSecond the rate; 0 for no limit
     */
    public void rate(long bitsPerSecond) {
        bytesPerNs = bitsPerSecond / 8.0 / NS_PER_SECOND;
        burst = bitsPerSecond / 8.0 * BURST_SECONDS;
    }

    /**
     * Whether there is a limit at all.
     *
     * @return false when everything may always go
     */
    public boolean limited() {
        return bytesPerNs != 0;
    }

    /**
     * Whether anything may go now. What goes may overdraw the bucket once, so that a segment larger than the burst is not
     * held for ever; the debt is paid before the next.
     *
     * @param nowNs the time
     * @return true when there is no debt
     */
    public boolean ready(long nowNs) {
        if (bytesPerNs == 0) {
            return true;
        }
        if (atNs != Long.MIN_VALUE) {
            tokens = Math.min(burst, tokens + (nowNs - atNs) * bytesPerNs);
        }
        atNs = nowNs;
        return tokens > 0;
    }

    /**
     * Pays for what went.
     *
     * @param bytes how much
     */
    public void spend(long bytes) {
        if (bytesPerNs != 0) {
            tokens -= bytes;
        }
    }

    /**
     * How long until something may go.
     *
     * @return nanoseconds, 0 when it may now
     */
    public long waitNs() {
        return bytesPerNs == 0 || tokens > 0 ? 0 : (long) (-tokens / bytesPerNs) + 1;
    }
}
