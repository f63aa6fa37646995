package io.swarmflux.flux;

import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;

/** A reader that gets contiguous elements and is told of gaps. The class comment of {@link Window} says how it reads. */
abstract sealed class OrderedReader<T, R> extends ReaderSubscription<T, R> {
    @SuppressWarnings("rawtypes")
    private static final AtomicLongFieldUpdater<OrderedReader> NEXT =
            AtomicLongFieldUpdater.newUpdater(OrderedReader.class, "next");

    private volatile @Nullable Window<T> window;
    private volatile long next;

    /** Set when it lagged beyond its limit for longer than its grace, or stood still for too long. */
    private volatile boolean condemned;

    private Window.@Nullable Horizon horizon;

    // the hub's drain loop
    private long judgedAt = -1;
    private long sinceNs = -1;

    private OrderedReader(StreamHub<T> hub, ReaderSpec spec, CoreSubscriber<? super R> actual) {
        super(hub, spec, actual, hub.patienceOf(spec));
    }

    /** What the subscriber is given for an element. */
    abstract R signal(T element);

    /** What the subscriber is given for a gap; null for nothing. */
    abstract @Nullable R signal(Gap gap);

    /** Emits the elements alone. */
    static final class Elements<T> extends OrderedReader<T, T> {
        Elements(StreamHub<T> hub, ReaderSpec spec, CoreSubscriber<? super T> actual) {
            super(hub, spec, actual);
        }

        @Override
        T signal(T element) {
            return element;
        }

        @Override
        @Nullable
        T signal(Gap gap) {
            return null;
        }
    }

    /** Emits elements and gaps. */
    static final class Signals<T> extends OrderedReader<T, StreamSignal<T>> {
        Signals(StreamHub<T> hub, ReaderSpec spec, CoreSubscriber<? super StreamSignal<T>> actual) {
            super(hub, spec, actual);
        }

        @Override
        StreamSignal<T> signal(T element) {
            return new StreamSignal.Element<>(element);
        }

        @Override
        StreamSignal<T> signal(Gap gap) {
            return new StreamSignal.Missing<>(gap);
        }
    }

    // ------------------------------------------------------------------ the hub's drain loop

    @Override
    public void join(Window<T> w) {
        Window.Horizon mine = w.horizonOf(patienceNs);
        mine.readers++;
        Join join = spec.join();
        boolean begun = w.edge > w.start;
        next = switch (join.at()) {
            case LIVE_EDGE -> w.edge;
            case OLDEST -> waits ? w.tail : w.firstHeld(w.tail, w.edge); // who waits also waits for a hole
            case SEQUENCE -> join.sequence();
            case RANDOM_ACCESS -> begun ? w.newestRandomAccess(w.edge, w.edge) : w.edge;
        };
        horizon = mine;
        window = w;
    }

    @Override
    public boolean reads(Window<T> w) {
        return window == w && !isOver();
    }

    @Override
    public long holds(Window<T> w) {
        if (!waits || isOver()) {
            return Long.MAX_VALUE;
        }
        Window<T> mine = window; // read before next: when it is this window, next is of this window
        return mine == w ? next : mine != null && mine.epoch > w.epoch ? Long.MAX_VALUE : w.start;
    }

    @Override
    public long judge(Window<T> w, long nowNs) {
        LagPolicy lag = spec.lag();
        if (lag.limit() == Long.MAX_VALUE && (!waits || lag.grace().isZero())) {
            return Long.MAX_VALUE;
        }
        Window.Horizon mine = horizon;
        if (window != w || mine == null || isOver()) {
            return Long.MAX_VALUE;
        }
        long at = next;
        boolean behind = waits ? at < mine.limit : w.edge - at > lag.limit();
        if (!behind) {
            sinceNs = -1;
            return Long.MAX_VALUE;
        }
        if (sinceNs < 0 || (waits && at != judgedAt)) {
            sinceNs = nowNs;
            judgedAt = at;
        }
        long dueNs = sinceNs + lag.grace().toNanos();
        if (nowNs < dueNs) {
            return dueNs;
        }
        sinceNs = -1;
        if (!condemned) {
            condemned = true;
            wake();
        }
        return Long.MAX_VALUE;
    }

