package io.swarmflux.flux;

import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/**
 * Reads one epoch in order of arrival, pulled: for a sender that chooses by credit. Not thread-safe but for
 * {@link #hold} and {@link #dispose}: one thread at a time pulls.
 *
 * @param <T> the element
 */
public final class ArrivalReader<T> implements Disposable {
    private final DrainLoop<T> loop;
    private final ArrivalCursor<T> cursor;
    private volatile long held = Long.MAX_VALUE;
    private final Reader<T> seat = new Seat();
    private volatile boolean disposed;

    ArrivalReader(DrainLoop<T> loop, Window<T> window, long from) {
        this.loop = loop;
        this.cursor = new ArrivalCursor<>(window, from);
    }

    /**
     * The oldest element that is here, wanted, within the limits and was not given yet.
     *
     * @param wanted which sequences are wanted
     * @param sequenceLimit the first sequence that is not within the limits
     * @param maxBytes the largest element that is within the limits
     * @return the element, which counts as given now; null when there is none
     */
    public @Nullable T poll(LongPredicate wanted, long sequenceLimit, long maxBytes) {
        return cursor.poll(wanted, sequenceLimit, maxBytes, loop.numbering);
    }

    /**
     * Says whether anything has changed in the window: while this number stays, {@link #poll} that gave nothing gives nothing
     * again under the same limits. Cheap, and read before the poll.
     *
     * @return a number that grows with every change
     */
    public long changes() {
        return cursor.window().changes();
    }

    /**
     * What left the window before it was given, since the last call. Known after a {@link #poll}.
     *
     * @return ranges, oldest first
     */
    public List<Hole> takeLost() {
        return cursor.takeLost();
    }

    /**
     * Makes everything below a sequence count as given.
     *
     * @param sequence the first that is still wanted
     */
    public void skipTo(long sequence) {
        cursor.skipTo(sequence);
    }

    /**
     * Makes some of what was given, or was not wanted, wanted again.
     *
     * @param from the first sequence
     * @param which which of the sequences from there on
     */
    public void wantAgain(long from, LongPredicate which) {
        cursor.wantAgain(from, which);
    }

    /**
     * Makes one element count as given, by this reader and so by the hub: it was peeked at.
     *
     * @param sequence its number
     */
    public void skip(long sequence) {
        cursor.skip(sequence);
    }

    /**
     * Makes one element count as given, whether it is here already or not: it is needed no more.
     *
     * @param sequence its number
     */
    public void pass(long sequence) {
        cursor.pass(sequence);
    }

    /**
     * Whether only the limits keep the oldest element that is here, wanted and was not given yet.
     *
     * @param wanted which sequences are wanted
     * @param sequenceLimit the first sequence that is not within the limits
     * @param maxBytes the largest element that is within the limits
     * @return false also when there is no such element
     */
    public boolean isHeldBack(LongPredicate wanted, long sequenceLimit, long maxBytes) {
        return cursor.isHeldBack(wanted, sequenceLimit, maxBytes, loop.numbering);
    }

    /**
     * Holds the window: nothing from this sequence on is evicted. Takes the place of what was held before.
     *
     * @param sequence the first that is needed; {@link Long#MAX_VALUE} for none, as in the beginning
     */
    public void hold(long sequence) {
        boolean freed = sequence > held;
        held = sequence;
        if (freed) {
            loop.drain();
        }
    }

    @Override
    public void dispose() {
        if (!disposed) {
            disposed = true;
            loop.remove(seat);
        }
    }

    @Override
    public boolean isDisposed() {
        return disposed;
    }

    /** The seat in the hub. */
    Reader<T> seat() {
        return seat;
    }

    /** What the hub sees of it. */
    private final class Seat implements Reader<T> {
        @Override
        public boolean isPulled() {
            return true;
        }

        @Override
        public void wake() {
            // it looks when it is asked to
        }

        @Override
        public long holds(Window<T> window) {
            return disposed || cursor.window() != window ? Long.MAX_VALUE : held;
        }

        @Override
        public boolean reads(Window<T> window) {
            return !disposed && cursor.window() == window;
        }

        @Override
        public void leave(Window<T> window) {
            // it has no horizon
        }

        @Override
        public boolean isOver() {
            return disposed;
        }

        @Override
        public void join(Window<T> window) {
            // bound to its window since it was made
        }

        @Override
        public boolean mayBeSlow() {
            return false;
        }

        @Override
        public long judge(long nowNs) {
            return Alarm.NEVER;
        }

        @Override
        public void end() {
            // who pulls sees that the hub is disposed
        }
    }
}
