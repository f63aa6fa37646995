package io.swarmflux.flux;

/** The hub's side of one reader. */
interface Reader<T> {
    /** Begins to read. Inside the drain loop, once. */
    void join(Window<T> window);

    /** Leaves. Inside the drain loop, once after it has joined; the window is the present one. */
    void leave(Window<T> window);

    /** Whether it reads when it is asked to: it is never woken, never sits and is never judged, but it may hold the window. */
    default boolean isPulled() {
        return false;
    }

    /** Looks at the window again: something changed. Inside the drain loop. */
    void wake();

    /**
     * Takes a seat in the front row of this window, if it can. Inside the drain loop, after it was woken.
     *
     * @return whether it sits there now
     */
    default boolean sits(FrontRow<T> row, Window<T> window) {
        return false;
    }

    /** The first sequence of this window that may not be evicted yet because of this reader; {@link Long#MAX_VALUE} for none. */
    long holds(Window<T> window);

    /** Whether it still reads this window. */
    boolean reads(Window<T> window);

    /** Whether {@link #judge} might find it too slow now. Inside the drain loop. */
    boolean mayBeSlow();

    /** Judges its lag. Inside the drain loop. When to judge again, in the hub's nanoseconds. */
    long judge(long nowNs);

    /** Ends it: the hub was disposed. */
    void end();

    /** Whether it has ended. */
    boolean isOver();
}
