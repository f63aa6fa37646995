package io.swarmflux.transport.tcp;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.ScheduledFuture;
import io.swarmflux.link.Inbox;
import io.swarmflux.link.Link;
import io.swarmflux.link.LinkException;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** One TCP connection. */
final class TcpLink implements Link {
    /** What is kept for a receiver that has not come yet. */
    private static final int HELD_FRAMES = 64;

    private final String remote;
    private final boolean dialled;
    private final int maxFrameBytes;
    private final ChannelHandlerContext context;
    private final Inbox inbox;
    private final Outbox outbox;
    private final Sinks.Empty<Void> closed = Sinks.empty();
    private volatile boolean sendingEnded;

    TcpLink(String remote, boolean dialled, int maxFrameBytes, ChannelHandlerContext context) {
        this.remote = remote;
        this.dialled = dialled;
        this.maxFrameBytes = maxFrameBytes;
        this.context = context;
        this.inbox =
                new Inbox(context.executor(), (int) Math.min(Integer.MAX_VALUE, (long) HELD_FRAMES * maxFrameBytes));
        this.outbox = new Outbox(context, this::halfClose);
    }

    Inbox inbox() {
        return inbox;
    }

    Outbox outbox() {
        return outbox;
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
        return maxFrameBytes;
    }

    @Override
    public Flux<ByteBuffer> receive() {
        return inbox.frames();
    }

    @Override
    public boolean send(ByteBuffer... parts) {
        int size = Link.frameBytes(maxFrameBytes, parts);
        if (sendingEnded) {
            return false;
        }
        outbox.send(size, parts);
        return true;
    }

    @Override
    public long unsentBytes() {
        return outbox.unsentBytes();
    }

    @Override
    public Mono<Void> onClose() {
        return closed.asMono();
    }

    @Override
    public Mono<Void> close() {
        return Mono.defer(() -> {
            if (!sendingEnded) {
                sendingEnded = true;
                onLoop(this::finish);
            }
            return onClose();
        });
    }

    /** Sends the rest and waits for the other end to read it and to close, but not for ever. */
    private void finish() {
        ScheduledFuture<?> impatience =
                context.executor().schedule(this::cut, CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        context.channel().closeFuture().addListener(done -> {
            boolean unused = impatience.cancel(false);
        });
        outbox.finish();
    }

    /**
     * Says that nothing more comes, and leaves it to the other end to close: closing here at once could reset the
     * connection under frames that the other end has not read yet.
     */
    private void halfClose() {
        SslHandler tls = context.pipeline().get(SslHandler.class);
        // Should it fail, impatience closes the channel.
        ChannelFuture unused = tls != null ? tls.closeOutbound() : ((DuplexChannel) context.channel()).shutdownOutput();
    }

    @Override
    public boolean isDisposed() {
        return sendingEnded;
    }

    @Override
    public void dispose() {
        sendingEnded = true;
        onLoop(() -> {
            inbox.complete();
            cut();
        });
    }

    /** Closes the socket at once: past the TLS handler, which would wait to say goodbye; nothing when closed already. */
    private void cut() {
        ChannelHandlerContext first = context.pipeline().firstContext();
        if (first != null) {
            ChannelFuture unused = first.close();
        }
    }

    /** The other end or the network broke the link; on the event loop. */
    void broken(String message, @Nullable Throwable cause) {
        sendingEnded = true;
        inbox.fail(new LinkException(remote, message, cause));
        cut();
    }

    /** The channel is closed; on the event loop. */
    void ended() {
        sendingEnded = true;
        inbox.complete();
        outbox.discard();
        closed.tryEmitEmpty();
    }

    private void onLoop(Runnable task) {
        try {
            context.executor().execute(task);
        } catch (RejectedExecutionException loopIsShutDown) {
            // The event loop has closed its channels before it stopped.
            closed.tryEmitEmpty();
        }
    }

    @Override
    public @Nullable String provenName() {
        SslHandler tls = context.pipeline().get(SslHandler.class);
        return tls == null ? null : PeerName.of(tls.engine().getSession());
    }

    @Override
    public String toString() {
        return (dialled ? "link to " : "link from ") + remote;
    }
}
