package io.swarmflux.flux;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The ring of one epoch: elements at {@code sequence & mask}. One thread at a time writes, inside the drain loop; any
 * number of threads read.
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
    private static final VarHandle TAIL = Handles.of(MethodHandles.lookup(), "tail", long.class);
    private static final VarHandle EDGE = Handles.of(MethodHandles.lookup(), "edge", long.class);
    private static final long UNREAD = 0;
    private static final long TAKEN = 1;
    private static final long DISCARDED = 2;

    final long epoch;
    final long start;
    final int slots;

    /** One past the last sequence of the epoch. */
    volatile long end = OPEN;

    /** The epoch after this one; when it is set nothing is written here any more. */
    volatile @Nullable Window<T> successor;

    /** From where on holes were passed because the next epoch began. */
    private volatile long closedFrom = OPEN;

    /** The last run of sequences that was passed without ever having slots. */
    private volatile @Nullable Jump jumped;

    private volatile Horizon[] horizons;
    private volatile long tail;
    private volatile long edge;

    private final Numbering<T> numbering;
    private final Runnable delivered;
    private final Consumer<? super T> discard;
    private final int mask;
    private final AtomicReferenceArray<@Nullable T> ring;

    /** The elements that came below the edge. */
    final Fills fills = new Fills();

    /** {@code sequence << 2} and what became of the element. */
    private final long[] fates;

    /** When an element came, or a hole was noticed, in nanoseconds of the hub's clock. Writer only. */
    private final long[] atNs;

    /** Not 0: the hole was passed because nobody will ever have it. Published by the horizon. */
    private final byte[] hopeless;

    private int count;
    private long bytes;

    /** The bytes held below {@code summedTo}. */
    private long sum;

    private long summedTo;
    private long newestRandomAccess = -1;

    /** A run that was passed in one step. */
    private record Jump(long from, long until) {}

    /**
     * An empty ring; {@code delivered} is told once for each element that a reader gets, on that reader's thread, {@code discard} of
     * each that is evicted before.
     */
    Window(
            Numbering<T> numbering,
            long epoch,
            long start,
            int slots,
            long[] patiencesNs,
            Runnable delivered,
            Consumer<? super T> discard) {
        this.numbering = numbering;
        this.epoch = epoch;
        this.start = start;
        this.slots = slots;
        this.delivered = delivered;
        this.discard = discard;
        this.mask = slots - 1;
        this.ring = new AtomicReferenceArray<>(slots);
        this.fates = new long[slots];
        Arrays.fill(fates, -1);
        this.atNs = new long[slots];
        this.hopeless = new byte[slots];
        this.tail = start;
        this.edge = start;
        this.summedTo = start;
        this.horizons = Arrays.stream(patiencesNs)
                .mapToObj(patience -> new Horizon(patience, start))
                .toArray(Horizon[]::new);
    }

    // ------------------------------------------------------------------ any thread

    /** The lowest sequence that is not late. */
    long tail() {
        return tail;
    }

    /** One past the newest sequence held or known to be passed. */
    long edge() {
        return edge;
    }

    /** The lowest horizon: the first sequence that somebody still waits for. */
    long frontier() {
        long lowest = Long.MAX_VALUE;
        for (Horizon horizon : horizons) {
            lowest = Math.min(lowest, horizon.limit());
        }
        return lowest;
    }

    /** A number that grows whenever something comes, is known to be missing or is evicted: each of the three only grows. */
    long changes() {
        return edge + tail + fills.count();
    }

    /** The element with this sequence, without taking it. */
    @Nullable
    T peek(long sequence) {
        T element = ring.getAcquire((int) sequence & mask);
        return element != null && numbering.sequence().applyAsLong(element) == sequence ? element : null;
    }

    /**
     * What becomes of an element of this epoch when nothing but a count changes with it: {@link Offered#DUPLICATE} of what is here or
     * {@link Offered#LATE}. {@link Offered#ACCEPTED} when more than that has to be looked at.
     */
    Offered repeated(long sequence, T element) {
        T held = ring.getAcquire((int) sequence & mask);
        if (held == element) {
            return Offered.DUPLICATE;
        }
        if (held == null || numbering.sequence().applyAsLong(held) != sequence) {
            return sequence < tail ? Offered.LATE : Offered.ACCEPTED;
        }
        return numbering.same().test(held, element) ? Offered.DUPLICATE : Offered.ACCEPTED;
    }

    /** Makes an element just peeked count as delivered. False when it was discarded first. */
    boolean take(long sequence) {
        return take(sequence, delivered);
    }

    /** As {@link #take(long)}, for who counts what it takes first by itself. */
    boolean take(long sequence, Runnable first) {
        int slot = (int) sequence & mask;
        long unread = sequence << 2 | UNREAD;
        long fate = (long) FATE.getAcquire(fates, slot);
        if (fate == unread) {
            fate = (long) FATE.compareAndExchange(fates, slot, unread, unread | TAKEN);
            if (fate == unread) {
                first.run();
            }
        }
        return fate == unread || fate == (unread | TAKEN);
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

    /** Up to where everything from a sequence below the tail on never was anywhere; the sequence itself when it was. */
    long jumpedFrom(long sequence) {
        if (sequence < start) {
            return start;
        }
        Jump last = jumped;
        return last != null && last.from <= sequence && sequence < last.until
                ? firstHeld(sequence, last.until)
                : sequence;
    }

    // ------------------------------------------------------------------ the writer: places

    /** The horizons in use; the first is the hub's own. */
    Horizon[] horizons() {
        return horizons;
    }

    /** The horizon of the readers of one patience. */
    Horizon horizonOf(long patienceNs) {
        for (Horizon horizon : horizons) {
            if (horizon.patienceNs == patienceNs) {
                return horizon;
            }
        }
        // a newcomer may not see further than the most patient, or it would hold what is evicted already
        Horizon added = new Horizon(patienceNs, frontier());
        Horizon[] more = Arrays.copyOf(horizons, horizons.length + 1);
        more[horizons.length] = added;
        horizons = more;
        return added;
    }

    /** Counts one reader less, and forgets the horizon of the last. */
    void release(long patienceNs) {
        Horizon horizon = horizonOf(patienceNs);
        if (--horizon.readers <= 0 && horizon != horizons[0]) {
            horizons = Arrays.stream(horizons)
                    .filter(other -> !other.equals(horizon))
                    .toArray(Horizon[]::new);
        }
    }

    /** Notes that everything up to a sequence exists, so that what is not here is missing from now on. */
    void notice(long to, long nowNs) {
        for (long hole = edge; hole < to; hole++) {
            atNs[(int) hole & mask] = nowNs;
            hopeless[(int) hole & mask] = 0;
        }
        EDGE.setRelease(this, to);
    }

    /** Marks the hole at this sequence as one that nobody will ever fill. */
    void giveUp(long sequence) {
        hopeless[(int) sequence & mask] = 1;
    }

    /** Passes everything from the edge up to a sequence, which may be further than there are slots. */
    void jump(long to, long nowNs) {
        long from = edge;
        for (long hole = Math.max(from, to - slots); hole < to; hole++) {
            atNs[(int) hole & mask] = nowNs;
        }
        for (long hole = from; hole < Math.min(to, from + slots); hole++) {
            hopeless[(int) hole & mask] = 1;
        }
        Jump last = jumped;
        jumped = new Jump(last != null && last.until == from ? last.from : from, to);
        edge = to;
        for (Horizon horizon : horizons) {
            horizon.moveTo(to);
        }
    }

    /** Passes every hole: from now on the next epoch is written. */
    void closeFor(Window<T> next) {
        closedFrom = frontier();
        for (Horizon horizon : horizons) {
            horizon.moveTo(edge);
        }
        successor = next;
    }

    // ------------------------------------------------------------------ the writer: elements

    int count() {
        return count;
    }

    long bytes() {
        return bytes;
    }

    /** When the element at this sequence came, or the hole there was noticed. */
    long atNs(long sequence) {
        return atNs[(int) sequence & mask];
    }

    /** The newest element where a reader may start; -1 when there was none. */
    long newestRandomAccess() {
        return newestRandomAccess;
    }

    /**
     * Stores the element at the edge; as one that is {@code taken} already, whoever calls this gives it to a reader next.
     * Nobody holds what has the place for it.
     */
    void append(long sequence, T element, int size, boolean randomAccess, boolean taken, long nowNs) {
        int slot = (int) sequence & mask;
        if (sequence - tail >= slots) {
            TAIL.setRelease(this, sequence - slots + 1);
            evict(sequence - slots, slot);
        }
        FATE.setRelease(fates, slot, sequence << 2 | (taken ? TAKEN : UNREAD));
        atNs[slot] = nowNs;
        ring.setRelease(slot, element);
        count++;
        bytes += size;
        if (randomAccess) {
            newestRandomAccess = sequence;
        }
        EDGE.setRelease(this, sequence + 1);
    }

    /** Stores an element in an empty slot within reach. */
    void store(long sequence, T element, int size, boolean randomAccess, long nowNs) {
        int slot = (int) sequence & mask;
        FATE.setRelease(fates, slot, sequence << 2 | UNREAD);
        if (sequence >= edge) {
            notice(sequence, nowNs);
        }
        atNs[slot] = nowNs;
        ring.setRelease(slot, element);
        count++;
        bytes += size;
        if (sequence < summedTo) {
            sum += size;
        }
        if (randomAccess && sequence > newestRandomAccess) {
            newestRandomAccess = sequence;
        }
        if (sequence >= edge) {
            EDGE.setRelease(this, sequence + 1);
        } else {
            fills.note(sequence);
        }
    }

    /** The size of what is held below a sequence. Cheap as long as the sequence rises. */
    long bytesBelow(long limit) {
        if (limit < summedTo) {
            sum = 0;
            summedTo = tail;
        }
        long reach = Math.min(limit, tail + slots); // nothing is held beyond it
        for (long sequence = Math.max(summedTo, tail); sequence < reach; sequence++) {
            T element = peek(sequence);
            if (element != null) {
                sum += numbering.sizeBytes().applyAsInt(element);
            }
        }
        summedTo = limit;
        return sum;
    }

    /** Moves the tail; what nobody took is discarded. */
    void evictTo(long newTail) {
        long oldTail = tail;
        if (newTail <= oldTail) {
            return;
        }
        TAIL.setRelease(this, newTail);
        for (long sequence = oldTail; sequence < Math.min(newTail, oldTail + slots); sequence++) {
            int slot = (int) sequence & mask;
            evict(sequence, slot);
            ring.setRelease(slot, null);
        }
    }

    /** Lets go of what is in a slot, which is overwritten next; the tail is beyond it already. */
    private void evict(long sequence, int slot) {
        T element = ring.getPlain(slot);
        if (element == null) {
            return;
        }
        count--;
        int size = numbering.sizeBytes().applyAsInt(element);
        bytes -= size;
        if (sequence < summedTo) {
            sum -= size;
        }
        long unread = sequence << 2 | UNREAD;
        if ((long) FATE.getAcquire(fates, slot) == unread
                && FATE.compareAndSet(fates, slot, unread, unread | DISCARDED)) {
            discard.accept(element);
        }
    }
}
