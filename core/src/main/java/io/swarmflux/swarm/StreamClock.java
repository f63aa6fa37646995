package io.swarmflux.swarm;

/**
 * What time it is in the stream: the seeder's monotonic clock, as far as its announcements tell. Wall clocks are never
 * compared. May be called from any thread.
 *
 * <p>An announcement carries its sender's estimate and the bound of that estimate's error. Half the least round trip is
 * added to both, because the message took some part of the round trip. The estimate with the smaller bound stays, but a
 * bound grows with time, because clocks drift. A better estimate is not jumped to: the clock runs faster or slower by at most
 * {@value #SLEW_PPM} millionths until it agrees, unless it is wrong by more than a second.
 */
public final class StreamClock {
    private static final long SLEW_PPM = 1_000;
    private static final long DRIFT_PPM = 100;
    private static final long MILLION = 1_000_000;
    private static final long JUMP_US = 1_000_000;

    private boolean known;
    private long estimateUs;
    private long errorUs;
    private long atNs;

    /** What is told is behind (when positive) the estimate by this much at {@code atNs}; slewed away since. */
    private long behindUs;

    /** A clock that knows nothing. */
    public StreamClock() {}

    /**
     * Takes a sender's word for the time.
     *
     * @param streamTimeUs what the sender said
     * @param senderErrorUs the bound of its error
     * @param roundTripNs the least round trip to the sender
     * @param nowNs the time here
     */
    public synchronized void heard(long streamTimeUs, long senderErrorUs, long roundTripNs, long nowNs) {
        long halfTripUs = roundTripNs / 2_000;
        long bound = senderErrorUs + halfTripUs;
        if (known && bound > errorUs(nowNs)) {
            return;
        }
        long told = streamTimeUs + halfTripUs;
        long saidNow = known ? timeUs(nowNs) : told;
        estimateUs = told;
        errorUs = bound;
        atNs = nowNs;
        behindUs = Math.abs(told - saidNow) > JUMP_US ? 0 : told - saidNow;
        known = true;
    }

    /**
     * Whether anything was heard.
     *
     * @return false before the first announcement that had a time
     */
    public synchronized boolean known() {
        return known;
    }

    /**
     * The time in the stream.
     *
     * @param nowNs the time here
     * @return microseconds, on the scale of the media time
     * @throws IllegalStateException when nothing was heard
     */
    public synchronized long timeUs(long nowNs) {
        if (!known) {
            throw new IllegalStateException("nothing was heard of the stream's time");
        }
        long sinceUs = (nowNs - atNs) / 1_000;
        long slewed = Math.min(Math.abs(behindUs), sinceUs * SLEW_PPM / MILLION);
        return estimateUs + sinceUs - Long.signum(behindUs) * (Math.abs(behindUs) - slewed);
    }

    /**
     * How wrong the estimate may be.
     *
     * @param nowNs the time here
     * @return microseconds; {@link Long#MAX_VALUE} when nothing was heard
     */
    public synchronized long errorUs(long nowNs) {
        return known ? errorUs + (nowNs - atNs) / 1_000 * DRIFT_PPM / MILLION : Long.MAX_VALUE;
    }
}
