package io.swarmflux.flux;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The window that is written, the one before it, and the account of what they hold.
 *
 * <p><b>Eviction.</b> History stays until its place is needed: by slots, by bytes, or because {@link MergeSpec#keep} is
 * over. Nothing that somebody may still wait for is evicted: the tail passes neither the frontier nor a reader that
 * holds. And nothing is evicted for an element that does not fit afterwards, so that one far sequence costs nobody
 * anything.
 *
 * <p><b>Bytes.</b> All windows together hold at most {@code max - largest}. Only the element that everything waits
 * for, which would be the oldest, may use the rest: so it is always taken, and {@code max} is never exceeded.
 *
 * <p><b>Epochs.</b> When a new one begins, the window before it stays for as long as anybody reads it. Of three, the
 * oldest is given up; but an element does not begin a third while a reader that waits is in the oldest.
 *
 * <p>Everything but the present window itself is for the drain loop only.
 */
final class Windows<T> {
    private static final VarHandle HELD = Handles.of(MethodHandles.lookup(), "heldBytes", long.class);

    private final DrainLoop<T> loop;
    private final MergeSpec<T> spec;
    private final Numbering<T> numbering;
    private final Readers<T> readers;
    private final long patienceNs;
    private final long keepNs;
    private final boolean bounded;
    private final long maxBytes;
    private final boolean timed;

    private volatile @Nullable Window<T> present;
    private @Nullable Window<T> previous;
    private volatile long heldBytes;
    private long heldFrom = -1;

    /** Each element once, whoever got it first. */
    private final LongAdder delivered = new LongAdder();

    /** Written inside the drain loop only. */
    private volatile long unread;

    Windows(DrainLoop<T> loop, MergeSpec<T> spec, Readers<T> readers) {
        this.loop = loop;
        this.spec = spec;
        this.numbering = spec.numbering();
        this.readers = readers;
        this.patienceNs = spec.patienceNs();
        this.keepNs = spec.keep() == null ? Alarm.NEVER : spec.keep().toNanos();
        this.bounded = spec.bytes().max() != Long.MAX_VALUE;
        this.maxBytes = spec.bytes().max() - spec.bytes().largest();
        this.timed = patienceNs != Alarm.NEVER || keepNs != Alarm.NEVER;
    }

    /** The window that is written; null before the beginning. From any thread. */
    @Nullable
    Window<T> present() {
        return present;
    }

    /** How much more could be taken, if what may be evicted were. From any thread. */
    long roomBytes() {
        return Math.max(0, maxBytes - heldBytes);
    }

    /** Whether an element would find a place, if what may be evicted were. From any thread; looks at each reader. */
    boolean hasRoom(Window<T> w, long sequence, int size) {
        long limit = Math.min(w.frontier(), readers.heldFrom(w));
        return sequence - limit < w.slots && (!bounded || size <= roomBytes() || sequence == limit);
    }

    /** How many elements at least one reader got. From any thread. */
    long delivered() {
        return delivered.sum() + readers.row().delivered();
    }

    /** How many elements left the windows before any reader got them. From any thread. */
    long unread() {
        return unread;
    }

    private void discardUnread(T element) {
        long before = unread;
        unread = before + 1;
        loop.discard(element);
    }

    // ------------------------------------------------------------------ epochs

    Window<T> open(long epoch, long from) {
        Window<T> old = present;
        long[] patiences = old == null
                ? new long[] {patienceNs}
                : Arrays.stream(old.horizons())
                        .mapToLong(horizon -> horizon.patienceNs)
                        .toArray();
        Window<T> opened = new Window<>(
                numbering, epoch, from, spec.slots(), patiences, delivered::increment, this::discardUnread);
        present = opened;
        if (old == null) {
            for (Reader<T> reader : readers.present()) {
                reader.join(opened);
            }
        } else {
            for (int i = 0; i < patiences.length; i++) {
                opened.horizons()[i].readers = old.horizons()[i].readers;
            }
            readers.row().breakUp(); // everybody finds its own way into the next
            dropPrevious();
            previous = old;
            loop.published(old, old.horizons()[0].limit(), old.edge());
            old.closeFor(opened);
        }
        loop.changed();
        loop.tell(() -> new HubEvent.Epoch(epoch, from));
        return opened;
    }

    private void dropPrevious() {
        Window<T> old = previous;
        if (old != null) {
            previous = null;
            old.evictTo(old.edge());
        }
    }

    /** Whether {@link #measure} keeps an account that others look at. */
    boolean isBounded() {
        return bounded;
    }

    /** Whether somebody may still read the window before. */
    boolean hasPrevious() {
        return previous != null;
    }

    /** True when the window before was forgotten because nobody reads it. */
    boolean forgetPrevious() {
        Window<T> old = previous;
        if (old == null || readers.anyReads(old)) {
            return false;
        }
        dropPrevious();
        return true;
    }

    void evictAll() {
        dropPrevious();
        Window<T> w = present;
        if (w != null) {
            w.evictTo(w.edge());
        }
    }

    // ------------------------------------------------------------------ elements

    /**
     * Stores an element if it has a place.
     *
     * @throws RuntimeException when the numbering does, or the element is outside of what it or the spec allows
     */
    Offered accept(T element, long epoch, long sequence, int size) {
        Window<T> w = present;
        if (w == null) {
            throw new IllegalStateException("nothing is accepted before the hub has begun");
        }
        if (isTooLarge(size)) {
            throw new IllegalArgumentException("element " + sequence + " has " + size + " bytes, the largest has "
                    + spec.bytes().largest());
        }
        if (epoch < w.epoch || (epoch == w.epoch && (sequence < w.tail() || sequence >= w.end))) {
            return Offered.LATE;
        }
        boolean randomAccess = numbering.randomAccess().test(element); // it may throw: before anything has changed
        if (epoch > w.epoch) {
            Window<T> old = previous;
            if (old != null && readers.heldFrom(old) != Long.MAX_VALUE) {
                return Offered.BEYOND;
            }
            StartPolicy start = spec.start();
            boolean given = start.kind() == StartPolicy.Kind.GIVEN;
            w = open(epoch, given ? Math.min(start.sequence(), sequence) : sequence);
        }
        T held = sequence < w.edge() ? w.peek(sequence) : null;
        if (held != null) {
            return held == element || numbering.same().test(held, element) ? Offered.DUPLICATE : Offered.CONFLICT;
        }
        if (!makePlace(w, sequence, size)) {
            return Offered.BEYOND;
        }
        w.store(sequence, element, size, randomAccess, timed ? loop.nowNs() : 0);
        if (bounded) {
            HELD.setRelease(
                    this, heldBytes + size); // until it is measured: who looks meanwhile sees less room, never more
        }
        loop.changed();
        loop.accepted(element);
        return Offered.ACCEPTED;
    }

    /**
     * Stores the element at the edge, which whoever reads by itself is given next. False, and nothing has changed, when it does not fit; nor has
     * anything when the numbering throws.
     */
    boolean append(Window<T> w, T element, long sequence, int size) {
        boolean randomAccess = numbering.randomAccess().test(element);
        boolean hasPlace = !bounded && !readers.anyIsPulled(); // nobody holds what is behind the edge, so it is made
        if (!hasPlace && (isTooLarge(size) || !makePlace(w, sequence, size))) {
            return false;
        }
        w.append(sequence, element, size, randomAccess, !readers.row().isEmpty(), timed ? loop.nowNs() : 0);
        if (bounded && readers.anyIsPulled()) {
            HELD.setRelease(this, heldBytes + size); // as in accept, until it is measured
        } // otherwise it is not needed any more as soon as it was handed on, and the account stays as it is
        return true;
    }

    /** Brings the account up to date after an element was handed on directly: who reads when asked to may hold it. */
    void measureDirect() {
        Window<T> w = present;
        if (bounded && w != null && readers.anyIsPulled()) {
            boolean unused = measure(w); // who listens is told of the element anyway
        }
    }

    /** Whether an element of this size is never taken. From any thread. */
    boolean isTooLarge(int size) {
        return bounded && size > spec.bytes().largest();
    }

    /** Evicts what has to go for an element. False, and nothing has changed, when that would not be enough. */
    private boolean makePlace(Window<T> w, long sequence, int size) {
        boolean slotIsFree = sequence - w.tail() < w.slots;
        if (slotIsFree && (!bounded || w.bytes() + previousBytes() + size <= maxBytes)) {
            return true;
        }
        long limit = evictable(w);
        if (sequence - limit >= w.slots || !makeRoom(w, sequence, size, Math.min(limit, sequence))) {
            return false;
        }
        w.evictTo(sequence - w.slots + 1);
        return true;
    }

    private boolean makeRoom(Window<T> w, long sequence, int size, long limit) {
        if (!bounded) {
            return true;
        }
        Window<T> old = previous;
        if (old != null && w.bytes() + old.bytes() + size > maxBytes && readers.heldFrom(old) == Long.MAX_VALUE) {
            dropPrevious();
        }
        long over = w.bytes() + previousBytes() + size - maxBytes;
        if (over <= 0) {
            return true;
        }
        long free = w.bytesBelow(limit);
        long reserve = limit == sequence ? spec.bytes().largest() : 0; // it would be the oldest
        if (over - free > reserve) {
            return false;
        }
        long wanted = w.bytes() - Math.min(over, free);
        long reach = Math.min(limit, w.tail() + w.slots);
        while (w.bytes() > wanted && w.tail() < reach) {
            w.evictTo(w.tail() + 1);
        }
        return true;
    }

    private long previousBytes() {
        Window<T> old = previous;
        return old == null ? 0 : old.bytes();
    }

    /** Below it nobody waits for anything and nobody holds anything. */
    private long evictable(Window<T> w) {
        return Math.min(w.frontier(), readers.heldFromNow(w));
    }

    // ------------------------------------------------------------------ the passing of time

    /** When the end is known, what has not come by now is missing. */
    void noticeEnd(Window<T> w, long nowNs) {
        long reach = Math.min(w.end, w.tail() + w.slots);
        if (w.end != Window.OPEN && w.edge() < reach && patienceNs != Alarm.NEVER) {
            w.notice(reach, nowNs);
        }
    }

    /** Whether what was kept for long enough is forgotten. */
    boolean forgets() {
        return keepNs != Alarm.NEVER;
    }

    /** Lets go of what is far behind the edge after a jump. */
    void follow(Window<T> w) {
        w.evictTo(Math.min(evictable(w), w.edge() - w.slots));
    }

    /** Forgets what was kept for long enough. When to look again. */
    long forget(Window<T> w, long nowNs) {
        if (keepNs == Alarm.NEVER) {
            return Alarm.NEVER;
        }
        long limit = Math.min(Math.min(evictable(w), w.newestRandomAccess()), w.tail() + w.slots);
        long to = w.tail();
        while (to < limit && w.atNs(to) + keepNs <= nowNs) {
            to++;
        }
        w.evictTo(to);
        // not for each element: what is a little too old costs nothing
        return to < limit ? Math.max(w.atNs(to) + keepNs, nowNs + (keepNs >> 4) + 1) : Alarm.NEVER;
    }

    /** Brings the account up to date. True when somebody let go of something. */
    boolean measure(Window<T> w) {
        long limit = Math.min(evictable(w), w.edge());
        if (bounded) {
            HELD.setRelease(this, w.bytes() - w.bytesBelow(limit) + previousBytes());
        }
        boolean freed = limit != heldFrom;
        heldFrom = limit;
        return freed;
    }
}
