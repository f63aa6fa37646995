package io.swarmflux.swarm;

/**
 * Until when a segment is of use to the players of a peer, which play a fixed delay behind the stream.
 *
 * <p>A segment is due when it is as old, by stream time, as the playout delay. A player that began with a segment that was already
 * old plays everything later by that: its clock starts when its first segment comes, not when that was made. So the moment at which
 * media time 0 would have had to begin is the later of the one by stream time and those of the players, and the players' alone while
 * stream time is not known.
 *
 * <p>Nothing is ever due while none of the two is known, nor while even what comes by itself comes later than it is due: then the source
 * is behind its own clock, and what is missing is no later than everything else.
 */
public final class PlayoutDeadline {
    /** What is never due. */
    public static final long NEVER = Long.MAX_VALUE;

    /** What is not known. */
    public static final long UNKNOWN = Long.MIN_VALUE;

    private static final long FARTHEST_US = Long.MAX_VALUE / 8;
    private static final long FARTHEST_NS_US = Long.MAX_VALUE / 2_000;

    private final long delayUs;

    /** When media time 0 would have been played without delay, by the players; {@link #UNKNOWN} when nobody plays. */
    private long playedUs = UNKNOWN;

    /** The same as it counts now; {@link #UNKNOWN} when nothing is due. */
    private long beganUs = UNKNOWN;

    /**
     * Nobody plays yet, and no time is known.
     *
     * @param delayNs the playout delay in nanoseconds, not negative
     */
    public PlayoutDeadline(long delayNs) {
        this.delayUs = delayNs / 1_000;
    }

    /** Forgets who plays and what time it is: another epoch. */
    public void clear() {
        playedUs = UNKNOWN;
        beganUs = UNKNOWN;
    }

    /**
     * A player was given its first segment, or the first of a new time line.
     *
     * @param mediaTimeUs the segment's media time in microseconds
     * @param nowNs the time
     */
    public void plays(long mediaTimeUs, long nowNs) {
        if (near(mediaTimeUs)) {
            playedUs = Math.max(playedUs, nowNs / 1_000 - mediaTimeUs);
        }
    }

    /**
     * What time it is in the stream, from now on.
     *
     * @param streamTimeUs in microseconds, on the scale of media time; {@link #UNKNOWN} when it is not known
     * @param usualAgeUs how old segments are at least that come by themselves; negative when it is not known
     * @param nowNs the time
     */
    public void tick(long streamTimeUs, long usualAgeUs, long nowNs) {
        if (streamTimeUs == UNKNOWN || !near(streamTimeUs)) {
            beganUs = playedUs;
            return;
        }
        long madeUs = nowNs / 1_000 - streamTimeUs;
        long began = Math.max(madeUs, playedUs);
        beganUs = usualAgeUs > began - madeUs + delayUs ? UNKNOWN : began;
    }

    /**
     * How much time is left until a segment is due.
     *
     * @param mediaTimeUs its media time in microseconds; {@link MediaTimes#UNKNOWN} when it is not known
     * @param nowNs the time
     * @return nanoseconds, negative when it is overdue; {@link #NEVER} when nothing says that it will ever be due
     */
    public long leftNs(long mediaTimeUs, long nowNs) {
        if (beganUs == UNKNOWN || !near(mediaTimeUs)) {
            return NEVER;
        }
        long leftUs = beganUs + mediaTimeUs + delayUs - nowNs / 1_000;
        return leftUs > FARTHEST_NS_US ? NEVER : Math.max(-FARTHEST_NS_US, leftUs) * 1_000;
    }

    /** No stream is that old, and sums of such numbers do not overflow. */
    private static boolean near(long us) {
        return us > -FARTHEST_US && us < FARTHEST_US;
    }
}
