package io.swarmflux.link;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** One end of a loopback link: a lane in, a lane out. */
final class LoopbackLink implements Link, LoopbackLane.End {
    private static final int HELD_FRAMES = 64;

    private final String remote;
    private final boolean dialled;
    private final LoopbackLane in;
    private final LoopbackLane out;
    private final Inbox inbox;
    private final AtomicBoolean sendingEnded = new AtomicBoolean();
    private final Sinks.Empty<Void> closed = Sinks.empty();

    LoopbackLink(String remote, boolean dialled, LoopbackLane in, LoopbackLane out) {
        this.remote = remote;
        this.dialled = dialled;
        this.in = in;
        this.out = out;
        this.inbox = new Inbox(in, HELD_FRAMES * in.maxFrameBytes());
    }

    @Override
    public void arrived(ByteBuffer frame) {
        if (!inbox.offer(frame)) {
            inbox.fail(new LinkException(remote, "closed: nobody received the frames that came in", null));
            dispose();
        }
    }

    @Override
    public String remote() {
        return remote;
    }

    @Override
    public boolean dialled() {
        return dialled;
    }

    @Override
    public int maxFrameBytes() {
        return out.maxFrameBytes();
    }

    @Override
    public Flux<ByteBuffer> receive() {
        return inbox.frames();
    }

    @Override
    public boolean send(ByteBuffer... parts) {
        int size = Link.frameBytes(maxFrameBytes(), parts);
        if (sendingEnded.get()) {
            return false;
        }
        out.send(parts, size);
        return true;
    }

    @Override
    public long unsentBytes() {
        return out.unsentBytes();
    }

    @Override
    public Mono<Void> onClose() {
        return closed.asMono();
    }

    @Override
    public boolean isDisposed() {
        return sendingEnded.get();
    }

    @Override
    public Mono<Void> close() {
        return Mono.defer(() -> {
            endSending();
            return onClose();
        });
    }

    @Override
    public void dispose() {
        out.clear();
        in.clear();
        endSending();
        in.execute(this::ended);
    }

    /** The other end hears the end behind the frames sent before, and its answer ends this end. */
    private void endSending() {
        if (sendingEnded.compareAndSet(false, true)) {
            out.endBehindFrames();
        }
    }

    @Override
    public void ended() {
        inbox.complete();
        endSending();
        closed.tryEmitEmpty();
    }
}
