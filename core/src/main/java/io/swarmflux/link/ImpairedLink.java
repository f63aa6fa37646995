package io.swarmflux.link;

import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/** A link whose frames go through an {@link ImpairedLane} first. */
final class ImpairedLink implements ForwardedLink {
    private final ImpairedTransport transport;
    private final long number;
    private final Link link;
    private final Scheduler scheduler;
    private final ImpairedLane lane;
    private final AtomicBoolean sendingEnded = new AtomicBoolean();
    private final Sinks.Empty<Void> closed = Sinks.empty();
    /** Disposed inside a cut, so that the link underneath must stay open. */
    private final Sinks.Empty<Void> abandoned = Sinks.empty();
    /** What the cut keeps from the other end, or from this one. */
    private final Queue<Runnable> keptByCut = new ConcurrentLinkedQueue<>();

    ImpairedLink(ImpairedTransport transport, long number, Link link, Scheduler scheduler, long seed) {
        this.transport = transport;
        this.number = number;
        this.link = link;
        this.scheduler = scheduler;
        this.lane = new ImpairedLane(scheduler, transport.uploads(), seed, this::arrived);
    }

    /** Which of its transport's links it is, from 1. */
    long number() {
        return number;
    }

    /** Starts to watch for the end of the link underneath. */
    void follow() {
        link.onClose().subscribe(nothing -> {}, error -> whenPassable(this::ended), () -> whenPassable(this::ended));
    }

    private boolean isCut() {
        return transport.isCut(link.remote());
    }

    private void whenPassable(Runnable action) {
        if (isCut()) {
            keptByCut.add(action);
        } else {
            action.run();
        }
    }

    /** A cut has ended, perhaps this link's. */
    void restored() {
        Runnable action = isCut() ? null : keptByCut.poll();
        while (action != null) {
            action.run();
            action = keptByCut.poll();
        }
    }

    private void ended() {
        sendingEnded.set(true);
        lane.dispose();
        transport.forget(this);
        closed.tryEmitEmpty();
    }

    private void arrived(ImpairedLane.Parcel parcel) {
        ByteBuffer[] frame = parcel.parts();
        if (frame == null) {
            whenPassable(() -> link.close().subscribe(nothing -> {}, error -> link.dispose()));
        } else if (!isCut()) {
            // Refused only when the link is closed, and then there is nobody to tell.
            link.send(frame);
        }
    }

    @Override
    public Link link() {
        return link;
    }

    @Override
    public Flux<ByteBuffer> receive() {
        Mono<ByteBuffer> passable = Mono.create(sink -> whenPassable(sink::success));
        Flux<ByteBuffer> frames = link.receive().filter(frame -> !isCut());
        if (transport.downloads().limited()) {
            frames = DownloadLane.slow(frames, transport, scheduler).filter(frame -> !isCut());
        }
        return frames.concatWith(passable)
                .onErrorResume(error -> passable.then(Mono.error(error)))
                .takeUntilOther(abandoned.asMono());
    }

    @Override
    public boolean send(ByteBuffer... parts) {
        int size = Link.frameBytes(maxFrameBytes(), parts);
        if (sendingEnded.get()) {
            return false;
        }
        if (!isCut() && !lane.offer(transport.conditionsOf(link.remote()), size, parts)) {
            transport.dropped();
        }
        return true;
    }

    @Override
    public long unsentBytes() {
        return lane.waitingBytes() + link.unsentBytes();
    }

    @Override
    public Mono<Void> onClose() {
        return closed.asMono();
    }

    @Override
    public Mono<Void> close() {
        return Mono.defer(() -> {
            if (sendingEnded.compareAndSet(false, true)) {
                lane.end();
                lane.after(CLOSE_LIMIT, this::dispose);
            }
            return onClose();
        });
    }

    @Override
    public boolean isDisposed() {
        return sendingEnded.get();
    }

    @Override
    public void dispose() {
        sendingEnded.set(true);
        lane.dispose();
        if (isCut()) {
            // This end knows; the other hears of it when the cut is over.
            keptByCut.add(link::dispose);
            abandoned.tryEmitEmpty();
            closed.tryEmitEmpty();
        } else {
            link.dispose();
        }
    }
}
