package io.swarmflux.peer;

/**
 * When one upstream is subscribed to again: because it did not answer, or because it has refused. Inside the strand.
 *
 * <p>Who is not ready is asked again soon. Who refuses is asked each second, but less often each time by a peer to which somebody
 * else brings the stream: others need the place more.
 */
final class Asking {
    private static final long UNANSWERED_NS = 3_000_000_000L;
    private static final long SOON_NS = 300_000_000L;
    private static final long REFUSED_NS = 1_000_000_000L;
    private static final int MOST_REFUSALS = 3;

    private boolean answered;
    private boolean refused;
    private int refusals;
    private long askedAtNs;
    private long againAtNs = Long.MAX_VALUE;

    /** It is being asked. */
    void asked(long nowNs) {
        answered = false;
        askedAtNs = nowNs;
        againAtNs = Long.MAX_VALUE;
    }

    void accepted() {
        answered = true;
        refused = false;
        refusals = 0;
    }

    /**
     * It refuses.
     *
     * @param ready whether it has the stream, and so means this peer
     * @param othersBring whether somebody else brings something
     * @param chance from 0 to 1, so that not everybody asks again at the same moment
     * @return whether that is more than a moment's trouble
     */
    boolean refused(boolean ready, boolean othersBring, double chance, long nowNs) {
        answered = true;
        refused = ready;
        refusals = Math.min(refusals + 1, MOST_REFUSALS);
        long everyNs = !refused ? SOON_NS : othersBring ? REFUSED_NS << (refusals - 1) : REFUSED_NS;
        againAtNs = nowNs + (long) (everyNs * (0.75 + chance / 2));
        return refused || refusals == MOST_REFUSALS;
    }

    /** Whether it is time to ask again. */
    boolean isDue(long nowNs) {
        return nowNs >= againAtNs || (!answered && nowNs - askedAtNs > UNANSWERED_NS);
    }

    boolean answered() {
        return answered;
    }

    /** Whether it has no place for this peer. */
    boolean refused() {
        return refused;
    }
}
