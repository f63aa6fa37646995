package io.swarmflux.swarm;

/**
 * Which segment leaves first over an upload that is not enough for all at once.
 *
 * <p>A downstream that serves many others goes before one that serves few: whatever it waits, all of them wait. Serving the one
 * with most behind it first makes the sum of all waits least, as in shortest-weighted-job-first scheduling; but who has waited
 * longer gains, so nobody is passed over for ever. The reach counts by its logarithm: twice as many behind it weigh as much as
 * {@value #SLOTS_PER_DOUBLING} segments of waiting.
 */
public final class SendOrder {
    private static final double SLOTS_PER_DOUBLING = 5.5;
    private static final double LN_2 = Math.log(2);

    private SendOrder() {}

    /**
     * The place in the order.
     *
     * @param sequence the segment
     * @param ageSegments how old segments of its sub-stream are when they come here, in segments
     * @param reach how many peers get it by this
     * @return smaller goes first
     */
    public static double key(long sequence, double ageSegments, long reach) {
        return sequence + ageSegments - SLOTS_PER_DOUBLING * Math.log((double) Math.max(1, reach)) / LN_2;
    }
}
