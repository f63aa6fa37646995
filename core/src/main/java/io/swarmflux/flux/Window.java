package io.swarmflux.flux;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The ring of one epoch: elements at {@code sequence & mask}. One thread at a time writes, under the hub's
 * work-in-progress counter; any number of threads read.
 *
 * <pre>
 *   late | kept, readable            | waited for, with holes  | nothing yet
 *        tail                        frontier                  edge                tail + slots
 *  ------+---------------------------+-------------------------+-------------------+-----------
 *         # # # # . # # # # # # # #   .  # # . . # # # #
 *                 ^ passed hole: still filled if it comes
 * </pre>
 *
 * <p><b>Order makes duplicates free.</b> Below {@code tail} is late, an occupied slot is a duplicate, an empty slot with
 * something behind it is a hole. There is no set and no map.
 *
 * <p><b>Horizons.</b> A reader with a patience of its own may not see past a hole before its deadline. Readers with one
 * patience share a {@link Horizon}: the first sequence that is neither here nor passed. The {@code frontier} is the
 * lowest horizon; nothing from it onward is evicted.
 *
 * <p><b>Reading without a lock.</b> An element knows its own sequence, so a reader that finds another lap's element in a
 * slot knows that it was overrun. The writer stores an element before it moves a horizon over it, and moves the tail
 * before it clears a slot; a reader loads its horizon, then the slot, then the tail. So an empty slot below the horizon
 * is a passed hole unless the tail has moved over it.
 *
 * <p><b>Delivered or discarded, never both.</b> The first reader to take an element and the writer that evicts it race
 * for the slot's {@code fate}, which names the sequence it is about, so that a reader that was lapped spoils nothing.
 */
final class Window<T> {
    static final long OPEN = Long.MAX_VALUE;

    private static final VarHandle FATE = MethodHandles.arrayElementVarHandle(long[].class);
    private static final long UNREAD = 0;
    private static final long TAKEN = 1;
    private static final long DISCARDED = 2;

    final long epoch;
    final long start;
    final int slots;

    /** The horizons in use; the first is the hub's own. */
    volatile Horizon[] horizons;

    /** The lowest sequence that is not late. */
    volatile long tail;

    /** One past the newest sequence held or known to be passed. */
    volatile long edge;

    /** One past the last sequence of the epoch. */
    volatile long end = OPEN;

    /** The epoch after this one; when it is set nothing is written here any more. */
    volatile @Nullable Window<T> successor;

    private final Numbering<T> numbering;
    private final int mask;
    private final AtomicReferenceArray<@Nullable T> ring;

    /** {@code sequence << 2} and what became of the element. */
    private final long[] fates;

    /** When an element came, or a hole was noticed, in nanoseconds of the hub's clock. Writer only. */
    private final long[] atNs;

    /** Bit set: the hole was passed because nobody will ever have it. Published by the horizon. */
    private final byte[] hopeless;

    private int count;
    private long bytes;

    /** The bytes held below {@code summedTo}. */
    private long sum;

    private long summedTo;
    private long newestRandomAccess;

    /** From where on holes were passed because the next epoch began. */
    volatile long closedFrom = OPEN;

    /** Where a run of sequences was passed that never had slots. */
    private volatile long jumpedFrom = OPEN;

    Window(Numbering<T> numbering, long epoch, long start, int slots, long[] patiencesNs) {
        this.numbering = numbering;
        this.epoch = epoch;
        this.start = start;
        this.slots = slots;
        this.mask = slots - 1;
        this.ring = new AtomicReferenceArray<>(slots);
        this.fates = new long[slots];
        java.util.Arrays.fill(fates, -1);
        this.atNs = new long[slots];
        this.hopeless = new byte[slots];
        this.tail = start;
        this.edge = start;
        this.summedTo = start;
        this.newestRandomAccess = start;
        this.horizons = new Horizon[patiencesNs.length];
        for (int i = 0; i < patiencesNs.length; i++) {
            horizons[i] = new Horizon(patiencesNs[i], start);
        }
    }

    /** The first sequence that readers of one patience may not see past yet. */
    static final class Horizon {
        final long patienceNs;
        int readers;
        volatile long limit;

        Horizon(long patienceNs, long limit) {
            this.patienceNs = patienceNs;
            this.limit = limit;
        }
    }

    // ------------------------------------------------------------------ any thread

    /** The element with this sequence, without taking it. */
    @Nullable
    T peek(long sequence) {
        T element = ring.getAcquire((int) sequence & mask);
        return element != null && numbering.sequence().applyAsLong(element) == sequence ? element : null;
    }

    /** Makes an element just peeked count as delivered. False when it was discarded first. */
    boolean take(long sequence) {
        int slot = (int) sequence & mask;
        long unread = sequence << 2 | UNREAD;
        long fate = (long) FATE.getAcquire(fates, slot);
        if (fate == unread) {
            fate = (long) FATE.compareAndExchange(fates, slot, unread, unread | TAKEN);
        }
        return fate == unread || fate == (unread | TAKEN);
    }

    /** Makes an element count as delivered whose eviction the reader itself holds up. */
    void takeHeld(long sequence) {
        FATE.setOpaque(fates, (int) sequence & mask, sequence << 2 | TAKEN);
    }

    /** The first sequence held at or after the given one, below the limit; the limit when there is none. */
    long firstHeld(long from, long limit) {
        long sequence = Math.max(from, tail);
        long reach = Math.min(limit, tail + slots); // nothing is held beyond it
        while (sequence < reach && peek(sequence) == null) {
            sequence++;
        }
        return sequence < reach ? sequence : limit;
    }

