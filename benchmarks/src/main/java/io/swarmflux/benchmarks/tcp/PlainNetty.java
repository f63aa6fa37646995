package io.swarmflux.benchmarks.tcp;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LengthFieldPrepender;
import io.swarmflux.samples.bench.Arrivals;
import io.swarmflux.samples.bench.Carrier;
import io.swarmflux.samples.bench.Feed;
import io.swarmflux.samples.bench.Shape;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import reactor.netty.resources.LoopResources;

/**
 * Netty's own handlers: segments are written one by one and flushed in batches, and the sender waits while a channel is full. Who passes on
 * stops to read while the next channel is full. On the same event loops and allocator as ours.
 *
 * @param shape who sends to whom
 */
public record PlainNetty(Shape shape) implements Carrier {
    private static final int BATCH_BYTES = 64 << 10;
    private static final int LONGEST = 1 << 20;
    private static final long LOOK_NS = 20_000;

    @Override
    public AutoCloseable carry(Feed feed, List<Arrivals> receivers) throws InterruptedException {
        LoopResources loops = LoopResources.create("plain");
        ConcurrentLinkedQueue<Channel> outgoing = new ConcurrentLinkedQueue<>();
        CountDownLatch connected = new CountDownLatch(receivers.size());
        SocketAddress at = listen(loops, new Opened(outgoing, connected));
        if (shape == Shape.RELAY) {
            ConcurrentLinkedQueue<Channel> next = new ConcurrentLinkedQueue<>();
            CountDownLatch nextConnected = new CountDownLatch(1);
            SocketAddress second = listen(loops, new Opened(next, nextConnected));
            connect(loops, second, () -> new Receiver(receivers.get(0)));
            nextConnected.await();
            connect(loops, at, () -> new Relay(next.element()));
        } else {
            for (Arrivals each : receivers) {
                connect(loops, at, () -> new Receiver(each));
            }
        }
        connected.await();
        new Thread(() -> send(feed, new ArrayList<>(outgoing)), "sender").start();
        return () -> loops.disposeLater().block();
    }

    private static void send(Feed feed, List<Channel> to) {
        boolean more = true;
        while (more && to.get(0).isActive()) {
            List<ByteBuf> batch = new ArrayList<>();
            int bytes = 0;
            do {
                ByteBuf segment = to.get(0).alloc().directBuffer(feed.bytes());
                more = feed.next(segment.nioBuffer(0, feed.bytes()));
                if (more) {
                    batch.add(segment.writerIndex(feed.bytes()));
                    bytes += feed.bytes();
                } else {
                    segment.release();
                }
            } while (more && !feed.paced() && bytes < BATCH_BYTES);
            for (Channel each : to) {
                while (!each.isWritable() && each.isActive()) {
                    LockSupport.parkNanos(LOOK_NS);
                }
                batch.forEach(ByteBuf::retain);
                each.eventLoop().execute(() -> {
                    for (ByteBuf segment : batch) {
                        ChannelFuture unused = each.write(segment.duplicate(), each.voidPromise());
                    }
                    each.flush();
                });
            }
            batch.forEach(ByteBuf::release);
        }
    }

    /** Notes who has connected. */
    private static final class Opened extends ChannelInboundHandlerAdapter {
        private final ConcurrentLinkedQueue<Channel> channels;
        private final CountDownLatch opened;

        Opened(ConcurrentLinkedQueue<Channel> channels, CountDownLatch opened) {
            this.channels = channels;
            this.opened = opened;
        }

        @Override
        public boolean isSharable() {
            return true;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            channels.add(context.channel());
            opened.countDown();
        }
    }

    /** Takes what comes. */
    private static final class Receiver extends ChannelInboundHandlerAdapter {
        private final Arrivals arrivals;

        Receiver(Arrivals arrivals) {
            this.arrivals = arrivals;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf segment = (ByteBuf) message;
            try {
                arrivals.arrived(segment.nioBuffer());
            } finally {
                segment.release();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            arrivals.failed(cause);
        }
    }

    /** Passes on what comes. */
    private static final class Relay extends ChannelInboundHandlerAdapter {
        private final Channel to;

        Relay(Channel to) {
            this.to = to;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            to.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                @Override
                public void channelWritabilityChanged(ChannelHandlerContext changed) {
                    context.channel().config().setAutoRead(changed.channel().isWritable());
                }
            });
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ChannelFuture unused = to.write(message, to.voidPromise());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            to.flush();
        }
    }

    private static SocketAddress listen(LoopResources loops, Opened opened) throws InterruptedException {
        EventLoopGroup group = loops.onServer(true);
        Class<? extends ServerChannel> type = loops.onChannelClass(ServerSocketChannel.class, group);
        return new ServerBootstrap()
                .group(group)
                .channel(type)
                .childHandler(initializer(
                        channel -> channel.pipeline().addLast(new LengthFieldPrepender(Integer.BYTES), opened)))
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sync()
                .channel()
                .localAddress();
    }

    private static void connect(LoopResources loops, SocketAddress to, Supplier<ChannelInboundHandlerAdapter> handler)
            throws InterruptedException {
        EventLoopGroup group = loops.onClient(true);
        ChannelFuture unused = new Bootstrap()
                .group(group)
                .channel(loops.onChannelClass(SocketChannel.class, group))
                .handler(initializer(channel -> channel.pipeline()
                        .addLast(
                                new LengthFieldBasedFrameDecoder(LONGEST, 0, Integer.BYTES, 0, Integer.BYTES),
                                handler.get())))
                .connect(to)
                .sync();
    }

    private static ChannelInitializer<Channel> initializer(java.util.function.Consumer<Channel> add) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                add.accept(channel);
            }
        };
    }
}
