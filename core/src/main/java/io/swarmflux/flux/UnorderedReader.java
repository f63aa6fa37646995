package io.swarmflux.flux;

import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;

/** A subscription that gets elements as they are accepted. */
final class UnorderedReader<T> extends ReaderSubscription<T, T> {
    private volatile @Nullable Window<T> window;
    private volatile long base;

    // its own loop
    private @Nullable ArrivalCursor<T> cursor;
    private long from;

    UnorderedReader(StreamHub<T> hub, ReaderSpec spec, CoreSubscriber<? super T> actual) {
        super(hub, spec, actual, -1);
    }

    @Override
    public void join(Window<T> w) {
        Join join = spec.join();
        from = switch (join.at()) {
            case LIVE_EDGE -> w.edge;
            case OLDEST -> w.tail;
            case SEQUENCE -> join.sequence();
            case RANDOM_ACCESS -> w.edge > w.start ? w.newestRandomAccess(w.edge, w.edge) : w.edge;
        };
        base = from;
        window = w; // publishes the place to the loop
    }

    @Override
    long emit(CoreSubscriber<? super T> subscriber, long demand) {
        long emitted = 0;
        Window<T> w = window;
        if (w == null) {
            return 0;
        }
        ArrivalCursor<T> mine = cursor;
        if (mine == null) {
            mine = new ArrivalCursor<>(w, from);
            cursor = mine;
        }
        while (!cancelled()) {
            boolean closed = w.successor != null; // before the poll: nothing is written after it is set
            boolean complete = w.end != Window.OPEN && w.frontier() >= w.end;
            T element =
                    emitted == demand ? null : mine.poll(s -> true, Long.MAX_VALUE, Long.MAX_VALUE, hub.numbering());
            base = mine.base();
            for (Hole hole : mine.takeLost()) {
                Gap gap = new Gap(w.epoch, hole.from(), hole.until(), Gap.Reason.LAG);
                if (spec.lag().action() == LagPolicy.Action.FAIL) {
                    hub.tell(() -> new HubEvent.Evicted(spec.name(), hole.from()));
                    complete(subscriber, new LaggedException(spec.name(), hole.from(), w.edge));
                    return emitted;
                }
                hub.tell(() -> new HubEvent.Passed(spec.name(), gap));
            }
            if (element != null) {
                emitted++;
                subscriber.onNext(element);
            } else if (emitted == demand && mine.anything()) {
                return emitted;
            } else if (complete) {
                complete(subscriber, hub.failure());
                return emitted;
            } else if (closed) {
                Window<T> after = w.successor;
                if (after == null) {
                    return emitted;
                }
                mine = new ArrivalCursor<>(after, after.start);
                cursor = mine;
                base = after.start;
                window = after;
                w = after;
            } else {
                return emitted;
            }
        }
        return emitted;
    }

    @Override
    public long holds(Window<T> w) {
        if (!waits || isOver()) {
            return Long.MAX_VALUE;
        }
        Window<T> mine = window; // before base: see OrderedReader
        return mine == w ? base : mine != null && mine.epoch > w.epoch ? Long.MAX_VALUE : w.start;
    }

    @Override
    public boolean reads(Window<T> w) {
        return window == w && !isOver();
    }

    @Override
    public long judge(Window<T> w, long nowNs) {
        return Long.MAX_VALUE;
    }

    @Override
    long at() {
        return base;
    }
}