    // ------------------------------------------------------------------ its own loop

    @Override
    @SuppressWarnings("ReferenceEquality") // windows are identities
    long emit(CoreSubscriber<? super R> subscriber, long demand) {
        long emitted = 0;
        Window<T> w = window;
        if (w == null) {
            return 0;
        }
        while (!cancelled()) {
            Window.Horizon mine = horizon;
            if (mine == null) {
                return emitted;
            }
            long n = next;
            if (condemned && spec.lag().action() != LagPolicy.Action.SKIP) {
                hub.tell(() -> new HubEvent.Evicted(spec.name(), n));
                complete(subscriber, new LaggedException(spec.name(), n, w.edge));
                return emitted;
            }
            long limit = mine.limit; // before the slot, and that before the tail
            if (n >= w.end) {
                complete(subscriber, hub.failure());
                return emitted;
            }
            if (n >= limit) {
                Window<T> after = w.successor;
                if (n < mine.limit) {
                    continue; // closed meanwhile: everything up to the edge may be read
                }
                if (after == null) {
                    return emitted;
                }
                w = follow(after);
                continue;
            }
            T element = w.peek(n);
            if (element != null && !condemned) {
                if (emitted == demand) {
                    return emitted;
                }
                if (waits) {
                    w.takeHeld(n);
                } else if (!w.take(n)) {
                    continue; // evicted meanwhile: the next look finds the tail beyond it
                }
                NEXT.lazySet(this, n + 1);
                emitted++;
                subscriber.onNext(signal(element));
                continue;
            }
            Gap gap = gapAt(w, n, limit);
            if (gap == null) {
                continue;
            }
            if (gap.reason() == Gap.Reason.LAG && spec.lag().action() == LagPolicy.Action.FAIL) {
                hub.tell(() -> new HubEvent.Evicted(spec.name(), n));
                complete(subscriber, new LaggedException(spec.name(), n, w.edge));
                return emitted;
            }
            R missing = signal(gap);
            if (missing != null && emitted == demand) {
                return emitted;
            }
            condemned = false;
            next = gap.until();
            hub.tell(() -> new HubEvent.Passed(spec.name(), gap));
            if (missing != null) {
                emitted++;
                subscriber.onNext(missing);
            }
        }
        return emitted;
    }

    /** What this reader passes at {@code n}; null when there is something after all. */
    private @Nullable Gap gapAt(Window<T> w, long n, long limit) {
        long tail = w.tail;
        if (n < tail) {
            if (n >= w.closedFrom || w.successor != null) {
                return new Gap(w.epoch, n, tail, Gap.Reason.EPOCH);
            }
            if (w.jumpedOver(n) || n < w.start) {
                return new Gap(w.epoch, n, tail, Gap.Reason.UNFILLABLE);
            }
            return new Gap(w.epoch, n, skipTo(w, tail, limit), Gap.Reason.LAG);
        }
        if (condemned) {
            long target = skipTo(w, n + 1, limit);
            return new Gap(w.epoch, n, target, Gap.Reason.LAG);
        }
        long until = w.firstHeld(n, limit);
        return until == n ? null : new Gap(w.epoch, n, until, w.whyPassed(n));
    }

    /** Where a reader that lagged goes on: well within its limit, where a player may start. */
    private long skipTo(Window<T> w, long least, long limit) {
        long within = spec.lag().limit() == Long.MAX_VALUE
                ? (limit - w.tail) / 2
                : spec.lag().limit() / 2;
        long target = Math.max(least, Math.min(limit, w.edge - within));
        return w.nextRandomAccess(target, limit);
    }

    private Window<T> follow(Window<T> after) {
        Window.Horizon mine = after.horizons[0];
        for (Window.Horizon other : after.horizons) {
            if (other.patienceNs == patienceNs) {
                mine = other;
            }
        }
        horizon = mine;
        next = after.start;
        window = after; // after next: see holds
        return after;
    }

    @Override
    long at() {
        return next;
    }
}
