package io.swarmflux.flux;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Scannable;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;

/**
 * A reader that is a subscription: a cursor, a demand, and a drain loop of its own, so that its signals are serial and
 * recursion is bounded whoever calls {@code request}.
 */
abstract sealed class ReaderSubscription<T, R> implements Reader<T>, Subscription, Scannable
        permits OrderedReader, UnorderedReader {
    @SuppressWarnings("rawtypes")
    private static final AtomicIntegerFieldUpdater<ReaderSubscription> WIP =
            AtomicIntegerFieldUpdater.newUpdater(ReaderSubscription.class, "wip");

    @SuppressWarnings("rawtypes")
    private static final AtomicLongFieldUpdater<ReaderSubscription> REQUESTED =
            AtomicLongFieldUpdater.newUpdater(ReaderSubscription.class, "requested");

    private static final long CANCELLED = Long.MIN_VALUE;

    final StreamHub<T> hub;
    final ReaderSpec spec;
    final boolean waits;
    final long patienceNs;

    private final Scheduler.@Nullable Worker worker;
    private volatile int wip;
    private volatile long requested;
    private volatile boolean ended;

    /** Dropped when it is over, so that a cancelled subscriber can be collected. */
    private volatile @Nullable CoreSubscriber<? super R> actual;

    private boolean terminated;
    private volatile boolean over;
    private @Nullable Runnable onOver;

    ReaderSubscription(StreamHub<T> hub, ReaderSpec spec, CoreSubscriber<? super R> actual, long patienceNs) {
        this.hub = hub;
        this.spec = spec;
        this.actual = actual;
        this.patienceNs = patienceNs;
        this.waits = spec.lag().action() == LagPolicy.Action.WAIT;
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
            wake();
        }
    }

    @Override
    public void cancel() {
        if (REQUESTED.getAndSet(this, CANCELLED) != CANCELLED) {
            wake();
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
            return;
        }
        if (worker == null) {
            loop();
        } else {
            try {
                Disposable scheduled = worker.schedule(this::loop);
                assert scheduled != null;
            } catch (java.util.concurrent.RejectedExecutionException closed) {
                REQUESTED.set(this, CANCELLED);
                finish();
            }
        }
    }

    // ------------------------------------------------------------------ one thread at a time

    private void loop() {
        int missed = wip;
        do {
            if (!terminated) {
                work();
            }
            missed = WIP.addAndGet(this, -missed);
        } while (missed != 0);
    }

    private void work() {
        CoreSubscriber<? super R> subscriber = actual;
        if (subscriber == null) {
            return;
        }
        long demand = requested;
        long emitted = 0;
        if (demand != CANCELLED) {
            emitted = emit(subscriber, demand);
        }
        if (terminated) {
            return;
        }
        if (requested == CANCELLED) {
            finish();
            return;
        }
        if (ended) {
            complete(subscriber, null);
            return;
        }
        if (emitted > 0) {
            if (demand != Long.MAX_VALUE) {
                long was;
                do {
                    was = requested;
                } while (was != CANCELLED
                        && was != Long.MAX_VALUE
                        && !REQUESTED.compareAndSet(this, was, was - emitted));
            }
            if (waits) {
                hub.drain(); // what was read may be evicted, and upstreams may go on
            }
        }
    }

    /** Emits what is there, at most {@code demand}. Returns how many signals that took. */
    abstract long emit(CoreSubscriber<? super R> subscriber, long demand);

    final boolean cancelled() {
        return requested == CANCELLED;
    }

    final void complete(CoreSubscriber<? super R> subscriber, @Nullable Throwable error) {
        terminated = true;
        boolean quiet = cancelled();
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
        terminated = true;
        if (over) {
            return;
        }
        over = true;
        actual = null;
        hub.remove(this, this instanceof OrderedReader ? patienceNs : -1);
        Runnable listener = onOver;
        if (listener != null) {
            listener.run();
        }
        if (worker != null) {
            worker.dispose();
        }
    }

    final boolean isOver() {
        return over || cancelled();
    }

    // ------------------------------------------------------------------ Scannable

    /** The next sequence it wants. */
    abstract long at();

    @Override
    @SuppressWarnings("rawtypes") // Scannable's own signature
    public @Nullable Object scanUnsafe(Attr key) {
        if (key == Attr.PARENT) {
            return hub;
        }
        if (key == Attr.ACTUAL) {
            return actual;
        }
        if (key == Attr.REQUESTED_FROM_DOWNSTREAM) {
            return Math.max(0, requested);
        }
        if (key == Attr.CANCELLED) {
            return cancelled();
        }
        if (key == Attr.TERMINATED) {
            return over;
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
