package io.swarmflux.link;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.scheduler.Scheduler;

/**
 * The last part of the way of one link's frames: their turn on the access link of the host they have come to. What waits is a
 * copy, because a frame is a view; what ends the frames waits behind them. As in {@link ImpairedLane}, every timer delivers
 * what is next.
 */
final class DownloadLane {
    private final ImpairedTransport transport;
    private final Scheduler scheduler;
    private final Scheduler.Worker worker;
    private final FluxSink<ByteBuffer> sink;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private long latestNs = Long.MIN_VALUE;

    private DownloadLane(ImpairedTransport transport, Scheduler scheduler, FluxSink<ByteBuffer> sink) {
        this.transport = transport;
        this.scheduler = scheduler;
        this.worker = scheduler.createWorker();
        this.sink = sink;
    }

    /** The same frames, each when it is through. */
    static Flux<ByteBuffer> slow(Flux<ByteBuffer> frames, ImpairedTransport transport, Scheduler scheduler) {
        return Flux.push(sink -> {
            DownloadLane lane = new DownloadLane(transport, scheduler, sink);
            sink.onDispose(lane.worker);
            sink.onCancel(frames.subscribe(
                    lane::came,
                    failure -> lane.behindAll(() -> sink.error(failure)),
                    () -> lane.behindAll(sink::complete)));
        });
    }

    private void came(ByteBuffer frame) {
        long nowNs = scheduler.now(TimeUnit.NANOSECONDS);
        long throughNs = transport.downloads().throughNs(nowNs, frame.remaining());
        if (throughNs == SharedQueue.FULL) {
            transport.dropped();
            return;
        }
        ByteBuffer copy = ByteBuffer.allocate(frame.remaining())
                .put(frame.duplicate())
                .flip()
                .asReadOnlyBuffer();
        inTurn(() -> sink.next(copy), throughNs, nowNs);
    }

    private void behindAll(Runnable end) {
        inTurn(end, Long.MIN_VALUE, scheduler.now(TimeUnit.NANOSECONDS));
    }

    private void inTurn(Runnable task, long atNs, long nowNs) {
        long waitNs;
        synchronized (waiting) {
            latestNs = Math.max(latestNs, atNs);
            waitNs = Math.max(0, latestNs - nowNs);
            waiting.add(task);
        }
        try {
            worker.schedule(this::next, waitNs, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException cancelled) {
            // Nobody receives any more.
        }
    }

    private void next() {
        @Nullable Runnable task;
        synchronized (waiting) {
            task = waiting.poll();
        }
        if (task != null) {
            task.run();
        }
    }
}
