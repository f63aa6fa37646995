package io.swarmflux.flux;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.Fuseable;
import reactor.core.Scannable;
import reactor.core.publisher.Operators;
import reactor.util.concurrent.Queues;
import reactor.util.context.Context;

/**
 * An upstream that is a {@code Publisher}: back-pressured by a prefetch that is replenished as the window takes what came.
 *
 * <p>What came and does not fit stays here, and only this upstream waits. Of an upstream that is not ordered everything
 * prefetched is looked at, because the element that the window waits for may stand behind one that does not fit.
 */
final class Subscribed<T> implements Inlet<T>, Fuseable.ConditionalSubscriber<T>, CoreSubscriber<T>, Scannable {
    @SuppressWarnings("rawtypes")
    private static final AtomicReferenceFieldUpdater<Subscribed, @Nullable Subscription> S =
            AtomicReferenceFieldUpdater.newUpdater(Subscribed.class, Subscription.class, "s");

    private final StreamHub<T> hub;
    private final String name;
    private final boolean ordered;
    private final int prefetch;
    private final int refill;
    private final Tally tally = new Tally();
    private final Queue<T> queue;

    /** What was looked at and does not fit yet; only of an upstream that is not ordered. */
    private final Deque<T> parked = new ArrayDeque<>();

    private volatile @Nullable Subscription s;
    private volatile boolean done;
    private volatile boolean disposed;
    private @Nullable Throwable error;

    /** How many elements were used since the last request. */
    private int used;

    private boolean requested;
    private long floorEpoch = -1;
    private long floor;

    Subscribed(StreamHub<T> hub, String name, boolean ordered, int prefetch) {
        this.hub = hub;
        this.name = name;
        this.ordered = ordered;
        this.prefetch = prefetch;
        this.refill = Math.max(1, prefetch - (prefetch >> 2));
        this.queue = Queues.<T>get(prefetch).get();
    }

    // ------------------------------------------------------------------ the upstream's thread

    @Override
    public Context currentContext() {
        return hub.currentContext();
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        if (Operators.setOnce(S, this, subscription)) {
            hub.drain();
        }
    }

    @Override
    public void onNext(T element) {
        boolean used = receive(element, false);
        assert used;
    }

    @Override
    public boolean tryOnNext(T element) {
        return receive(element, true);
    }

    /** False when it was not used and, being {@code conditional}, costs the upstream no credit. */
    private boolean receive(T element, boolean conditional) {
        if (done || disposed) {
            Operators.onNextDropped(element, hub.currentContext());
            return true;
        }
        if (!hub.enter()) {
            enqueue(element);
            hub.drain();
            return true;
        }
        boolean free = false;
        boolean moved = true;
        if (hub.begun() && queue.isEmpty() && parked.isEmpty()) {
            Offered outcome = give(element);
            if (outcome == Offered.BEYOND) {
                parked.add(element);
            } else {
                moved = outcome == Offered.ACCEPTED;
                free = !moved && conditional;
                used += free ? 0 : 1;
            }
        } else {
            enqueue(element);
        }
        hub.leave(moved, this);
        return !free;
    }

    private void enqueue(T element) {
        if (!queue.offer(element)) {
            hub.discard(element);
            Operators.terminate(S, this);
            onError(Exceptions.failWithOverflow(
                    "upstream '" + name + "' sent more than the " + prefetch + " elements that were requested"));
        } else if (disposed) {
            hub.execute(this::discardAll);
        }
    }

    @Override
    public void onError(Throwable failure) {
        if (done || disposed) {
            Operators.onErrorDropped(failure, hub.currentContext());
            return;
        }
        error = failure;
        done = true;
        hub.drain();
    }

    @Override
    public void onComplete() {
        if (!done) {
            done = true;
            hub.drain();
        }
    }

    // ------------------------------------------------------------------ inside the drain loop

    /** Counts what is settled. An element that breaks the numbering ends this upstream and is settled too. */
    private Offered give(T element) {
        Offered outcome;
        int size;
        try {
            size = hub.numbering().sizeBytes().applyAsInt(element);
            outcome = hub.accept(element, size);
            if (ordered) {
                noteFloor(element, outcome);
            }
        } catch (Throwable failure) {
            Operators.terminate(S, this);
            error = Operators.onOperatorError(null, failure, element, hub.currentContext());
            done = true;
            hub.discard(element);
            discardAll();
            return Offered.LATE;
        }
        if (outcome != Offered.BEYOND) {
            hub.settled(name, element, outcome);
            tally.count(outcome, size);
            hub.count(outcome, size);
        }
        return outcome;
    }

