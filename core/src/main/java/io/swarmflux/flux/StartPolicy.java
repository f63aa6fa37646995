package io.swarmflux.flux;

import java.time.Duration;

/**
 * With which sequence a window begins when several upstreams bring different ones.
 *
 * @param kind given, or found
 * @param sequence the first sequence when it is given; otherwise 0
 * @param within how long to wait for others after the first element, when it is found
 * @param upstreams how many upstreams must have brought something for the wait to end early, at least 1
 */
public record StartPolicy(Kind kind, long sequence, Duration within, int upstreams) {
    /** The kinds. */
    public enum Kind {
        /** At a given sequence. */
        GIVEN,
        /** At the lowest sequence that comes first from any upstream within a time. */
        LOWEST
    }

    /** Checks the values. */
    public StartPolicy {
        if (sequence < 0 || sequence > Numbering.MAX_SEQUENCE || within.isNegative() || upstreams < 1) {
            throw new IllegalArgumentException(
                    "a start has a sequence of at least 0, a time of at least 0 and at least " + "1 upstream, was "
                            + sequence + ", " + within + ", " + upstreams);
        }
    }

    /**
     * Begins at a sequence; everything before it is late.
     *
     * @param sequence not negative
     * @return the policy
     */
    public static StartPolicy at(long sequence) {
        return new StartPolicy(Kind.GIVEN, sequence, Duration.ZERO, 1);
    }

    /**
     * Begins with whatever comes first. The fastest upstream decides: what slower ones have from before is late.
     *
     * @return the policy
     */
    public static StartPolicy firstSeen() {
        return new StartPolicy(Kind.LOWEST, 0, Duration.ZERO, 1);
    }

    /**
     * Begins with the lowest first sequence of several upstreams.
     *
     * @param within how long to wait at most after the first element
     * @param upstreams how many upstreams end the wait; a static merge of fewer waits for all it has
     * @return the policy
     */
    public static StartPolicy lowestWithin(Duration within, int upstreams) {
        return new StartPolicy(Kind.LOWEST, 0, within, upstreams);
    }
}
