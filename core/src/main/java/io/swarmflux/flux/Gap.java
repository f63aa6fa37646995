package io.swarmflux.flux;

/**
 * A range that one reader has passed without: data, never silence.
 *
 * @param epoch the epoch
 * @param from the first sequence that was passed
 * @param until one past the last
 * @param reason why
 */
public record Gap(long epoch, long from, long until, Reason reason) {
    /** Why a reader went on without. */
    public enum Reason {
        /** It did not come within the reader's patience. */
        TIMEOUT,
        /** Nobody will ever have it. */
        UNFILLABLE,
        /** The reader lagged and its policy is to skip. */
        LAG,
        /** The epoch changed before it came. */
        EPOCH
    }

    /** Checks the range. */
    public Gap {
        if (from >= until) {
            throw new IllegalArgumentException("a gap holds at least one sequence, was " + from + " to " + until);
        }
    }

    /**
     * How many sequences were passed.
     *
     * @return at least 1
     */
    public long size() {
        return until - from;
    }
}
