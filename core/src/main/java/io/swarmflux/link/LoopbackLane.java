package io.swarmflux.link;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import reactor.util.concurrent.Queues;

/**
 * One direction of a loopback link: tasks that run one after the other on a scheduler, most of them the delivery of a
 * frame. Nothing runs inside {@link #execute}, so two ends that answer each other do not nest.
 */
final class LoopbackLane implements Executor {
    /** What one link may do before the others on its thread have a turn. */
    private static final int TURN = 64;

    private static final byte POISON = (byte) 0xDD;

    private final Queue<Runnable> tasks =
            Queues.<Runnable>unboundedMultiproducer().get();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong unsentBytes = new AtomicLong();
    private final Scheduler scheduler;
    private final int maxFrameBytes;
    private @Nullable End end;
    private byte[] scratch = new byte[0];
    private volatile boolean cleared;

    /** Whom the frames are for. */
    interface End {
        /** A frame, valid during the call. */
        void arrived(ByteBuffer frame);

        /** Nothing more comes. */
        void ended();
    }

    LoopbackLane(Scheduler scheduler, int maxFrameBytes) {
        this.scheduler = scheduler;
        this.maxFrameBytes = maxFrameBytes;
    }

    /** Says whom the frames are for, before the first one. */
    void leadsTo(End receiver) {
        end = receiver;
    }

    int maxFrameBytes() {
        return maxFrameBytes;
    }

    long unsentBytes() {
        return unsentBytes.get();
    }

    /** Sends a frame of known size. */
    void send(ByteBuffer[] parts, int size) {
        // The caller may move the parts' positions once send has returned.
        ByteBuffer[] own = new ByteBuffer[parts.length];
        for (int i = 0; i < parts.length; i++) {
            own[i] = parts[i].duplicate();
        }
        unsentBytes.addAndGet(size);
        execute(() -> deliver(own, size));
    }

    /** Tells the receiver that nothing more comes. */
    void endBehindFrames() {
        execute(() -> {
            if (end != null) {
                end.ended();
            }
        });
    }

    /** Drops the frames that wait. */
    void clear() {
        cleared = true;
    }

    private void deliver(ByteBuffer[] parts, int size) {
        unsentBytes.addAndGet(-size);
        if (cleared || end == null) {
            return;
        }
        if (scratch.length < size) {
            scratch = new byte[size];
        }
        ByteBuffer frame = ByteBuffer.wrap(scratch);
        for (ByteBuffer part : parts) {
            frame.put(part);
        }
        end.arrived(frame.flip().slice().asReadOnlyBuffer());
        Arrays.fill(scratch, 0, size, POISON);
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (waiting.getAndIncrement() == 0) {
            schedule();
        }
    }

    private void schedule() {
        try {
            scheduler.schedule(this::turn);
        } catch (RejectedExecutionException shutDown) {
            // The scheduler is gone, and with it everybody on it.
            tasks.clear();
            unsentBytes.set(0);
        }
    }

    private void turn() {
        int done = 0;
        do {
            Runnable task = tasks.poll();
            if (task != null) {
                run(task);
            }
            done++;
        } while (done < TURN && done < waiting.get());
        if (waiting.addAndGet(-done) != 0) {
            schedule();
        }
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            // As an event loop does: one bad task must not stop the lane.
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
        }
    }
}
