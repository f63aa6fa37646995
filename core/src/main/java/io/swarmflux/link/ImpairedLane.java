package io.swarmflux.link;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * The way of frames through bad conditions: first they leave one after the other at the rate, then each is under way
 * for its delay. Every frame under way has one timer, and every timer delivers the frame that is due next, so an
 * imprecise clock cannot change the order.
 */
final class ImpairedLane {
    private static final double BITS_PER_BYTE_NS = 8e9;

    private final PriorityQueue<Parcel> underWay =
            new PriorityQueue<>(Comparator.comparingLong(Parcel::arrivalNs).thenComparingLong(Parcel::number));
    private final Scheduler scheduler;
    private final Scheduler.Worker worker;
    private final SplittableRandom random;
    private final Consumer<Parcel> exit;
    private long queuedBytes;
    private long number;
    private long freeNs = Long.MIN_VALUE;
    private long lastArrivalNs = Long.MIN_VALUE;
    private long latestNs = Long.MIN_VALUE;
    private long bitsPerSecond;
    private boolean disposed;

    /** A frame under way; without one, the end. */
    record Parcel(long arrivalNs, long number, @Nullable ByteBuffer frame) {
        int size() {
            return frame == null ? 0 : frame.remaining();
        }
    }

    ImpairedLane(Scheduler scheduler, long seed, Consumer<Parcel> exit) {
        this.scheduler = scheduler;
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
            if (queuedBytes + size > conditions.queueBytes()) {
                return false;
            }
            freeNs = leavesNs(conditions, nowNs, size);
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
            ByteBuffer frame = gather(size, parts);
            for (int i = 0; i < copies; i++) {
                add(firstNs, frame);
            }
        }
        for (int i = 0; i < copies; i++) {
            schedule(this::deliver, firstNs - nowNs);
        }
        return true;
    }

    private long leavesNs(LinkConditions conditions, long nowNs, int size) {
        bitsPerSecond = conditions.bitsPerSecond();
        long startNs = Math.max(nowNs, freeNs);
        return bitsPerSecond == 0 ? startNs : startNs + (long) (size * BITS_PER_BYTE_NS / bitsPerSecond);
    }

    private static ByteBuffer gather(int size, ByteBuffer... parts) {
        ByteBuffer frame = ByteBuffer.allocate(size);
        for (ByteBuffer part : parts) {
            frame.put(part.duplicate());
        }
        return frame.flip().asReadOnlyBuffer();
    }

    private void add(long arrivalNs, @Nullable ByteBuffer frame) {
        Parcel parcel = new Parcel(arrivalNs, number++, frame);
        underWay.add(parcel);
        queuedBytes += parcel.size();
        latestNs = Math.max(latestNs, arrivalNs);
    }

    /** Sends the end on its way, behind everything. */
    void end() {
        long nowNs = scheduler.now(TimeUnit.NANOSECONDS);
        long endNs;
        synchronized (this) {
            endNs = Math.max(nowNs, latestNs);
            add(endNs, null);
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
                queuedBytes -= parcel.size();
            }
        }
        if (parcel != null) {
            exit.accept(parcel);
        }
    }

    /** What the rate has not let go yet. */
    synchronized long waitingBytes() {
        long waitNs = freeNs - scheduler.now(TimeUnit.NANOSECONDS);
        return freeNs == Long.MIN_VALUE || waitNs <= 0 ? 0 : (long) (waitNs * bitsPerSecond / BITS_PER_BYTE_NS);
    }

    /** Drops what is under way and stops. */
    void dispose() {
        synchronized (this) {
            disposed = true;
            underWay.clear();
            queuedBytes = 0;
            freeNs = Long.MIN_VALUE;
        }
        worker.dispose();
    }
}
