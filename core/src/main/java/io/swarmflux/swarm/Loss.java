package io.swarmflux.swarm;

/** One segment that a {@link NakPlan} takes for lost, or partly lost. */
final class Loss {
    static final int ALL = Integer.MAX_VALUE;

    final long sequence;

    /** The bytes before this one were sent already: what is missing of them is lost. */
    int sentUntil;

    /** When to look at it. */
    long dueNs;

    /** Until when an answer to the last try is awaited. */
    long quietUntilNs = Long.MIN_VALUE;

    /** What was asked for in this try, by whomever. */
    final ByteRanges asked = new ByteRanges();

    /** Whether some of that was asked for by this member. */
    boolean askedHere;

    int tries;
    boolean answered;
    boolean reported;

    /** Nothing is to be done until the sender has it itself, or for good. */
    boolean parked;

    boolean givenUp;

    Loss(long sequence, int sentUntil, long dueNs) {
        this.sequence = sequence;
        this.sentUntil = sentUntil;
        this.dueNs = dueNs;
    }

    void park() {
        parked = true;
        dueNs = Long.MAX_VALUE;
    }
}
