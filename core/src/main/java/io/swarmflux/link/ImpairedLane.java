package io.swarmflux.link;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * The way of frames through bad conditions: first they leave one after the other, at the rate of the host's access link
 * and then at the link's own, then each is under way for its delay. Every frame under way has one timer, and every timer delivers the frame that is due next, so an
 * imprecise clock cannot change the order.
 */
final class ImpairedLane {
    private static final double BITS_PER_BYTE_NS = 8e9;

    private final PriorityQueue<Parcel> underWay = new PriorityQueue<>();
    private final Scheduler scheduler;
    private final Scheduler.Worker worker;
    private final SplittableRandom random;
    private final Consumer<Parcel> exit;
    private final SharedQueue uploads;
    /** The frames that have not left yet, with their sizes. */
    private final Queue<Departure> departures = new ArrayDeque<>();

    private final AtomicLong unsentBytes = new AtomicLong();
    private long queuedBytes;
    private long number;
    private long freeNs = Long.MIN_VALUE;
    private long lastArrivalNs = Long.MIN_VALUE;
    private long latestNs = Long.MIN_VALUE;
    private boolean disposed;

    /** A frame under way, in parts; without any, the end. */
    static final class Parcel implements Comparable<Parcel> {
        private final long arrivalNs;
        private final long number;
        private final int size;
        private final ByteBuffer @Nullable [] parts;

        Parcel(long arrivalNs, long number, int size, ByteBuffer @Nullable [] parts) {
            this.arrivalNs = arrivalNs;
            this.number = number;
            this.size = size;
            this.parts = parts;
        }

        /** By arrival, then in the order in which they left. */
        @Override
        public int compareTo(Parcel other) {
            return arrivalNs != other.arrivalNs
                    ? Long.compare(arrivalNs, other.arrivalNs)
                    : Long.compare(number, other.number);
        }

        ByteBuffer @Nullable [] parts() {
            return parts;
        }
    }

    private record Departure(long atNs, int size) {}

    ImpairedLane(Scheduler scheduler, SharedQueue uploads, long seed, Consumer<Parcel> exit) {
        this.scheduler = scheduler;
        this.uploads = uploads;
        this.worker = scheduler.createWorker();
        this.random = new SplittableRandom(seed);
        this.exit = exit;
    }

    /** Sends a frame on its way; false when it did not fit. Several threads may call. */
    boolean offer(LinkConditions conditions, int size, ByteBuffer... parts) {
        int copies;
        long nowNs = scheduler.now(TimeUnit.NANOSECONDS);
        long firstNs;
        synchronized (this) {
            if (disposed) {
                // The link has ended while this thread sent: the frame vanishes with those under way.
                return true;
            }
            // All dice are thrown for every frame: changing one condition must not change another's luck.
            boolean lost = random.nextDouble() < conditions.loss();
            boolean twice = random.nextDouble() < conditions.duplication();
            boolean overtaken = random.nextDouble() < conditions.reordering();
            double jitter = random.nextDouble();
            if (queuedBytes + size > conditions.queueBytes() || !leaves(conditions, nowNs, size)) {
                return false;
            }
            firstNs = freeNs
                    + conditions.delay().toNanos()
                    + (long) (jitter * conditions.jitter().toNanos());
            if (overtaken) {
                firstNs += conditions.reorderingDelay().toNanos();
            } else {
                firstNs = Math.max(firstNs, lastArrivalNs);
                lastArrivalNs = firstNs;
            }
            copies = lost ? 0 : twice ? 2 : 1;
            ByteBuffer[] own = own(parts);
            for (int i = 0; i < copies; i++) {
                add(firstNs, size, own);
            }
        }
        for (int i = 0; i < copies; i++) {
            schedule(this::deliver, firstNs - nowNs);
        }
        return true;
    }

    /** Finds when a frame leaves; false when it does not fit into the queue of the access link. */
    private boolean leaves(LinkConditions conditions, long nowNs, int size) {
        long startNs = uploads.throughNs(nowNs, size);
        if (startNs == SharedQueue.FULL) {
            return false;
        }
        long bitsPerSecond = conditions.bitsPerSecond();
        freeNs =
                Math.max(startNs, freeNs) + (bitsPerSecond == 0 ? 0 : (long) (size * BITS_PER_BYTE_NS / bitsPerSecond));
        if (freeNs > nowNs) {
            forgetDeparted(nowNs);
            departures.add(new Departure(freeNs, size));
            unsentBytes.addAndGet(size);
        }
        return true;
    }

    private void forgetDeparted(long nowNs) {
        Departure first = departures.peek();
        while (first != null && first.atNs() <= nowNs) {
            departures.remove();
            unsentBytes.addAndGet(-first.size());
            first = departures.peek();
        }
    }

    /** The parts with positions of their own; the bytes do not change. */
    private static ByteBuffer[] own(ByteBuffer... parts) {
        ByteBuffer[] own = new ByteBuffer[parts.length];
        for (int i = 0; i < parts.length; i++) {
            own[i] = parts[i].duplicate();
        }
        return own;
    }

    private void add(long arrivalNs, int size, ByteBuffer @Nullable [] parts) {
        underWay.add(new Parcel(arrivalNs, number++, size, parts));
        queuedBytes += size;
        latestNs = Math.max(latestNs, arrivalNs);
    }

    /** Sends the end on its way, behind everything. */
    void end() {
        long nowNs = scheduler.now(TimeUnit.NANOSECONDS);
        long endNs;
        synchronized (this) {
            endNs = Math.max(nowNs, latestNs);
            add(endNs, 0, null);
        }
        schedule(this::deliver, endNs - nowNs);
    }

    /** Runs something later, unless the lane is disposed of before. */
    void after(Duration delay, Runnable task) {
        schedule(task, delay.toNanos());
    }

    private void schedule(Runnable task, long delayNs) {
        try {
            worker.schedule(task, Math.max(0, delayNs), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException ended) {
            // The link has ended, perhaps while another thread sent: nothing arrives any more.
        }
    }

    private void deliver() {
        Parcel parcel;
        synchronized (this) {
            parcel = underWay.poll();
            if (parcel != null) {
                queuedBytes -= parcel.size;
            }
        }
        if (parcel != null) {
            exit.accept(parcel);
        }
    }

    /** What the rates have not let go yet. */
    long waitingBytes() {
        if (unsentBytes.get() == 0) {
            return 0; // as nearly always: without the lock
        }
        synchronized (this) {
            forgetDeparted(scheduler.now(TimeUnit.NANOSECONDS));
            return unsentBytes.get();
        }
    }

    /** Drops what is under way and stops. */
    void dispose() {
        synchronized (this) {
            disposed = true;
            underWay.clear();
            departures.clear();
            unsentBytes.set(0);
            queuedBytes = 0;
            freeNs = Long.MIN_VALUE;
        }
        worker.dispose();
    }
}
