package io.swarmflux.flux;

/** The hub's side of one upstream. Everything here but {@link #name()} is called inside the hub's drain loop. */
interface Inlet<T> extends Upstream {
    /** Gives the hub what it can take. True when anything changed. */
    boolean pour();

    /** The lowest sequence, of the window's epoch or a later one, that waits to be taken; null when nothing waits. */
    @org.jspecify.annotations.Nullable
    T head();

    /** Whether this upstream has said, in the way its kind says it, that it will not bring this sequence. */
    boolean cannotBring(long epoch, long sequence);

    /** The first sequence that it may still bring; {@link Long#MAX_VALUE} when it brings nothing more. */
    long floor(long epoch);

    /** Whether it can bring nothing until the window moves. */
    boolean stuck();

    /** Whether it ended and gave everything away. */
    boolean drained();

    /** Asks for more, when enough was used. */
    void replenish();

    /** Cancels, and discards what waits. */
    void close();
}
