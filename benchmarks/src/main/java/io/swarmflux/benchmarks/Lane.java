package io.swarmflux.benchmarks;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** An upstream that a benchmark pushes: it keeps to the demand, and counts it as a link's thread would. */
public final class Lane implements Publisher<Element>, Subscription {
    private final AtomicLong requested = new AtomicLong();
    private @Nullable Subscriber<? super Element> subscriber;

    /** How much of the demand is used; only the pushing thread looks. */
    private long used;

    private long known;

    @Override
    public void subscribe(Subscriber<? super Element> to) {
        subscriber = to;
        to.onSubscribe(this);
    }

    @Override
    public void request(long n) {
        requested.accumulateAndGet(n, (a, b) -> a + b < 0 ? Long.MAX_VALUE : a + b);
    }

    @Override
    public void cancel() {
        requested.set(Long.MAX_VALUE);
    }

    /**
     * Whether an element may be pushed.
     *
     * @return false while there is no demand
     */
    public boolean isReady() {
        if (used < known) {
            return true;
        }
        known = requested.get();
        return used < known;
    }

    /**
     * Pushes an element that there is demand for.
     *
     * @param element the next one
     */
    public void push(Element element) {
        used++;
        Objects.requireNonNull(subscriber, "subscribed").onNext(element);
    }

    /**
     * Pushes, after waiting for demand.
     *
     * @param element the next one
     */
    public void pushWhenReady(Element element) {
        for (int spins = 0; !isReady(); spins++) {
            if (spins > 100) {
                LockSupport.parkNanos(1_000);
            } else {
                Thread.onSpinWait();
            }
        }
        push(element);
    }

    /** Ends the upstream. */
    public void complete() {
        Objects.requireNonNull(subscriber, "subscribed").onComplete();
    }
}
