package io.swarmflux.swarm;

/**
 * The greatest round trip in a group, as one sender sees it: what all back-off in the group is measured in (GRTT of RFC 5401 and RFC
 * 5740). Too small, and members ask before they could have heard each other; too large, and every repair comes late.
 *
 * <p>It rises at once with a longer measurement, and falls slowly: at the end of each round of half a second by a quarter of the way
 * to the longest of that round. One measurement at most doubles it: a member that stood still for a moment must not slow the
 * repairs of all. The first round replaces the guess that it began with.
 */
public final class GroupRoundTrip {
    /** What it is before anything was measured. */
    public static final long START_NS = 20_000_000L;

    /** The least that it is. */
    public static final long LEAST_NS = 1_000_000L;

    /**
     * The most that it is. An island is a LAN: whoever takes longer has stood still for a moment, as when its program starts on a busy machine.
     * Back-off and the wait for an answer are some twelve times this, and two asks have to fit into a playout delay of 2 s.
     */
    public static final long MOST_NS = 30_000_000L;

    private static final long ROUND_NS = 500_000_000L;
    private static final double FALL = 0.25;

    private boolean guessed = true;
    private boolean begun;
    private double estimateNs = START_NS;
    private long roundSinceNs;
    private long longestNs;

    /** Nothing is measured yet. */
    public GroupRoundTrip() {}

    /**
     * Takes a measurement: an echo of one's own stamp, less the time that it was held.
     *
     * @param roundTripNs in nanoseconds; what is negative counts as 0
     * @param nowNs the time
     */
    public void measured(long roundTripNs, long nowNs) {
        long tripNs = Math.max(0, Math.min(MOST_NS, roundTripNs));
        if (begun && nowNs - roundSinceNs >= ROUND_NS) {
            endRound();
        }
        if (!begun) {
            begun = true;
            roundSinceNs = nowNs;
            longestNs = 0;
        }
        longestNs = Math.max(longestNs, tripNs);
        if (tripNs > estimateNs) {
            estimateNs = Math.min((double) tripNs, 2 * estimateNs);
        }
    }

    private void endRound() {
        if (longestNs < estimateNs) {
            estimateNs = guessed ? longestNs : estimateNs + FALL * (longestNs - estimateNs);
        }
        estimateNs = Math.max(LEAST_NS, estimateNs);
        guessed = false;
        begun = false;
    }

    /**
     * The greatest round trip of the group.
     *
     * @return nanoseconds, {@link #LEAST_NS} to {@link #MOST_NS}; {@link #START_NS} before the first round is over, or longer
     */
    public long roundTripNs() {
        return (long) estimateNs;
    }
}
