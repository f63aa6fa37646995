package io.swarmflux.swarm;

/**
 * How long a link takes there and back: the least, the usual and how much it varies, from single measurements.
 *
 * <p>Mean and variation are smoothed as RFC 6298 (2011) says, after Jacobson, "Congestion Avoidance and Control" (1988): with a gain
 * of 1/8 for the mean and 1/4 for the mean deviation; the first measurement R counts as a mean of R and a deviation of R/2.
 * Pings are what is measured, and each pong carries its ping's stamp, so that none is ambiguous.
 */
public final class RoundTrip {
    /**
     * The least time-out. RFC 6298 has 1 s, for a whole network's sake; here only one more small request is at stake. With 100 ms, who
     * lost half of their upstreams at once put the other half to rest: these answered, but not that soon.
     */
    public static final long LEAST_TIME_OUT_NS = 250_000_000L;

    /** The time-out while nothing is measured. The first ping leaves with the greeting, so that is not for long. */
    private static final long UNMEASURED_TIME_OUT_NS = 250_000_000L;

    private static final int DEVIATIONS = 4;
    private static final double MEAN_GAIN = 1.0 / 8;
    private static final double DEVIATION_GAIN = 1.0 / 4;

    private long leastNs = -1;
    private double meanNs;
    private double deviationNs;

    /** Nothing is measured yet. */
    public RoundTrip() {}

    /**
     * Takes a measurement.
     *
     * @param ns a round trip in nanoseconds, not negative
     */
    public void measured(long ns) {
        if (leastNs < 0) {
            leastNs = ns;
            meanNs = ns;
            deviationNs = ns / 2.0;
            return;
        }
        leastNs = Math.min(leastNs, ns);
        deviationNs +=
                (Math.abs(meanNs - ns) - deviationNs) * DEVIATION_GAIN; // by the mean as it was before, RFC 6298 2.3
        meanNs += (ns - meanNs) * MEAN_GAIN;
    }

    /**
     * The least that was measured.
     *
     * @return nanoseconds; -1 when nothing was
     */
    public long leastNs() {
        return leastNs;
    }

    /**
     * The smoothed mean.
     *
     * @return nanoseconds; -1 when nothing was measured
     */
    public long meanNs() {
        return leastNs < 0 ? -1 : (long) meanNs;
    }

    /**
     * The smoothed mean deviation.
     *
     * @return nanoseconds; 0 when nothing was measured
     */
    public long deviationNs() {
        return (long) deviationNs;
    }

    /**
     * After how long without an answer to a request one is not to be expected any more.
     *
     * @param serviceNs how long the other end says that it takes itself before it sends something; 0 when it does not say
     * @return nanoseconds: mean, four mean deviations and {@code serviceNs}, at least {@link #LEAST_TIME_OUT_NS}; 250 ms and
     *     {@code serviceNs} while nothing is measured
     */
    public long timeOutNs(long serviceNs) {
        double tripNs = leastNs < 0 ? UNMEASURED_TIME_OUT_NS : meanNs + DEVIATIONS * deviationNs;
        return (long) Math.max(LEAST_TIME_OUT_NS, tripNs + Math.max(0, serviceNs));
    }
}
