package io.swarmflux.flux;

/** The hub's side of one reader. */
interface Reader<T> {
    /** Looks at the window again: something changed. Inside the hub's drain loop. */
    void wake();

    /** The first sequence of this window that may not be evicted yet because of this reader; {@link Long#MAX_VALUE} for none. */
    long holds(Window<T> window);

    /** Whether it still reads this window. */
    boolean reads(Window<T> window);

    /** Begins to read. Inside the hub's drain loop, once. */
    void join(Window<T> window);

    /** Judges its lag. Inside the hub's drain loop. When to judge again, in the hub's nanoseconds. */
    long judge(Window<T> window, long nowNs);

    /** Ends it: the hub was disposed. */
    void end();
}
