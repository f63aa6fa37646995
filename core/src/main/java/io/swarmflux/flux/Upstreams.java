package io.swarmflux.flux;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * The upstreams of a hub, and what they prove together.
 *
 * <p>A hole is hopeless when every one of them has proved that it will not bring it; or when none can bring anything
 * before the window moves, and only this hole holds the window. Without the second rule a merge whose sources have
 * all run ahead of its window would wait for ever.
 */
final class Upstreams<T> {
    @SuppressWarnings("rawtypes")
    private static final AtomicReferenceFieldUpdater<Upstreams, List> PRESENT =
            AtomicReferenceFieldUpdater.newUpdater(Upstreams.class, List.class, "present");

    private final int most;
    private volatile List<Inlet<T>> present = List.of();

    // inside the drain loop only
    private int expected = Integer.MAX_VALUE;
    private int left;
    private int failed;
    private @Nullable Throwable firstFailure;

    Upstreams(int most) {
        this.most = most;
    }

    // ------------------------------------------------------------------ any thread

    List<Inlet<T>> present() {
        return present;
    }

    void add(Inlet<T> inlet) {
        List<Inlet<T>> now;
        List<Inlet<T>> more;
        do {
            now = present;
            if (now.size() >= most) {
                throw new IllegalStateException("there are " + now.size() + " upstreams already, the most that the spec"
                        + " allows; detach one or raise maxUpstreams before attaching '" + inlet.name() + "'");
            }
            for (Inlet<T> other : now) {
                if (other.name().equals(inlet.name())) {
                    throw new IllegalStateException("there is an upstream '" + inlet.name() + "' already");
                }
            }
            more = new ArrayList<>(now);
            more.add(inlet);
        } while (!PRESENT.compareAndSet(this, now, List.copyOf(more)));
    }

    // ------------------------------------------------------------------ inside the drain loop

    /** False when it was not there. */
    boolean remove(Inlet<T> inlet) {
        List<Inlet<T>> now;
        List<Inlet<T>> fewer;
        do {
            now = present;
            fewer = new ArrayList<>(now);
            if (!fewer.remove(inlet)) {
                return false;
            }
        } while (!PRESENT.compareAndSet(this, now, List.copyOf(fewer)));
        left++;
        Throwable error = inlet.failure();
        if (error != null) {
            failed++;
            firstFailure = firstFailure == null ? error : firstFailure;
        }
        return true;
    }

    /** No more than these will ever be added. */
    void expect(int upstreams) {
        expected = upstreams;
    }

    int expected() {
        return expected;
    }

    /** Whether no more will come than are here. */
    boolean areLast() {
        return expected != Integer.MAX_VALUE;
    }

    /** Whether the last has ended and gave everything away. */
    boolean areOver() {
        return areLast() && present.isEmpty();
    }

    /** Why the stream failed, when it is over: because every upstream did. */
    @Nullable
    Throwable failure() {
        return failed > 0 && failed == left ? firstFailure : null;
    }

    boolean anyWaits() {
        for (Inlet<T> inlet : present) {
            if (inlet.waits()) {
                return true;
            }
        }
        return false;
    }

    /** Whether everyone has proved that it will not bring this sequence. */
    boolean noneBrings(long epoch, long sequence) {
        List<Inlet<T>> now = present;
        for (Inlet<T> inlet : now) {
            if (!inlet.cannotBring(epoch, sequence)) {
                return false;
            }
        }
        return !now.isEmpty() || areLast();
    }

    /** Whether nobody can bring this sequence before the window moves. */
    boolean areStuckBefore(long epoch, long sequence) {
        for (Inlet<T> inlet : present) {
            if (!inlet.stuck() && !inlet.cannotBring(epoch, sequence)) {
                return false;
            }
        }
        return true;
    }

    /** The first sequence from {@code from} on that any may still bring; {@code from} when there are none. */
    long mayBringFrom(long epoch, long from) {
        List<Inlet<T>> now = present;
        if (now.isEmpty()) {
            return from;
        }
        long lowest = Long.MAX_VALUE;
        for (Inlet<T> inlet : now) {
            lowest = Math.min(lowest, inlet.mayBringFrom(epoch, from));
        }
        return lowest;
    }
}