    /** The newest random-access element below the limit and not before {@code from}; {@code from} when there is none. */
    long newestRandomAccess(long from, long limit) {
        for (long sequence = Math.min(limit, tail + slots) - 1; sequence >= Math.max(from, tail); sequence--) {
            T element = peek(sequence);
            if (element != null && numbering.randomAccess().test(element)) {
                return sequence;
            }
        }
        return from;
    }

    /** The first random-access element from {@code from} on and below the limit; {@code from} when there is none. */
    long nextRandomAccess(long from, long limit) {
        for (long sequence = Math.max(from, tail); sequence < Math.min(limit, tail + slots); sequence++) {
            T element = peek(sequence);
            if (element != null && numbering.randomAccess().test(element)) {
                return sequence;
            }
        }
        return from;
    }

    /** Why a reader that stood at {@code from} finds nothing there. */
    Gap.Reason whyPassed(long from) {
        if (from >= closedFrom) {
            return Gap.Reason.EPOCH;
        }
        return hopeless[(int) from & mask] != 0 ? Gap.Reason.UNFILLABLE : Gap.Reason.TIMEOUT;
    }

    /** Whether the tail moved over {@code from} because everything there was passed, not because a reader lagged. */
    boolean jumpedOver(long from) {
        return from >= jumpedFrom;
    }

    long frontier() {
        long lowest = Long.MAX_VALUE;
        for (Horizon horizon : horizons) {
            lowest = Math.min(lowest, horizon.limit);
        }
        return lowest;
    }

    // ------------------------------------------------------------------ the writer

    int count() {
        return count;
    }

    long bytes() {
        return bytes;
    }

    Horizon horizonOf(long patienceNs) {
        for (Horizon horizon : horizons) {
            if (horizon.patienceNs == patienceNs) {
                return horizon;
            }
        }
        // a newcomer may not see further than the most patient, or it would hold what is evicted already
        Horizon added = new Horizon(patienceNs, frontier());
        Horizon[] more = java.util.Arrays.copyOf(horizons, horizons.length + 1);
        more[horizons.length] = added;
        horizons = more;
        return added;
    }

    void release(Horizon horizon) {
        if (--horizon.readers > 0 || horizon == horizons[0]) {
            return;
        }
        Horizon[] fewer = new Horizon[horizons.length - 1];
        int i = 0;
        for (Horizon other : horizons) {
            if (other != horizon) {
                fewer[i++] = other;
            }
        }
        horizons = fewer;
    }

    /** Stores an element in an empty slot within reach. */
    void store(long sequence, T element, int size, long nowNs) {
        int slot = (int) sequence & mask;
        FATE.setRelease(fates, slot, sequence << 2 | UNREAD);
        atNs[slot] = nowNs;
        ring.setRelease(slot, element);
        count++;
        bytes += size;
        if (sequence < summedTo) {
            sum += size;
        }
        if (sequence > newestRandomAccess && numbering.randomAccess().test(element)) {
            newestRandomAccess = sequence;
        }
        if (sequence >= edge) {
            notice(sequence, nowNs);
            edge = sequence + 1;
        }
    }

    /** The newest element where a reader may start, or the window's start. */
    long newestRandomAccess() {
        return newestRandomAccess;
    }

    /** The size of what is held below a sequence. */
    long bytesBelow(long limit) {
        if (limit < summedTo) {
            sum = 0;
            summedTo = tail;
        }
        for (; summedTo < limit; summedTo++) {
            T element = peek(summedTo);
            if (element != null) {
                sum += numbering.sizeBytes().applyAsInt(element);
            } else if (summedTo < tail) {
                summedTo = tail - 1;
            }
        }
        return sum;
    }

    /** Notes that everything up to a sequence exists, so that what is not here is missing from now on. */
    void notice(long to, long nowNs) {
        for (long hole = edge; hole < to; hole++) {
            atNs[(int) hole & mask] = nowNs;
            hopeless[(int) hole & mask] = 0;
        }
        edge = to;
    }

    /** When the element at this sequence came, or the hole there was noticed. */
    long atNs(long sequence) {
        return atNs[(int) sequence & mask];
    }

    /** Marks the hole at this sequence as one that nobody will ever fill. */
    void giveUp(long sequence) {
        hopeless[(int) sequence & mask] = 1;
    }

    /** Passes everything up to a sequence beyond the edge that never had slots here. */
    void jump(long to) {
        long from = edge;
        for (long hole = from; hole < Math.min(to, from + slots); hole++) {
            hopeless[(int) hole & mask] = 1;
        }
        jumpedFrom = Math.min(jumpedFrom, from);
        edge = to;
    }

    /** Passes every hole: nothing is written here any more. */
    void close() {
        closedFrom = frontier();
        for (Horizon horizon : horizons) {
            horizon.limit = edge;
        }
    }

    /** Moves the tail; what nobody took is discarded. */
    void evictTo(long newTail, Consumer<? super T> discard) {
        long oldTail = tail;
        if (newTail <= oldTail) {
            return;
        }
        tail = newTail;
        for (long sequence = oldTail; sequence < Math.min(newTail, oldTail + slots); sequence++) {
            int slot = (int) sequence & mask;
            T element = ring.getPlain(slot);
            if (element == null) {
                continue;
            }
            count--;
            int size = numbering.sizeBytes().applyAsInt(element);
            bytes -= size;
            if (sequence < summedTo) {
                sum -= size;
            }
            long unread = sequence << 2 | UNREAD;
            boolean discarded = FATE.compareAndSet(fates, slot, unread, unread | DISCARDED);
            ring.setRelease(slot, null);
            if (discarded) {
                discard.accept(element);
            }
        }
        if (jumpedFrom < newTail - slots) {
            jumpedFrom = OPEN;
        }
    }
}
