package io.swarmflux.link;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** One member's end of a {@link LoopbackGroup}: a lane in, and everybody else's lanes out. */
final class LoopbackGroupLink implements Link, LoopbackLane.End {
    private final LoopbackGroup group;
    private final String name;
    private final LoopbackLane in;
    private final Inbox inbox;
    private final AtomicBoolean over = new AtomicBoolean();
    private final Sinks.Empty<Void> closed = Sinks.empty();

    LoopbackGroupLink(LoopbackGroup group, String name, LoopbackLane in) {
        this.group = group;
        this.name = name;
        this.in = in;
        this.inbox = new Inbox(in, LoopbackGroup.HELD_BYTES);
        in.leadsTo(this);
    }

    String name() {
        return name;
    }

    LoopbackLane lane() {
        return in;
    }

    @Override
    public void arrived(ByteBuffer frame) {
        boolean unused = inbox.offer(frame); // what nobody receives is lost, as in a socket's buffer
    }

    @Override
    public void ended() {
        inbox.complete();
        closed.tryEmitEmpty();
    }

    @Override
    public String remote() {
        return group.address();
    }

    @Override
    public boolean dialled() {
        return true;
    }

    @Override
    public int maxFrameBytes() {
        return in.maxFrameBytes();
    }

    @Override
    public Flux<ByteBuffer> receive() {
        return inbox.frames();
    }

    @Override
    public boolean send(ByteBuffer... parts) {
        int size = Link.frameBytes(maxFrameBytes(), parts);
        if (over.get()) {
            return false;
        }
        group.send(this, parts, size);
        return true;
    }

    @Override
    public long unsentBytes() {
        return 0;
    }

    @Override
    public Mono<Void> onClose() {
        return closed.asMono();
    }

    @Override
    public Mono<Void> close() {
        return Mono.defer(() -> {
            dispose();
            return onClose();
        });
    }

    @Override
    public boolean isDisposed() {
        return over.get();
    }

    @Override
    public void dispose() {
        if (over.compareAndSet(false, true)) {
            group.leave(this);
            in.execute(this::ended);
        }
    }
}
