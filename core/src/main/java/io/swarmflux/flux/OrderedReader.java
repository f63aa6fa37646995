package io.swarmflux.flux;

import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/** A reader that gets contiguous elements and is told of gaps. The class comment of {@link Window} says how it reads. */
abstract sealed class OrderedReader<T, R> extends ReaderSubscription<T, R> {
    @SuppressWarnings("rawtypes")
    private static final AtomicLongFieldUpdater<OrderedReader> NEXT =
            AtomicLongFieldUpdater.newUpdater(OrderedReader.class, "next");

    private final long patienceNs;

    private volatile @Nullable Window<T> window;
    private volatile @Nullable Horizon horizon;
    private volatile long next;

    /** Below it everything had left the window before this reader joined: no lag of its own. */
    private volatile long lateUntil;

    /** Set when it lagged beyond its limit for longer than its grace, or stood still for too long. */
    private volatile boolean condemned;

    /** Whether it has caught up since it was last found too slow. */
    private volatile boolean caughtUp;

    private OrderedReader(DrainLoop<T> loop, ReaderSpec spec, CoreSubscriber<? super R> actual) {
        super(loop, spec, actual);
        this.patienceNs = loop.spec.patienceNsOf(spec);
    }

    /** What the subscriber is given for an element. */
    abstract R signal(T element);

    /** What the subscriber is given for a gap; null for nothing. */
    abstract @Nullable R signal(Gap gap);

    /** Gives elements alone to the subscriber. */
    abstract CoreSubscriber<? super T> elementsTo(CoreSubscriber<? super R> subscriber);

    /** Emits the elements alone. */
    static final class Elements<T> extends OrderedReader<T, T> {
        Elements(DrainLoop<T> loop, ReaderSpec spec, CoreSubscriber<? super T> actual) {
            super(loop, spec, actual);
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

        @Override
        CoreSubscriber<? super T> elementsTo(CoreSubscriber<? super T> subscriber) {
            return subscriber;
        }
    }

    /** Emits elements and gaps. */
    static final class Signals<T> extends OrderedReader<T, StreamSignal<T>> {
        Signals(DrainLoop<T> loop, ReaderSpec spec, CoreSubscriber<? super StreamSignal<T>> actual) {
            super(loop, spec, actual);
        }

        @Override
        StreamSignal<T> signal(T element) {
            return new StreamSignal.Element<>(element);
        }

        @Override
        StreamSignal<T> signal(Gap gap) {
            return new StreamSignal.Missing<>(gap);
        }

        @Override
        CoreSubscriber<? super T> elementsTo(CoreSubscriber<? super StreamSignal<T>> subscriber) {
            return new Wrapping<>(subscriber);
        }
    }

    /** Passes everything on, elements as signals. */
    private record Wrapping<T>(CoreSubscriber<? super StreamSignal<T>> to) implements CoreSubscriber<T> {
        @Override
        public void onSubscribe(Subscription subscription) {
            to.onSubscribe(subscription);
        }

        @Override
        public void onNext(T element) {
            to.onNext(new StreamSignal.Element<>(element));
        }

        @Override
        public void onError(Throwable failure) {
            to.onError(failure);
        }

        @Override
        public void onComplete() {
            to.onComplete();
        }
    }

    // ------------------------------------------------------------------ the drain loop

    @Override
    public void join(Window<T> w) {
        Horizon mine = w.horizonOf(patienceNs);
        mine.readers++;
        next = spec.join().in(w, loop.numbering);
        lateUntil = w.tail();
        horizon = mine;
        window = w; // after next: see holds
    }

    @Override
    public void leave(Window<T> w) {
        w.release(patienceNs);
    }

    @Override
    public boolean reads(Window<T> w) {
        Window<T> mine = window;
        return mine != null && mine.epoch <= w.epoch && !isOver(); // in an older one it still has to come here
    }

    @Override
    public long holds(Window<T> w) {
        if (!waits || isOver()) {
            return Long.MAX_VALUE;
        }
        Window<T> mine = window; // before next: when it is this window, next is of this window
        return mine == w ? next() : mine != null && mine.epoch > w.epoch ? Long.MAX_VALUE : w.start;
    }

    @Override
    public boolean mayBeSlow() {
        Horizon mine = horizon;
        return mine != null && mine.limit() - next() > (waits ? 0 : spec.lag().limit());
    }

    @Override
    public long judge(long nowNs) {
        Horizon mine = horizon;
        if (mine == null || (!waits && spec.lag().limit() == Long.MAX_VALUE)) {
            return Alarm.NEVER;
        }
        long at = next();
        long readable = mine.limit() - at; // what a hole holds up is not the reader's fault
        if (readable > 0 && caughtUp) {
            caughtUp = false;
            forgive();
        }
        return judge(waits ? readable > 0 : readable > spec.lag().limit(), at, nowNs);
    }

    @Override
    public boolean sits(FrontRow<T> row, Window<T> w) {
        if (!isAbreast(w) || !occupy()) {
            return false;
        }
        CoreSubscriber<? super R> subscriber = sitDown(next); // nobody moves it any more
        if (subscriber == null || !isAbreast(w)) {
            standUp(next);
            return false;
        }
        row.add(this, elementsTo(subscriber), next, demandAt(next));
        return true;
    }

