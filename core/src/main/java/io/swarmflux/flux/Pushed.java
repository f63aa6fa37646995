package io.swarmflux.flux;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Operators;
import reactor.util.concurrent.Queues;

/** An upstream that pushes; what the window cannot take is refused, not kept. {@link Intake} is its public face. */
final class Pushed<T> implements Inlet<T> {
    private static final int MAX_RANGES = 1024;

    private final StreamHub<T> hub;
    private final String name;
    private final Tally tally = new Tally();
    private final Queue<T> queue = Queues.<T>unboundedMultiproducer().get();
    private final List<long[]> gone = new ArrayList<>();
    private long goneEpoch = -1;
    private long goneBelow;
    private volatile boolean disposed;

    Pushed(StreamHub<T> hub, String name) {
        this.hub = hub;
        this.name = name;
    }

    void offer(T element) {
        if (disposed) {
            hub.discard(element);
            return;
        }
        if (hub.enter()) {
            boolean moved = (hub.begun() && queue.isEmpty()) ? give(element) : queue.add(element);
            hub.leave(moved, this);
        } else {
            queue.add(element);
            hub.drain();
        }
    }

    void gone(long epoch, long from, long until) {
        hub.execute(() -> {
            if (goneEpoch > epoch) {
                return;
            }
            if (goneEpoch < epoch) {
                goneEpoch = epoch;
                goneBelow = 0;
                gone.clear();
            }
            if (from <= goneBelow) {
                goneBelow = Math.max(goneBelow, until);
            } else {
                gone.add(new long[] {from, until});
            }
            long passed = Math.max(goneBelow, hub.passedBelow());
            gone.removeIf(range -> range[1] <= passed);
            // a stranger may list any number of ranges; the oldest matter first, and forgetting one proves less, not
            // more
            while (gone.size() > MAX_RANGES) {
                gone.remove(gone.size() - 1);
            }
        });
    }

    @Override
    public boolean pour() {
        boolean moved = false;
        for (T element = queue.peek(); element != null && hub.begun(); element = queue.peek()) {
            T head = queue.poll();
            if (head != null) {
                moved |= give(head);
            }
        }
        return moved;
    }

    private boolean give(T element) {
        Offered outcome;
        int size;
        try {
            size = hub.numbering().sizeBytes().applyAsInt(element);
            outcome = hub.accept(element, size);
        } catch (Throwable failure) {
            hub.discard(element);
            hub.detach(this, Operators.onOperatorError(null, failure, element, hub.currentContext()));
            return true;
        }
        if (outcome == Offered.BEYOND) {
            hub.discard(element);
        } else {
            hub.settled(name, element, outcome);
        }
        tally.count(outcome, size);
        hub.count(outcome, size);
        return outcome == Offered.ACCEPTED;
    }

    @Override
    public @Nullable T head() {
        return queue.peek();
    }

    @Override
    public boolean cannotBring(long epoch, long sequence) {
        if (goneEpoch != epoch) {
            return goneEpoch > epoch;
        }
        if (sequence < goneBelow) {
            return true;
        }
        for (long[] range : gone) {
            if (range[0] <= sequence && sequence < range[1]) {
                return true;
            }
        }
        return false;
    }

    @Override
    public long floor(long epoch) {
        return goneEpoch == epoch ? goneBelow : 0;
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
        for (T element = queue.poll(); element != null; element = queue.poll()) {
            hub.discard(element);
        }
    }

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
        return disposed;
    }
}
