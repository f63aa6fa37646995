package io.swarmflux.flux;

import java.time.Duration;

/**
 * What happens to a reader that lags too far behind the live edge.
 *
 * @param action wait, skip or fail
 * @param limit how many sequences behind is too far: counted from the newest that it may read, as what a hole holds up is
 *     not its fault; the window's length counts as well, whatever this says; no meaning for a reader that waits
 * @param grace how long it may stay too far behind before the action, as long as the window still holds what it needs; for
 *     a reader that waits: how long it may stand still with something to read before it is ended with
 *     {@link LaggedException}, zero for ever
 */
public record LagPolicy(Action action, long limit, Duration grace) {
    /** The default grace. */
    public static final Duration DEFAULT_GRACE = Duration.ofMillis(500);

    private static final Duration MAX_GRACE = Duration.ofDays(365);

    /** What to do. */
    public enum Action {
        /** Hold the window: upstreams wait for this reader. */
        WAIT,
        /** Go on nearer to the edge, and tell the reader of the gap. */
        SKIP,
        /** End this reader with {@link LaggedException}. */
        FAIL
    }

    /** Checks the values. */
    public LagPolicy {
        if (limit < 1) {
            throw new IllegalArgumentException("a lag limit is at least 1, was " + limit);
        }
        if (grace.isNegative() || grace.compareTo(MAX_GRACE) > 0) {
            throw new IllegalArgumentException("a grace is 0 to " + MAX_GRACE + ", was " + grace);
        }
    }

    /**
     * Holds the window. What a lossless stream needs; a live one should not. Give it a grace where a reader that stands
     * still must not hold up the others for ever.
     *
     * @return the policy
     */
    public static LagPolicy waiting() {
        return new LagPolicy(Action.WAIT, Long.MAX_VALUE, Duration.ZERO);
    }

    /**
     * Skips when the window has moved on.
     *
     * @return the policy, without a limit of its own and with 500 ms of grace
     */
    public static LagPolicy skip() {
        return new LagPolicy(Action.SKIP, Long.MAX_VALUE, DEFAULT_GRACE);
    }

    /**
     * Fails the reader when the window has moved on.
     *
     * @return the policy, without a limit of its own and with 500 ms of grace
     */
    public static LagPolicy fail() {
        return new LagPolicy(Action.FAIL, Long.MAX_VALUE, DEFAULT_GRACE);
    }

    /**
     * Sets the limit.
     *
     * @param sequences how far behind the edge is too far, at least 1
     * @return the policy with the limit
     */
    public LagPolicy limit(long sequences) {
        return new LagPolicy(action, sequences, grace);
    }

    /**
     * Sets the grace.
     *
     * @param duration how long beyond the limit is forgiven
     * @return the policy with the grace
     */
    public LagPolicy grace(Duration duration) {
        return new LagPolicy(action, limit, duration);
    }
}
