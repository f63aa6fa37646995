package io.swarmflux.flux;

import org.jspecify.annotations.Nullable;

/** The hub's side of one upstream. Everything here but {@link #name()} is called inside the drain loop. */
interface Inlet<T> extends Upstream {
    /** Gives the window what it can take. How many elements were settled, at most {@code most}. */
    int pour(int most);

    /** Of what waits to be taken, the element that a window would have to begin with; null when nothing waits. */
    @Nullable
    T head();

    /** Whether {@link #head} will stay the lowest, as far as can be known. */
    boolean showsItsLowest();

    /** Whether something waits to be taken. */
    boolean waits();

    /** Whether this upstream has proved, in the way its kind does, that it will not bring this sequence. */
    boolean cannotBring(long epoch, long sequence);

    /** The first sequence from {@code from} on that it may still bring; {@link Long#MAX_VALUE} when it brings nothing more. */
    long mayBringFrom(long epoch, long from);

    /** Whether it can bring nothing until the window moves. */
    boolean stuck();

    /** Whether it ended and gave everything away. */
    boolean drained();

    /** Why it ended; null when it did not fail. */
    @Nullable
    Throwable failure();

    /** Ends it because of what it brought. */
    void fail(Throwable error);

    /** Asks for more, when enough was used. */
    void replenish();

    /** Cancels, and discards what waits. */
    void close();
}
