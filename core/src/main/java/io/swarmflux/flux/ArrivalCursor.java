package io.swarmflux.flux;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A place in a window for reading in any order: one bit for each slot says what was given already.
 *
 * <p>{@code base} follows the window's tail; the bits of {@code base} to {@code base + slots} are in use. What the tail
 * moves over before it was given is lost for this cursor, and told.
 *
 * <pre>
 *   given, lost,    | given, not wanted, |  not looked at
 *   not wanted      | or a hole          |
 *                   base                 fresh             edge
 *  -----------------+--------------------+-----------------+----
 *                    . # # # # . # # # #
 * </pre>
 *
 * <p>What is below {@code fresh} is not looked at twice: only a hole that is filled there ({@link Fills}), or what is
 * wanted again, moves it back. So a hole at the base costs nothing each time.
 */
final class ArrivalCursor<T> {
    private static final long[] NOTHING = {};

    private final Window<T> window;

    /** Made when something is given out of order: most cursors never need it. */
    private long[] given = NOTHING;

    private final int mask;
    private long base;

    /** From {@code base} up to it nothing may be given, but for what was filled since {@code seenFills}. */
    private long fresh;

    private long seenFills;

    private List<Hole> lost = new ArrayList<>();

    ArrivalCursor(Window<T> window, long from) {
        this.window = window;
        this.mask = window.slots - 1;
        this.seenFills = window.fills.count();
        this.base = Math.max(from, window.tail());
        this.fresh = base;
    }

    Window<T> window() {
        return window;
    }

    /** Everything below it was given, lost or not wanted. */
    long base() {
        return base;
    }

    /** The oldest element that is here, wanted, within the limits and not given yet. */
    @Nullable
    T poll(LongPredicate wanted, long sequenceLimit, long maxBytes, Numbering<T> numbering) {
        catchUp(wanted);
        refresh();
        long limit = Math.min(Math.min(window.edge(), sequenceLimit), base + window.slots);
        for (; fresh < limit; fresh++) {
            long sequence = fresh;
            if (isGiven(sequence)) {
                if (sequence > base) {
                    fresh = Math.min(lastGivenOfWord(sequence), limit - 1);
                } else {
                    release(sequence);
                }
            } else if (!wanted.test(sequence)) {
                settle(sequence);
            } else {
                T element = window.peek(sequence);
                if (element == null) {
                    continue;
                }
                if (numbering.sizeBytes().applyAsInt(element) > maxBytes) {
                    return null;
                }
                if (window.take(sequence)) { // else it was evicted meanwhile: the next poll tells
                    settle(sequence);
                    fresh++;
                    return element;
                }
            }
        }
        return null;
    }

    /** The oldest element that is here and was not given; {@link Long#MAX_VALUE} when there is none. */
    long firstPending() {
        refresh();
        fresh = Math.max(fresh, window.tail());
        long limit = Math.min(window.edge(), base + window.slots);
        for (; fresh < limit; fresh++) {
            if (isGiven(fresh)) {
                fresh = Math.min(lastGivenOfWord(fresh), limit - 1);
            } else if (window.peek(fresh) != null) {
                return fresh;
            }
        }
        return Long.MAX_VALUE;
    }

    /** Goes back to the lowest hole that was filled since, and moves the base over what was given. */
    private void refresh() {
        long fills = window.fills.count();
        if (fills != seenFills) {
            fresh = Math.max(base, Math.min(fresh, window.fills.lowest(seenFills, fills)));
            seenFills = fills;
        }
        while (base < fresh && isGiven(base)) {
            release(base);
        }
    }

    /** Steps over 64 at once where they begin and were all given. */
    private long lastGivenOfWord(long sequence) {
        return (sequence & 63) == 0 && given != NOTHING && given[word(sequence)] == -1L ? sequence + 63 : sequence;
    }

    /** Makes everything below a sequence count as given. */
    void skipTo(long sequence) {
        long to = Math.min(sequence, base + window.slots);
        for (long s = base; s < to; s++) {
            clear(s);
        }
        base = Math.max(base, sequence);
        fresh = Math.max(fresh, base);
    }

    /** Makes some of what was given, or not wanted, wanted again from a sequence on. */
    void wantAgain(long from, LongPredicate which) {
        long begin = Math.max(from, window.tail());
        long before = base;
        for (long sequence = begin; sequence < before; sequence++) {
            mark(sequence);
        }
        base = Math.min(base, begin);
        fresh = Math.max(base, Math.min(fresh, begin));
        for (long sequence = begin; sequence < Math.min(window.edge(), base + window.slots); sequence++) {
            if (which.test(sequence)) {
                clear(sequence);
            }
        }
    }

    /** Makes one element count as given. */
    void skip(long sequence) {
        if (sequence >= base && sequence < base + window.slots) {
            mark(sequence);
        }
        window.take(sequence); // unless it was evicted meanwhile
    }

    /** Makes one element count as given, also before it is here. */
    void pass(long sequence) {
        if (sequence >= base && sequence < base + window.slots && !isGiven(sequence)) {
            if (window.peek(sequence) != null) {
                skip(sequence);
            } else {
                mark(sequence);
            }
        }
    }

    /** Whether the oldest element that is here, wanted and not given yet is beyond the limits. */
    boolean isHeldBack(LongPredicate wanted, long sequenceLimit, long maxBytes, Numbering<T> numbering) {
        refresh();
        long edge = Math.min(window.edge(), base + window.slots);
        for (long sequence = Math.max(fresh, window.tail()); sequence < edge; sequence++) {
            T element = isGiven(sequence) || !wanted.test(sequence) ? null : window.peek(sequence);
            if (element != null) {
                return sequence >= sequenceLimit || numbering.sizeBytes().applyAsInt(element) > maxBytes;
            }
        }
        return false;
    }

    /** What was lost since the last call, oldest first. */
    List<Hole> takeLost() {
        List<Hole> told = lost;
        if (!told.isEmpty()) {
            lost = new ArrayList<>();
        }
        return told;
    }

    /** Moves to the window's tail, and notes what was lost by that. */
    void catchUp(LongPredicate wanted) {
        long tail = window.tail();
        long from = -1;
        long to = Math.min(tail, base + window.slots);
        for (long sequence = base; sequence < to; sequence++) {
            boolean missed = !isGiven(sequence) && wanted.test(sequence);
            clear(sequence);
            if (missed && from < 0) {
                from = sequence;
            } else if (!missed && from >= 0) {
                lost.add(new Hole(from, sequence));
                from = -1;
            }
        }
        if (from >= 0) {
            lost.add(new Hole(from, to));
        }
        if (tail > base + window.slots) {
            lost.add(new Hole(base + window.slots, tail));
        }
        base = Math.max(base, tail);
        fresh = Math.max(fresh, base);
    }

    private int word(long sequence) {
        return ((int) sequence & mask) >> 6;
    }

    private boolean isGiven(long sequence) {
        return given != NOTHING && (given[word(sequence)] & 1L << (sequence & mask)) != 0;
    }

    private void mark(long sequence) {
        if (given == NOTHING) {
            given = new long[Math.max(1, window.slots >> 6)];
        }
        given[word(sequence)] |= 1L << (sequence & mask);
    }

    private void clear(long sequence) {
        if (given != NOTHING) {
            given[word(sequence)] &= ~(1L << (sequence & mask));
        }
    }

    /** Makes it count as given. */
    private void settle(long sequence) {
        if (sequence > base) {
            mark(sequence);
        } else {
            base = sequence + 1;
        }
    }

    private void release(long sequence) {
        clear(sequence);
        base = sequence + 1;
    }
}
