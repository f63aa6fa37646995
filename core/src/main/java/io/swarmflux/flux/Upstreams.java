package io.swarmflux.flux;

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
    private static final AtomicReferenceFieldUpdater<Upstreams, Roll> ROLL =
            AtomicReferenceFieldUpdater.newUpdater(Upstreams.class, Roll.class, "roll");

    private static final Upstream.Stats NOTHING = new Upstream.Stats(0, 0, 0, 0, 0, 0);

    private final int most;

    /** Replaced whenever it changes. */
    private volatile Roll<T> roll = new Roll<>(nobody(), NOTHING);

    // inside the drain loop only
    private int expected = Integer.MAX_VALUE;
    private int left;
    private int failed;
    private @Nullable Throwable firstFailure;

    Upstreams(int most) {
        this.most = most;
    }

    // ------------------------------------------------------------------ any thread

    /**
     * Who is here, and what those who left had brought: together, so that who adds up counts nobody twice.
     *
     * @param present an array, because it is walked for each element and an iterator would be garbage
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Roll<T>(Inlet<T>[] present, Upstream.Stats before) {}

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
    private static <T> Inlet<T>[] nobody() {
        return new Inlet[0];
    }

    /** Not to be written to. */
    Inlet<T>[] present() {
        return roll.present;
    }

    /** What became of everything that came, from whomever. */
    Upstream.Stats received() {
        Roll<T> all = roll;
        Upstream.Stats sum = all.before;
        for (Inlet<T> inlet : all.present) {
            sum = sum.plus(inlet.stats());
        }
        return sum;
    }

    void add(Inlet<T> inlet) {
        Roll<T> before;
        Inlet<T>[] more;
        do {
            before = roll;
            Inlet<T>[] now = before.present;
            if (now.length >= most) {
                throw new IllegalStateException("there are " + now.length + " upstreams already, the most that the spec"
                        + " allows; detach one or raise maxUpstreams before attaching '" + inlet.name() + "'");
            }
            for (Inlet<T> other : now) {
                if (other.name().equals(inlet.name())) {
                    throw new IllegalStateException("there is an upstream '" + inlet.name() + "' already");
                }
            }
            more = Copied.with(now, inlet);
        } while (!ROLL.compareAndSet(this, before, new Roll<>(more, before.before)));
    }

    // ------------------------------------------------------------------ inside the drain loop

    /** False when it was not there. */
    boolean remove(Inlet<T> inlet) {
        Roll<T> now;
        Inlet<T>[] fewer;
        do {
            now = roll;
            fewer = Copied.without(now.present, inlet);
            if (fewer == now.present) {
                return false;
            }
        } while (!ROLL.compareAndSet(this, now, new Roll<>(fewer, now.before.plus(inlet.stats()))));
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
        return areLast() && present().length == 0;
    }

    /** Why the stream failed, when it is over: because every upstream did. */
    @Nullable
    Throwable failure() {
        return failed > 0 && failed == left ? firstFailure : null;
    }

    boolean anyWaits() {
        for (Inlet<T> inlet : present()) {
            if (inlet.waits()) {
                return true;
            }
        }
        return false;
    }

    /** Whether everyone has proved that it will not bring this sequence. */
    boolean noneBrings(long epoch, long sequence) {
        Inlet<T>[] now = present();
        for (Inlet<T> inlet : now) {
            if (!inlet.cannotBring(epoch, sequence)) {
                return false;
            }
        }
        return now.length > 0 || areLast();
    }

    /** Whether nobody can bring this sequence before the window moves. */
    boolean areStuckBefore(long epoch, long sequence) {
        for (Inlet<T> inlet : present()) {
            if (!inlet.stuck() && !inlet.cannotBring(epoch, sequence)) {
                return false;
            }
        }
        return true;
    }

    /** The first sequence from {@code from} on that any may still bring; {@code from} when there are none. */
    long mayBringFrom(long epoch, long from) {
        Inlet<T>[] now = present();
        if (now.length == 0) {
            return from;
        }
        long lowest = Long.MAX_VALUE;
        for (Inlet<T> inlet : now) {
            lowest = Math.min(lowest, inlet.mayBringFrom(epoch, from));
        }
        return lowest;
    }
}
