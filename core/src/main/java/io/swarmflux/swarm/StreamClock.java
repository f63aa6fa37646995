package io.swarmflux.swarm;

import java.util.OptionalLong;

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
    private static final long FARTHEST_US = Long.MAX_VALUE / 8;

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
        if (Math.abs(streamTimeUs / 2) > FARTHEST_US || senderErrorUs > FARTHEST_US) {
            return; // no stream is that old
        }
        long halfTripUs = roundTripNs / 2_000;
        long bound = senderErrorUs + halfTripUs;
        if (known && bound > estimateErrorUs(nowNs)) {
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

    /** Forgets what was heard: another epoch, whose time has begun anew. */
    public synchronized void forget() {
        known = false;
        behindUs = 0;
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
        return estimateUs + (nowNs - atNs) / 1_000 - Long.signum(behindUs) * notSlewedUs(nowNs);
    }

    /** How much of the difference to the estimate is left. */
    /**
     * What time it is in the stream, if that is known.
     *
     * @param nowNs the own clock
     * @return microseconds; empty while nothing was heard
     */
    public synchronized OptionalLong timeAt(long nowNs) {
        return known ? OptionalLong.of(timeUs(nowNs)) : OptionalLong.empty();
    }

    private long notSlewedUs(long nowNs) {
        long sinceUs = (nowNs - atNs) / 1_000;
        return Math.abs(behindUs) - Math.min(Math.abs(behindUs), sinceUs * SLEW_PPM / MILLION);
    }

    private long estimateErrorUs(long nowNs) {
        return errorUs + (nowNs - atNs) / 1_000 * DRIFT_PPM / MILLION;
    }

    /**
     * How wrong {@link #timeUs} may be: as much as the estimate, and by what it has not come to agree with it yet.
     *
     * @param nowNs the time here
     * @return microseconds; {@link Long#MAX_VALUE} when nothing was heard
     */
    public synchronized long errorUs(long nowNs) {
        return known ? estimateErrorUs(nowNs) + notSlewedUs(nowNs) : Long.MAX_VALUE;
    }
}
