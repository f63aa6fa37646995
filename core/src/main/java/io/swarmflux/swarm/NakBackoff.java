package io.swarmflux.swarm;

/**
 * How long a member waits before it asks the group for what it misses, so that of the many that miss the same few ask: the
 * truncated exponential back-off of RFC 5401. Most members wait nearly as long as there is, few wait less, and whoever hears
 * another ask for the same stays silent.
 *
 * <p>With R members, λ = ln R + 1 and T = K times the group's round trip, the delay is (T / λ) ln(1 + u (e^λ - 1)) for a
 * uniform u. When a packet is lost by all, e^(1.2 λ / 2K) of them ask: 1.6 of ten, 3.3 of a thousand.
 */
@FunctionalInterface
public interface NakBackoff {
    /** K: the longest delay, in round trips of the group. */
    int ROUND_TRIPS = 4;

    /** The delay of RFC 5401. */
    NakBackoff TRUNCATED_EXPONENTIAL = NakBackoff::truncatedExponentialNs;

    /**
     * The same, shorter in a group of few: that all of them ask is cheaper there than that everything waits. One beside the sender asks at
     * once, each further one adds half a round trip to the longest delay, and from nine on nothing is different.
     */
    NakBackoff BY_SIZE = (uniform, groupSize, groupRoundTripNs) -> {
        long halves = Math.max(0, Math.min(2 * ROUND_TRIPS, groupSize - 2));
        return TRUNCATED_EXPONENTIAL.delayNs(uniform, groupSize, groupRoundTripNs * halves / (2 * ROUND_TRIPS));
    };

    /** Nobody waits: for showing what that does. */
    NakBackoff NONE = (uniform, groupSize, groupRoundTripNs) -> 0;

    /**
     * One delay.
     *
     * @param uniform from 0 to before 1, drawn anew each time
     * @param groupSize how many members may miss the same; less than 1 counts as 1
     * @param groupRoundTripNs the greatest round trip of the group
     * @return nanoseconds, at most {@value #ROUND_TRIPS} round trips
     */
    long delayNs(double uniform, int groupSize, long groupRoundTripNs);

    private static long truncatedExponentialNs(double uniform, int groupSize, long groupRoundTripNs) {
        double lambda = Math.log(Math.max(1, groupSize)) + 1;
        double longestNs = (double) ROUND_TRIPS * groupRoundTripNs;
        return (long) (longestNs / lambda * Math.log1p(uniform * Math.expm1(lambda)));
    }
}
