package io.swarmflux.flux;

import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;

/** A subscription that gets elements as they are accepted. */
final class UnorderedReader<T> extends ReaderSubscription<T, T> {
    private volatile @Nullable Window<T> window;

    /** The first sequence that it may still want, and that can still be kept for it. */
    private volatile long needed;

    /** Whether something was left that it may have. */
    private volatile boolean pending;

    /** Set when it stood still for too long. */
    private volatile boolean condemned;

    // its own loop
    private @Nullable ArrivalCursor<T> cursor;

    UnorderedReader(DrainLoop<T> loop, ReaderSpec spec, CoreSubscriber<? super T> actual) {
        super(loop, spec, actual);
    }

    @Override
    public void join(Window<T> w) {
        needed = spec.join().in(w, loop.numbering);
        window = w; // publishes the place to the loop
    }

    @Override
    public void leave(Window<T> w) {
        // it has no horizon
    }

    @Override
    long emit(CoreSubscriber<? super T> subscriber, long demand) {
        long emitted = 0;
        Window<T> w = window;
        while (w != null && !cancelled()) {
            ArrivalCursor<T> mine = cursorIn(w);
            if (condemned) {
                evict(subscriber, needed, w.edge());
                return emitted;
            }
            boolean closed = w.successor != null; // before the poll: nothing is written after it is set
            long frontier = w.frontier();
            boolean complete = frontier >= w.end;
            mine.catchUp(s -> true);
            if (!tellLost(subscriber, w, mine)) { // before anything is taken, which would be lost with the reader
                return emitted;
            }
            T element = emitted == demand ? null : mine.poll(s -> true, Long.MAX_VALUE, Long.MAX_VALUE, loop.numbering);
            if (element != null) {
                emitted++;
                subscriber.onNext(element);
                continue;
            }
            long first = mine.firstPending();
            needed = Math.min(first, Math.max(frontier, mine.base()));
            pending = first != Long.MAX_VALUE;
            if (pending && emitted == demand) {
                return emitted;
            }
            if (pending) {
                continue; // it has just come
            }
            if (complete) {
                complete(subscriber, loop.failure());
                return emitted;
            }
            w = closed ? follow(w) : null;
        }
        return emitted;
    }

    private ArrivalCursor<T> cursorIn(Window<T> w) {
        ArrivalCursor<T> mine = cursor;
        if (mine == null || !w.equals(mine.window())) {
            mine = new ArrivalCursor<>(w, needed);
            cursor = mine;
        }
        return mine;
    }

    private @Nullable Window<T> follow(Window<T> w) {
        Window<T> after = w.successor;
        if (after != null) {
            needed = after.start;
            window = after; // after needed: see holds
        }
        return after;
    }

    /** False when the reader ended because of what it lost. */
    private boolean tellLost(CoreSubscriber<? super T> subscriber, Window<T> w, ArrivalCursor<T> mine) {
        for (Hole hole : mine.takeLost()) {
            if (ended()) {
                return false; // it was the hub's end that emptied the window
            }
            if (spec.lag().action() == LagPolicy.Action.FAIL) {
                evict(subscriber, hole.from(), w.edge());
                return false;
            }
            Gap gap = new Gap(w.epoch, hole.from(), hole.until(), Gap.Reason.LAG);
            loop.tell(() -> new HubEvent.Passed(spec.name(), gap));
        }
        return true;
    }

    @Override
    public long holds(Window<T> w) {
        if (!waits || isOver()) {
            return Long.MAX_VALUE;
        }
        Window<T> mine = window; // before needed: see OrderedReader
        return mine == w ? needed : mine != null && mine.epoch > w.epoch ? Long.MAX_VALUE : w.start;
    }

    @Override
    public boolean reads(Window<T> w) {
        Window<T> mine = window;
        return mine != null && mine.epoch <= w.epoch && !isOver(); // in an older one it still has to come here
    }

    @Override
    public boolean mayBeSlow() {
        return waits && pending;
    }

    @Override
    public long judge(long nowNs) {
        return waits ? judge(pending, needed, nowNs) : Alarm.NEVER;
    }

    @Override
    void condemn() {
        condemned = true;
    }

    @Override
    long held() {
        return needed;
    }

    @Override
    public long lag() {
        Window<T> mine = window; // before needed: see OrderedReader
        return isOver() ? 0 : ahead(mine, needed);
    }
}