    private void noteFloor(T element, Offered outcome) {
        long epoch = hub.numbering().epoch().applyAsLong(element);
        long sequence = hub.numbering().sequence().applyAsLong(element);
        if (epoch > floorEpoch) {
            floorEpoch = epoch;
            floor = 0;
        }
        if (epoch == floorEpoch) {
            floor = Math.max(floor, outcome == Offered.BEYOND ? sequence : sequence + 1);
        }
    }

    @Override
    public boolean pour() {
        boolean moved = false;
        for (int i = parked.size(); i > 0; i--) {
            T element = parked.poll();
            if (element == null) {
                break;
            }
            moved |= settle(element);
        }
        while (!ordered || parked.isEmpty()) {
            T element = queue.poll();
            if (element == null) {
                break;
            }
            moved |= settle(element);
        }
        return moved;
    }

    private boolean settle(T element) {
        if (give(element) == Offered.BEYOND) {
            parked.add(element);
            return false;
        }
        used++;
        return true;
    }

    @Override
    public @Nullable T head() {
        T lowest = parked.peek();
        return lowest != null ? lowest : queue.peek();
    }

    @Override
    public boolean cannotBring(long epoch, long sequence) {
        if (done && head() == null) {
            return true;
        }
        return ordered && (floorEpoch > epoch || (floorEpoch == epoch && floor > sequence));
    }

    @Override
    public long floor(long epoch) {
        if (done && head() == null) {
            return Long.MAX_VALUE;
        }
        if (!ordered || floorEpoch < epoch) {
            return 0;
        }
        return floorEpoch > epoch ? Long.MAX_VALUE : floor;
    }

    @Override
    public boolean stuck() {
        int waiting = parked.size() + queue.size();
        return waiting > 0 && (done || (requested && used == 0 && waiting >= prefetch));
    }

    @Override
    public boolean drained() {
        return done && queue.isEmpty() && parked.isEmpty();
    }

    @Nullable
    Throwable failure() {
        return error;
    }

    @Override
    public void replenish() {
        Subscription subscription = s;
        if (subscription == null || done || disposed) {
            return;
        }
        if (!requested) {
            requested = true;
            subscription.request(prefetch);
        } else if (used >= refill || (used > 0 && parked.size() + queue.size() + used >= prefetch)) {
            int more = used;
            used = 0;
            subscription.request(more);
        }
    }

    @Override
    public void close() {
        disposed = true;
        Operators.terminate(S, this);
        discardAll();
    }

    private void discardAll() {
        for (T element = parked.poll(); element != null; element = parked.poll()) {
            hub.discard(element);
        }
        for (T element = queue.poll(); element != null; element = queue.poll()) {
            hub.discard(element);
        }
    }

    // ------------------------------------------------------------------ any thread

    @Override
    public String name() {
        return name;
    }

    @Override
    public Stats stats() {
        return tally.stats();
    }

    @Override
    public void dispose() {
        if (!disposed) {
            disposed = true;
            hub.execute(() -> hub.detach(this, null));
        }
    }

    @Override
    public boolean isDisposed() {
        return disposed || done;
    }

    @Override
    @SuppressWarnings("rawtypes") // Scannable's own signature
    public @Nullable Object scanUnsafe(Attr key) {
        if (key == Attr.PARENT) {
            return s;
        }
        if (key == Attr.ACTUAL) {
            return hub;
        }
        if (key == Attr.PREFETCH) {
            return prefetch;
        }
        if (key == Attr.BUFFERED) {
            return queue.size();
        }
        if (key == Attr.CANCELLED) {
            return disposed;
        }
        if (key == Attr.TERMINATED) {
            return done;
        }
        if (key == Attr.ERROR) {
            return error;
        }
        if (key == Attr.NAME) {
            return name;
        }
        if (key == Attr.RUN_STYLE) {
            return Attr.RunStyle.SYNC;
        }
        return null;
    }
}
