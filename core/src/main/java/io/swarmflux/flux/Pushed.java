package io.swarmflux.flux;

import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Operators;
import reactor.util.concurrent.Queues;

/** An upstream that pushes; what the window cannot take is refused, not kept. {@link Intake} is its public face. */
final class Pushed<T> implements Inlet<T> {
    private static final int MAX_RANGES = 1024;

    private final DrainLoop<T> loop;
    private final String name;
    private final Tally tally = new Tally();
    private final Queue<T> queue = Queues.<T>unboundedMultiproducer().get();
    private volatile boolean disposed;

    // inside the drain loop only
    private @Nullable Throwable error;
    private long goneEpoch = -1;
    private long goneBelow;

    /** What was said to be gone, from {@code goneBelow} on: start and end of ranges that do not touch. */
    private final TreeMap<Long, Long> gone = new TreeMap<>();

    Pushed(DrainLoop<T> loop, String name) {
        this.loop = loop;
        this.name = name;
    }

    void offer(T element) {
        Objects.requireNonNull(element, "an element is not null");
        if (disposed) {
            loop.discard(element);
            return;
        }
        if (loop.enter()) {
            boolean moved = (loop.begun() && queue.isEmpty()) ? give(element) : queue.add(element);
            loop.leave(moved, this);
            return;
        }
        queue.add(element);
        loop.drain();
        if (disposed) { // only now: the drain is the fence between the queue and this look
            loop.execute(this::discardAll);
        }
    }

    void gone(long epoch, long from, long until) {
        if (from < until) {
            loop.execute(() -> note(epoch, from, until));
        }
    }

    private void note(long epoch, long from, long until) {
        if (goneEpoch > epoch) {
            return;
        }
        if (goneEpoch < epoch) {
            goneEpoch = epoch;
            goneBelow = 0;
            gone.clear();
        }
        Window<T> w = loop.windows.present();
        if (w != null && w.epoch == epoch) {
            goneBelow = Math.max(goneBelow, w.tail());
        }
        long low = from;
        long high = until;
        for (Map.Entry<Long, Long> range = gone.floorEntry(high);
                range != null && range.getValue() >= low;
                range = gone.floorEntry(high)) {
            low = Math.min(low, range.getKey());
            high = Math.max(high, range.getValue());
            gone.remove(range.getKey());
        }
        gone.put(low, high);
        for (Map.Entry<Long, Long> range = gone.firstEntry();
                range != null && range.getKey() <= goneBelow;
                range = gone.firstEntry()) {
            goneBelow = Math.max(goneBelow, range.getValue());
            gone.remove(range.getKey());
        }
        // a stranger may list any number of ranges; the oldest matter first, and to forget one proves less, not more
        while (gone.size() > MAX_RANGES) {
            gone.pollLastEntry();
        }
    }

    // ------------------------------------------------------------------ inside the drain loop

    @Override
    public int pour(int most) {
        int looked = 0;
        while (looked < most) {
            T element = queue.poll();
            if (element == null) {
                break;
            }
            give(element);
            looked++;
        }
        return looked;
    }

    private boolean give(T element) {
        Offered outcome;
        int size;
        long sequence;
        boolean direct;
        try {
            size = loop.numbering.sizeOf(element);
            sequence = loop.numbering.sequenceOf(element);
            long epoch = loop.numbering.epochOf(element);
            direct = loop.takesDirectly(element, epoch, sequence, size);
            outcome = direct ? Offered.ACCEPTED : loop.windows.accept(element, epoch, sequence, size);
        } catch (Throwable failure) {
            loop.discard(element);
            fail(failure);
            return true;
        }
        loop.settled(name, element, outcome);
        tally.count(outcome, size);
        if (direct) {
            loop.handOn(element, sequence);
        }
        return loop.hasChanged();
    }

    @Override
    public void fail(Throwable failure) {
        error = Operators.onOperatorError(null, failure, loop.context);
        loop.detach(this);
    }

    @Override
    public @Nullable Throwable failure() {
        return error;
    }

    @Override
    public @Nullable T head() {
        return queue.peek();
    }

    @Override
    public boolean showsItsLowest() {
        return !queue.isEmpty();
    }

    @Override
    public boolean waits() {
        return !queue.isEmpty();
    }

    @Override
    public boolean cannotBring(long epoch, long sequence) {
        return mayBringFrom(epoch, sequence) > sequence;
    }

    @Override
    public long mayBringFrom(long epoch, long from) {
        if (goneEpoch != epoch) {
            return from; // another epoch proves nothing about this one
        }
        if (from < goneBelow) {
            return goneBelow;
        }
        Map.Entry<Long, Long> range = gone.floorEntry(from);
        return range != null && range.getValue() > from ? range.getValue() : from;
    }

    @Override
    public boolean stuck() {
        return false;
    }

    @Override
    public boolean drained() {
        return false;
    }

    @Override
    public void replenish() {
        // a push source has its own flow control
    }

    @Override
    public void close() {
        disposed = true;
        discardAll();
    }

    private void discardAll() {
        for (T element = queue.poll(); element != null; element = queue.poll()) {
            loop.discard(element);
        }
    }

    // ------------------------------------------------------------------ any thread

    @Override
    public String name() {
        return name;
    }

    long receivedBytes() {
        return tally.bytes();
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
        return disposed;
    }
}
