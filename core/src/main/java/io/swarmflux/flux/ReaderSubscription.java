package io.swarmflux.flux;

import java.lang.invoke.VarHandle;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Exceptions;
import reactor.core.Scannable;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;

/**
 * A reader that is a subscription: a cursor, a demand, and a drain loop of its own, so that its signals are serial and
 * recursion is bounded whoever calls {@code request}.
 */
abstract sealed class ReaderSubscription<T, R> implements Reader<T>, HubReader, Subscription, Scannable
        permits OrderedReader, UnorderedReader {
    @SuppressWarnings("rawtypes")
    private static final AtomicIntegerFieldUpdater<ReaderSubscription> WIP =
            AtomicIntegerFieldUpdater.newUpdater(ReaderSubscription.class, "wip");

    @SuppressWarnings("rawtypes")
    private static final AtomicLongFieldUpdater<ReaderSubscription> REQUESTED =
            AtomicLongFieldUpdater.newUpdater(ReaderSubscription.class, "requested");

    @SuppressWarnings("rawtypes")
    private static final AtomicIntegerFieldUpdater<ReaderSubscription> QUEUED =
            AtomicIntegerFieldUpdater.newUpdater(ReaderSubscription.class, "queued");

    @SuppressWarnings("rawtypes")
    private static final AtomicLongFieldUpdater<ReaderSubscription> RECEIVED =
            AtomicLongFieldUpdater.newUpdater(ReaderSubscription.class, "received");

    private static final long CANCELLED = Long.MIN_VALUE;

    final DrainLoop<T> loop;
    final ReaderSpec spec;
    final boolean waits;

    private final Grace grace;

    private final Scheduler.@Nullable Worker worker;
    private volatile int wip;

    /** All that was ever requested: what it was given is not taken off, which would cost an atomic operation for each signal. */
    private volatile long requested;

    /** Whether it sits in the front row, which has its counter meanwhile. */
    private volatile boolean seated;

    /** Where it sat down. */
    private long seatedAt;

    private volatile boolean ended;

    /** Dropped when it is over, so that a cancelled subscriber can be collected. */
    private volatile @Nullable CoreSubscriber<? super R> actual;

    /** 1 while the worker has a task of this reader that has not begun. A scheduler that is disposed forgets it in silence. */
    private volatile int queued;

    private volatile boolean over;
    private volatile boolean terminated;

    /** How many signals it was given. One thread at a time writes. */
    private volatile long received;

    private volatile @Nullable Throwable error;
    private @Nullable Runnable onOver;

    /** Makes the subscription of one subscriber. */
    interface Kind<T, R> {
        ReaderSubscription<T, R> reader(DrainLoop<T> loop, ReaderSpec spec, CoreSubscriber<? super R> actual);
    }

    ReaderSubscription(DrainLoop<T> loop, ReaderSpec spec, CoreSubscriber<? super R> actual) {
        this.loop = loop;
        this.spec = spec;
        this.actual = actual;
        this.waits = spec.lag().action() == LagPolicy.Action.WAIT;
        this.grace = new Grace(spec.lag().grace());
        this.worker = spec.deliverOn() == null ? null : spec.deliverOn().createWorker();
    }

    /** Told once when the reader has ended, however. */
    void onOver(Runnable listener) {
        onOver = listener;
    }

    // ------------------------------------------------------------------ any thread

    @Override
    public void request(long n) {
        if (Operators.validate(n)) {
            long now;
            do {
                now = requested;
                if (now == CANCELLED) {
                    return;
                }
            } while (!REQUESTED.compareAndSet(this, now, Operators.addCap(now, n)));
            if (!seated) { // else the row looks at what is requested before it lets the reader stand up
                wake();
            }
        }
    }

    @Override
    public void cancel() {
        if (REQUESTED.getAndSet(this, CANCELLED) != CANCELLED) {
            if (seated) {
                loop.disturb();
            } else {
                wake();
            }
        }
    }

    @Override
    public void end() {
        ended = true;
        wake();
    }

    @Override
    public void wake() {
        if (WIP.getAndIncrement(this) != 0) {
            Scheduler scheduler = spec.deliverOn();
            if (queued == 1 && scheduler != null && scheduler.isDisposed() && begins()) {
                reject(Exceptions.failWithRejected("the scheduler of reader '" + spec.name() + "' is disposed"));
            }
            return;
        }
        if (worker == null) {
            run();
            return;
        }
        queued = 1;
        try {
            Disposable scheduled = worker.schedule(() -> {
                if (begins()) {
                    run();
                }
            });
            assert scheduled != null;
        } catch (RejectedExecutionException closed) {
            if (begins()) {
                reject(closed);
            }
        }
    }

    /** True for the one who may do what was queued. */
    private boolean begins() {
        return QUEUED.compareAndSet(this, 1, 0);
    }

    /** Holds the counter for good: nothing runs here any more. */
    private void reject(RejectedExecutionException closed) {
        CoreSubscriber<? super R> subscriber = actual;
        if (over || subscriber == null) {
            return;
        }
        if (cancelled()) {
            finish();
        } else {
            complete(subscriber, Operators.onRejectedExecution(closed, subscriber.currentContext()));
        }
    }

    // ------------------------------------------------------------------ in the front row

    /** Takes the counter, if it is free and there may be demand. Whoever gets true has to {@link #getUp}. */
    final boolean occupy() {
        return worker == null && wip == 0 && !over && requested > received && WIP.compareAndSet(this, 0, 1);
    }

    /** Whom the front row gives the elements to; null when nothing is wanted. */
    final @Nullable CoreSubscriber<? super R> sitDown(long at) {
        seatedAt = at;
        seated = true; // and then what is requested: see FrontRow
        return demandAt(at) > 0 && !ended ? actual : null;
    }

    /** Goes on by itself, from where the row is. */
    final void getUp(long at) {
        RECEIVED.lazySet(this, received + at - seatedAt);
        seatedAt = at;
        seated = false; // and then what is requested
        run();
    }

    /** How much more it wants when everything before a sequence was given; negative when it is cancelled. */
    final long demandAt(long at) {
        long all = requested;
        return all == Long.MAX_VALUE || all == CANCELLED ? all : all - received - (seated ? at - seatedAt : 0);
    }

    final boolean isSeated() {
        return seated;
    }

    // ------------------------------------------------------------------ one thread at a time

    private void run() {
        int missed = wip;
        do {
            CoreSubscriber<? super R> subscriber = actual;
            if (subscriber != null) {
                work(subscriber);
            }
            missed = WIP.addAndGet(this, -missed);
        } while (missed != 0);
    }

    private void work(CoreSubscriber<? super R> subscriber) {
        long before = held();
        long all = requested;
        long demand = all == Long.MAX_VALUE ? all : all - received;
        long emitted = all == CANCELLED ? 0 : emit(subscriber, demand);
        if (emitted > 0) {
            RECEIVED.lazySet(this, received + emitted);
        }
        if (over) {
            return;
        }
        if (cancelled()) {
            finish();
        } else if (ended) {
            complete(subscriber, loop.failure());
        } else if (waits && held() != before) {
            VarHandle.fullFence(); // see DrainLoop: between the move and the look
            loop.released(); // what was read may be evicted, and upstreams may go on
        }
    }

    /** Emits what is there, at most {@code demand}. Returns how many signals that took. */
    abstract long emit(CoreSubscriber<? super R> subscriber, long demand);

    /** From where on it needs the window. */
    abstract long held();

    /** Told that it was too slow for longer than its grace; it is woken next. */
    abstract void condemn();

    /** Begins its grace anew when it becomes too slow again: it has caught up meanwhile. */
    final void forgive() {
        long never = grace.judge(false, 0, 0);
        assert never == Alarm.NEVER;
    }

    /** Judges one that may be too slow. When to judge again. */
    final long judge(boolean slow, long at, long nowNs) {
        if (isOver() || (waits && spec.lag().grace().isZero())) {
            return Alarm.NEVER;
        }
        long againNs = grace.judge(slow, waits ? at : 0, nowNs);
        if (againNs == 0) {
            condemn();
            wake();
            return Alarm.NEVER;
        }
        return againNs;
    }

    /** Whether the hub was disposed. True before anything is evicted because of that. */
    final boolean ended() {
        return ended;
    }

    final boolean cancelled() {
        return requested == CANCELLED;
    }

    /** Ends a reader that its lag policy ends. */
    final void evict(CoreSubscriber<? super R> subscriber, long at, long edge) {
        loop.tell(() -> new HubEvent.Evicted(spec.name(), at, spec.lag().action()));
        complete(subscriber, new LaggedException(spec.name(), at, edge));
    }

    final void complete(CoreSubscriber<? super R> subscriber, @Nullable Throwable error) {
        boolean quiet = cancelled();
        terminated = !quiet;
        this.error = quiet ? null : error;
        finish();
        if (quiet) {
            if (error != null) {
                Operators.onErrorDropped(error, subscriber.currentContext());
            }
        } else if (error != null) {
            subscriber.onError(error);
        } else {
            subscriber.onComplete();
        }
    }

    private void finish() {
        if (over) {
            return;
        }
        over = true;
        actual = null;
        loop.remove(this);
        Runnable listener = onOver;
        if (listener != null) {
            listener.run();
        }
        if (worker != null) {
            worker.dispose();
        }
    }

    @Override
    public final String name() {
        return spec.name();
    }

    @Override
    public final long received() {
        return received + (seated ? Math.max(0, loop.readers.row().at() - seatedAt) : 0);
    }

    /** How many sequences there are from one of a window on, in it and in those after it. */
    static <T> long ahead(@Nullable Window<T> from, long sequence) {
        long ahead = 0;
        long at = sequence;
        for (Window<T> w = from; w != null; w = w.successor) {
            ahead += Math.max(0, w.edge() - Math.max(at, w.start));
            at = 0;
        }
        return ahead;
    }

    @Override
    public final boolean isOver() {
        return over || cancelled();
    }

    // ------------------------------------------------------------------ Scannable

    @Override
    @SuppressWarnings("rawtypes") // Scannable's own signature
    public @Nullable Object scanUnsafe(Attr key) {
        if (key == Attr.PARENT) {
            return loop.hub;
        }
        if (key == Attr.ACTUAL) {
            return actual;
        }
        if (key == Attr.REQUESTED_FROM_DOWNSTREAM) {
            long all = requested;
            return all == Long.MAX_VALUE ? all : Math.max(0, all - received());
        }
        if (key == Attr.CANCELLED) {
            return cancelled();
        }
        if (key == Attr.TERMINATED) {
            return terminated;
        }
        if (key == Attr.ERROR) {
            return error;
        }
        if (key == Attr.NAME) {
            return spec.name();
        }
        if (key == Attr.RUN_STYLE) {
            return worker == null ? Attr.RunStyle.SYNC : Attr.RunStyle.ASYNC;
        }
        if (key == Attr.RUN_ON) {
            return spec.deliverOn();
        }
        return null;
    }
}
