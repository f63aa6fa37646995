package io.swarmflux.transport.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.swarmflux.link.Link;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The place of a link in the pipeline of its channel: behind TLS, before Reactor Netty, which sees neither bytes nor
 * errors of an open link.
 */
final class TcpLinkHandler extends ChannelInboundHandlerAdapter implements FrameReader.Receiver {
    /** A link that brings much is read in large pieces: fewer calls, and fewer frames that are split over two of them. */
    private static final RecvByteBufAllocator BUFFERS = new AdaptiveRecvByteBufAllocator(64, 2048, 256 << 10);

    private final Function<ChannelHandlerContext, TcpLink> links;
    private final Consumer<? super Link> whenOpen;
    private @Nullable TcpLink link;
    private @Nullable FrameReader reader;
    private boolean open;

    TcpLinkHandler(Function<ChannelHandlerContext, TcpLink> links, Consumer<? super Link> whenOpen) {
        this.links = links;
        this.whenOpen = whenOpen;
    }

    /** The link, once the channel is registered. */
    TcpLink link() {
        if (link == null) {
            throw new IllegalStateException("the channel has no link yet");
        }
        return link;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        context.channel().config().setRecvByteBufAllocator(BUFFERS); // before the first read, which keeps it
        TcpLink made = links.apply(context);
        link = made;
        reader = new FrameReader(made.maxFrameBytes(), context.alloc());
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        if (reader != null) {
            reader.release();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        open = true;
        context.fireChannelActive();
        // Reactor Netty reads on demand; a link is always read.
        context.channel().config().setAutoRead(true);
        whenOpen.accept(link());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            if (reader != null) {
                reader.read(bytes, this);
            }
        } finally {
            bytes.release();
        }
    }

    @Override
    public boolean onFrame(ByteBuffer frame) {
        TcpLink to = link();
        if (!to.inbox().offer(frame)) {
            to.broken("closed: nobody received the frames that came in", null);
            return false;
        }
        return true;
    }

    @Override
    public void onViolation(String message) {
        link().broken("closed: it " + message, null);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslCloseCompletionEvent && open) {
            // The other end's goodbye inside TLS means what FIN means outside.
            ChannelFuture unused = context.close();
        }
        context.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (reader != null && reader.insideFrame()) {
            link().broken("closed in the middle of a frame", null);
        }
        link().ended();
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!open) {
            context.fireExceptionCaught(cause);
        } else if (!(cause instanceof ClosedChannelException)) {
            // A closed channel is told by channelInactive.
            link().broken("broke: " + cause.getMessage(), cause);
        }
    }
}
