package io.swarmflux.flux;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
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
 *
 * <p><b>Repeats.</b> Most of what several upstreams bring has come already, and that changes nothing but counts. So it is settled by the
 * upstream's own thread, outside the drain loop: when the window holds the sequence or has moved past it, nothing of this upstream waits, and
 * what is proved by its order is nothing but this sequence, which is no hole. Once in a while, and always before its credit is
 * used up, an element goes through the loop all the same, so that the loop asks for more.
 *
 * <p><b>Credit.</b> Three numbers that only grow: {@code asked} and {@code settled} are written inside the loop, {@code repeats} by the
 * upstream's thread. What is asked for and not settled is under way, or waits here.
 */
final class Subscribed<T> implements Inlet<T>, Fuseable.ConditionalSubscriber<T>, CoreSubscriber<T>, Scannable {
    private static final VarHandle ASKED = counter("asked");
    private static final VarHandle SETTLED = counter("settled");
    private static final VarHandle REPEATS = counter("repeats");
    private static final VarHandle FLOOR = counter("floor");

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

    /** How many elements were requested so far; 0 before the first request. */
    private volatile long asked;

    /** How many elements the loop was given, and needs no more. */
    private volatile long settled;

    /** How many elements cost credit and never saw the loop. */
    private volatile long repeats;

    /** How many elements were given to the loop. The upstream's thread only. */
    private long handed;

    /** What became of the elements that never saw the loop. */
    private final Tally repeated = new Tally();

    private long floorEpoch = -1;

    /** Below it nothing will come. Written inside the loop, or by the upstream's thread while nothing that it gave to the loop waits. */
    private volatile long floor;

    Subscribed(DrainLoop<T> loop, String name, boolean ordered, int prefetch) {
        this.loop = loop;
        this.name = name;
        this.ordered = ordered;
        this.prefetch = prefetch;
        this.refill = Math.max(1, prefetch - (prefetch >> 2));
        this.queue = Queues.<T>get(prefetch).get();
    }

    private static VarHandle counter(String name) {
        return Handles.of(MethodHandles.lookup(), name, long.class);
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
        if (handed == settled && isRepeat(element, conditional)) {
            return !conditional;
        }
        handed++;
        if (!loop.enter()) {
            leaveToOthers(element);
            return true;
        }
        boolean first = handed - settled == 1; // nothing before it waits
        if (first && giveDirectly(element)) {
            loop.leave();
            return true;
        }
        return take(element, first, conditional);
    }

    private void leaveToOthers(T element) {
        enqueue(element);
        loop.drain();
        if (disposed) { // only now: the drain is the fence between the queue and this look
            loop.execute(this::discardAll);
        }
    }

    /** Inside the loop, which it leaves. As {@link #receive}. */
    private boolean take(T element, boolean first, boolean conditional) {
        boolean free = false;
        boolean moved = true;
        if (first && loop.begun()) {
            Offered outcome = give(element);
            if (outcome == Offered.BEYOND) {
                parked.add(element);
            } else {
                free = conditional && outcome != Offered.ACCEPTED;
                if (free) {
                    handed--;
                } else {
                    settleOne();
                }
                moved = loop.hasChanged() || outcome == Offered.LATE; // late: it may prove something
            }
        } else {
            enqueue(element);
        }
        loop.leave(moved, this);
        return !free;
    }

    /** Settles an element that changes nothing but counts. False when the loop has to see it. */
    private boolean isRepeat(T element, boolean conditional) {
        Window<T> w = loop.windows.present();
        if (w == null) {
            return false;
        }
        Offered outcome;
        int size;
        try {
            long sequence = loop.numbering.sequenceOf(element);
            if (sequence >= w.edge()
                    || (!conditional && asked - settled - repeats <= 1 + prefetch - refill)
                    || loop.numbering.epochOf(element) != w.epoch
                    || (ordered && (floor != sequence || floorEpoch != w.epoch))) {
                return false;
            }
            outcome = w.repeated(sequence, element);
            size = loop.numbering.sizeOf(element);
            if (outcome == Offered.ACCEPTED || loop.windows.isTooLarge(size)) {
                return false;
            }
            if (ordered) {
                FLOOR.setRelease(this, sequence + 1);
            }
        } catch (Throwable failure) {
            return false; // it fails once more inside the loop, which knows what to do then
        }
        loop.discard(element);
        repeated.count(outcome, size);
        if (!conditional) {
            REPEATS.setRelease(this, repeats + 1);
        }
        return true;
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

    /** Gives an element the direct way. False, and nothing has happened, when it has to go the other. */
    private boolean giveDirectly(T element) {
        int size;
        long sequence;
        try {
            size = loop.numbering.sizeOf(element);
            sequence = loop.numbering.sequenceOf(element);
            long epoch = loop.numbering.epochOf(element);
            if (!loop.takesDirectly(element, epoch, sequence, size)) {
                return false;
            }
            if (ordered) {
                noteFloor(epoch, sequence, Offered.ACCEPTED);
            }
        } catch (Throwable failure) {
            return false; // it fails once more, where that has its consequences
        }
        tally.accept(size);
        settleOne();
        loop.handOn(element, sequence);
        if (used() >= refill) {
            replenish();
        }
        return true;
    }

    /** Counts what is settled. An element that breaks the numbering ends this upstream and is settled too. */
    private Offered give(T element) {
        Offered outcome;
        int size;
        long sequence;
        long epoch;
        try {
            size = loop.numbering.sizeOf(element);
            sequence = loop.numbering.sequenceOf(element);
            epoch = loop.numbering.epochOf(element);
            outcome = loop.windows.accept(element, epoch, sequence, size);
        } catch (Throwable failure) {
            loop.discard(element);
            fail(failure);
            return Offered.LATE;
        }
        if (ordered) {
            noteFloor(epoch, sequence, outcome);
        }
        if (outcome != Offered.BEYOND) {
            loop.settled(name, element, outcome);
            tally.count(outcome, size);
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

    private void noteFloor(long epoch, long sequence, Offered outcome) {
        if (epoch > floorEpoch) {
            floorEpoch = epoch;
            floor = 0;
        }
        if (epoch == floorEpoch) {
            FLOOR.setRelease(this, Math.max(floor, outcome == Offered.BEYOND ? sequence : sequence + 1));
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
        settleOne();
        return true;
    }

    private void settleOne() {
        SETTLED.setRelease(this, settled + 1);
    }

    /** How much credit was used and not given again. */
    private int used() {
        return asked == 0 ? 0 : (int) (prefetch - (asked - settled - repeats));
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
        return ordered || (queue.isEmpty() && (ended || (asked != 0 && used() == 0 && parked.size() >= prefetch)));
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
        if (asked == 0) {
            ASKED.setRelease(this, (long) prefetch);
            subscription.request(prefetch);
            return;
        }
        int used = used();
        if (used >= refill || (used > 0 && waits() && parked.size() + queue.size() + used >= prefetch)) {
            ASKED.setRelease(this, asked + used);
            subscription.request(used);
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
        return tally.stats().plus(repeated.stats());
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