    private boolean isAbreast(Window<T> w) {
        Horizon mine = horizon;
        return window == w && w.end == Window.OPEN && mine == w.horizons()[0] && next == mine.limit() && !condemned;
    }

    /** Leaves the front row, or the seat that it was about to take. */
    void standUp(long at) {
        next = at;
        getUp(at);
    }

    /** Its place, from any thread. */
    private long next() {
        if (isSeated()) {
            long row = loop.readers.row().at();
            if (isSeated()) {
                return row;
            }
        }
        return next;
    }

    @Override
    void condemn() {
        condemned = true;
    }

    // ------------------------------------------------------------------ its own loop

    @Override
    long emit(CoreSubscriber<? super R> subscriber, long demand) {
        long emitted = 0;
        Window<T> w = window;
        while (w != null && !cancelled()) {
            long n = next;
            if (condemned && spec.lag().action() != LagPolicy.Action.SKIP) {
                evict(subscriber, n, w.edge());
                return emitted;
            }
            long limit = limit(); // before the slot, and that before the tail
            if (n >= w.end) {
                complete(subscriber, loop.failure());
                return emitted;
            }
            if (n >= limit) {
                w = follow(w, n);
                continue;
            }
            T element = w.peek(n);
            if (element == null || condemned) {
                long passed = pass(subscriber, w, n, limit, demand - emitted);
                if (passed < 0) {
                    return emitted;
                }
                emitted += passed;
            } else if (emitted == demand) {
                return emitted;
            } else if (w.take(n)) { // else it was evicted meanwhile: the next look finds the tail beyond it
                NEXT.lazySet(this, n + 1);
                emitted++;
                subscriber.onNext(signal(element));
            }
        }
        return emitted;
    }

    private long limit() {
        Horizon mine = horizon;
        return mine == null ? 0 : mine.limit();
    }

    /** The window to go on with after everything up to the limit was read; null when there is nothing to do now. */
    private @Nullable Window<T> follow(Window<T> w, long n) {
        Window<T> after = w.successor;
        if (n < limit()) {
            return w; // closed meanwhile: everything up to the edge may be read
        }
        if (after == null) {
            condemned = false;
            if (!caughtUp) {
                caughtUp = true;
            }
            return null;
        }
        for (Horizon other : after.horizons()) {
            if (other.patienceNs == patienceNs) {
                horizon = other;
            }
        }
        next = after.start;
        window = after; // after next: see holds
        return after;
    }

    /** Passes a gap, if there is one. How many signals that took; -1 when there is nothing more to do now. */
    private long pass(CoreSubscriber<? super R> subscriber, Window<T> w, long n, long limit, long demand) {
        Gap gap = gapAt(w, n, limit);
        if (gap == null) {
            return 0;
        }
        if (ended()) {
            return -1; // it was the hub's end that emptied the window
        }
        if (gap.reason() == Gap.Reason.LAG && n >= lateUntil && spec.lag().action() == LagPolicy.Action.FAIL) {
            evict(subscriber, n, w.edge());
            return -1;
        }
        R missing = signal(gap);
        if (missing != null && demand == 0) {
            return -1;
        }
        condemned = false;
        next = gap.until();
        loop.tell(() -> new HubEvent.Passed(spec.name(), gap));
        if (missing == null) {
            return 0;
        }
        subscriber.onNext(missing);
        return 1;
    }

    /** What this reader passes at {@code n}; null when there is something after all, or all has changed meanwhile. */
    private @Nullable Gap gapAt(Window<T> w, long n, long limit) {
        long tail = w.tail();
        if (n < tail) {
            return behindTail(w, n, tail, limit);
        }
        if (condemned) {
            return new Gap(w.epoch, n, skipTo(w, n + 1, limit), Gap.Reason.LAG);
        }
        long until = w.firstHeld(n, limit);
        if (until == n) {
            return null;
        }
        Gap gap = new Gap(w.epoch, n, until, w.whyPassed(n));
        return w.tail() > n ? null : gap; // overrun while it looked: then it lagged
    }

    private Gap behindTail(Window<T> w, long n, long tail, long limit) {
        if (w.successor != null) {
            return new Gap(w.epoch, n, tail, Gap.Reason.EPOCH);
        }
        long until = w.jumpedFrom(n);
        if (until > n) {
            return new Gap(w.epoch, n, until, Gap.Reason.UNFILLABLE);
        }
        return new Gap(w.epoch, n, n < lateUntil ? tail : skipTo(w, tail, limit), Gap.Reason.LAG);
    }

    /** Where a reader that lagged goes on: well within its limit, where a player may start. */
    private long skipTo(Window<T> w, long least, long limit) {
        long within = spec.lag().limit() == Long.MAX_VALUE
                ? (limit - w.tail()) / 2
                : spec.lag().limit() / 2;
        return w.nextRandomAccess(Math.max(least, limit - within), limit);
    }

    @Override
    long held() {
        return next;
    }

    @Override
    public long lag() {
        Window<T> mine = window; // before next: see holds
        return isOver() ? 0 : ahead(mine, next());
    }

    @Override
    @SuppressWarnings("rawtypes") // Scannable's own signature
    public @Nullable Object scanUnsafe(Attr key) {
        if (key == Attr.BUFFERED) { // in the window: how many sequences it may read now
            return (int) Math.min(Integer.MAX_VALUE, isOver() ? 0 : Math.max(0, limit() - next()));
        }
        return super.scanUnsafe(key);
    }
}
