package io.swarmflux.flux;

/**
 * Where a reader begins.
 *
 * @param at the kind of place
 * @param sequence the sequence, when {@code at} is {@link At#SEQUENCE}; otherwise 0
 */
public record Join(At at, long sequence) {
    /** The kinds of places. */
    public enum At {
        /** The first element that comes from now on. */
        LIVE_EDGE,
        /** The oldest element the window holds. */
        OLDEST,
        /** A given sequence; what has left the window already is told as a gap. */
        SEQUENCE,
        /** The newest element where a player may start; the live edge when there is none. */
        RANDOM_ACCESS
    }

    /** Checks the sequence. */
    public Join {
        if (sequence < 0 || sequence > Numbering.MAX_SEQUENCE) {
            throw new IllegalArgumentException("a sequence is 0 to 2^60 - 1, was " + sequence);
        }
    }

    /**
     * At the live edge.
     *
     * @return the place
     */
    public static Join liveEdge() {
        return new Join(At.LIVE_EDGE, 0);
    }

    /**
     * At the oldest element.
     *
     * @return the place
     */
    public static Join oldest() {
        return new Join(At.OLDEST, 0);
    }

    /**
     * At a sequence.
     *
     * @param sequence not negative
     * @return the place
     */
    public static Join from(long sequence) {
        return new Join(At.SEQUENCE, sequence);
    }

    /**
     * At the newest random-access element.
     *
     * @return the place
     */
    public static Join randomAccess() {
        return new Join(At.RANDOM_ACCESS, 0);
    }

    /** The place in a window. Inside the drain loop. */
    <T> long in(Window<T> w, Numbering<T> numbering) {
        return switch (at) {
            case LIVE_EDGE -> w.edge();
            // not past what is still waited for: it may come
            case OLDEST -> Math.min(w.firstHeld(w.tail(), w.edge()), w.frontier());
            case SEQUENCE -> sequence;
            case RANDOM_ACCESS -> w.newestRandomAccess() >= w.tail() ? w.newestRandomAccess() : w.edge();
        };
    }
}
