package io.swarmflux.swarm;

/**
 * How long a segment of a live stream may wait to be pushed.
 *
 * <p>A queue that becomes empty now and then only evens out what comes unevenly, and whatever waits in it comes in time. A queue
 * that never becomes empty carries what was late once from then on: it delays everything, on every hop again, and an upload that is
 * nearly promised away never works it off. So it is cut shorter, once. (The distinction between the two is that of CoDel, Nichols
 * and Jacobson, 2012: what counts is not how long the queue is, but whether it ever becomes short.)
 */
public final class Backlog {
    private static final long STANDING_NS = 2_000_000_000L;
    private static final long LONGEST_NS = 1_500_000_000L;
    private static final long LONGEST_STANDING_NS = 800_000_000L;

    /** Not before the first segment: what is not there does not stand. */
    private long clearedAtNs = Long.MAX_VALUE / 2;

    /** Nothing was ever waiting. */
    public Backlog() {}

    /**
     * Notes that nothing is left that might be sent.
     *
     * @param nowNs the time
     */
    public void cleared(long nowNs) {
        clearedAtNs = nowNs;
    }

    /**
     * How long anything may have waited that is still pushed.
     *
     * @param nowNs the time
     * @return nanoseconds: 1.5 s; 0.8 s while something has been waiting for more than 2 s without a break
     */
    public long longestWaitNs(long nowNs) {
        return nowNs - clearedAtNs > STANDING_NS ? LONGEST_STANDING_NS : LONGEST_NS;
    }
}
