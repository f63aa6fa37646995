package io.swarmflux.flux;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
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

    private final DrainLoop<T> loop;
    private final String name;
    private final boolean ordered;
    private final int prefetch;
    private final int refill;
    private final Tally tally = new Tally();
    private final Queue<T> queue;

    /** What was looked at and does not fit yet: of an ordered upstream the next element, else all that was prefetched. */
    private final Deque<T> parked = new ArrayDeque<>();

    private volatile @Nullable Subscription s;
    private volatile boolean done;
    private volatile boolean disposed;

    /** Written before {@code done}. */
    private @Nullable Throwable error;

    /** How many elements were used since the last request. */
    private int used;

    private boolean requested;
    private long floorEpoch = -1;
    private long floor;

    Subscribed(DrainLoop<T> loop, String name, boolean ordered, int prefetch) {
        this.loop = loop;
        this.name = name;
        this.ordered = ordered;
        this.prefetch = prefetch;
        this.refill = Math.max(1, prefetch - (prefetch >> 2));
        this.queue = Queues.<T>get(prefetch).get();
    }

    // ------------------------------------------------------------------ the upstream's thread

    @Override
    public Context currentContext() {
        return loop.context;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        if (Operators.setOnce(S, this, subscription)) {
            loop.drain();
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
        Objects.requireNonNull(element, "an element is not null");
        if (done || disposed) {
            Operators.onNextDropped(element, loop.context);
            return true;
        }
        if (!loop.enter()) {
            enqueue(element);
            loop.drain();
            if (disposed) { // only now: the drain is the fence between the queue and this look
                loop.execute(this::discardAll);
            }
            return true;
        }
        boolean free = false;
        boolean moved = true;
        if (loop.begun() && queue.isEmpty() && parked.isEmpty()) {
            Offered outcome = give(element);
            if (outcome == Offered.BEYOND) {
                parked.add(element);
            } else {
                free = conditional && outcome != Offered.ACCEPTED;
                used += free ? 0 : 1;
                moved = outcome == Offered.ACCEPTED || outcome == Offered.LATE; // late: it may prove something
            }
        } else {
            enqueue(element);
        }
        loop.leave(moved, this);
        return !free;
    }

    private void enqueue(T element) {
        if (!queue.offer(element)) {
            loop.discard(element);
            onError(Exceptions.failWithOverflow(
                    "upstream '" + name + "' sent more than the " + prefetch + " elements that were requested"));
            loop.execute(() -> Operators.terminate(S, this));
        }
    }

    @Override
    public void onError(Throwable failure) {
        Objects.requireNonNull(failure, "a failure is not null");
        if (done || disposed) {
            Operators.onErrorDropped(failure, loop.context);
            return;
        }
        error = failure;
        done = true;
        loop.drain();
    }

    @Override
    public void onComplete() {
        if (!done) {
            done = true;
            loop.drain();
        }
    }

    // ------------------------------------------------------------------ inside the drain loop

    /** Counts what is settled. An element that breaks the numbering ends this upstream and is settled too. */
    private Offered give(T element) {
        Offered outcome;
        int size;
        try {
            size = loop.numbering.sizeOf(element);
            outcome = loop.windows.accept(element, size);
            if (ordered) {
                noteFloor(element, outcome);
            }
        } catch (Throwable failure) {
            loop.discard(element);
            fail(failure);
            return Offered.LATE;
        }
        if (outcome != Offered.BEYOND) {
            loop.settled(name, element, outcome);
            tally.count(outcome, size);
            loop.total.count(outcome, size);
        }
        return outcome;
    }

    @Override
    public void fail(Throwable failure) {
        Throwable reported = Operators.onOperatorError(null, failure, loop.context);
        Operators.terminate(S, this);
        if (done) {
            Operators.onErrorDropped(reported, loop.context);
        } else {
            error = reported;
            done = true;
        }
        discardAll();
    }

    private void noteFloor(T element, Offered outcome) {
        long epoch = loop.numbering.epochOf(element);
        long sequence = loop.numbering.sequenceOf(element);
        if (epoch > floorEpoch) {
            floorEpoch = epoch;
            floor = 0;
        }
        if (epoch == floorEpoch) {
            floor = Math.max(floor, outcome == Offered.BEYOND ? sequence : sequence + 1);
        }
    }

    @Override
    public int pour(int most) {
        int looked = 0;
        for (int i = parked.size(); i > 0 && looked < most; i--) {
            T element = parked.poll();
            if (element != null && settle(element)) {
                looked++;
            }
        }
        while (looked < most && parked.size() < (ordered ? 1 : prefetch)) {
            T element = queue.poll();
            if (element == null) {
                break;
            }
            settle(element);
            looked++;
        }
        return looked;
    }

    /** False when it has to wait. */
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
        if (ordered) {
            return lowest != null ? lowest : queue.peek();
        }
        while (parked.size() < prefetch) {
            T element = queue.poll();
            if (element == null) {
                break;
            }
            parked.add(element);
        }
        for (T element : parked) {
            lowest = lowest == null || isBefore(element, lowest) ? element : lowest;
        }
        return lowest;
    }

    private boolean isBefore(T a, T b) {
        int epochs = Long.compare(loop.numbering.epochOf(a), loop.numbering.epochOf(b));
        return epochs > 0 || (epochs == 0 && loop.numbering.sequenceOf(a) < loop.numbering.sequenceOf(b));
    }

    @Override
    public boolean showsItsLowest() {
        return ordered ? waits() : done || parked.size() >= prefetch;
    }

    @Override
    public boolean waits() {
        return !parked.isEmpty() || !queue.isEmpty();
    }

    @Override
    public boolean cannotBring(long epoch, long sequence) {
        return drained() || (ordered && (floorEpoch > epoch || (floorEpoch == epoch && floor > sequence)));
    }

    @Override
    public long mayBringFrom(long epoch, long from) {
        if (drained()) {
            return Long.MAX_VALUE;
        }
        return ordered && floorEpoch == epoch ? Math.max(floor, from) : from;
    }

    @Override
    public boolean stuck() {
        if (parked.isEmpty()) {
            return false;
        }
        boolean ended = done; // before the queue: nothing is added after it
        return ordered || (queue.isEmpty() && (ended || (requested && used == 0 && parked.size() >= prefetch)));
    }

    @Override
    public boolean drained() {
        return done && queue.isEmpty() && parked.isEmpty(); // in this order, as in stuck
    }

    @Override
    public @Nullable Throwable failure() {
        return done ? error : null;
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
        if (done) {
            S.lazySet(this, Operators.cancelledSubscription()); // over already: nothing to cancel, nothing to keep
        } else {
            Operators.terminate(S, this);
        }
        discardAll();
    }

    private void discardAll() {
        for (T element = parked.poll(); element != null; element = parked.poll()) {
            loop.discard(element);
        }
        for (T element = queue.poll(); element != null; element = queue.poll()) {
            loop.discard(element);
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
            loop.execute(() -> loop.detach(this));
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
            return loop.hub;
        }
        if (key == Attr.PREFETCH) {
            return prefetch;
        }
        if (key == Attr.BUFFERED) {
            return parked.size() + queue.size();
        }
        if (key == Attr.CANCELLED) {
            return disposed;
        }
        if (key == Attr.TERMINATED) {
            return done;
        }
        if (key == Attr.ERROR) {
            return failure();
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
