package io.swarmflux.benchmarks.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LengthFieldPrepender;
import io.swarmflux.samples.bench.Arrivals;
import io.swarmflux.samples.bench.Carrier;
import io.swarmflux.samples.bench.Feed;
import io.swarmflux.samples.bench.Shape;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.netty.Connection;
import reactor.netty.DisposableChannel;
import reactor.netty.tcp.TcpClient;
import reactor.netty.tcp.TcpServer;

/**
 * Reactor Netty as one would use it by hand: a {@code Flux} goes into {@code send}, another comes out of {@code receive}, with Netty's
 * handlers for the lengths before each segment. Where several receive, the sender shares the feed with {@code publish()}.
 *
 * @param shape who sends to whom
 */
public record ReactorNettyByHand(Shape shape) implements Carrier {
    private static final int PREFETCH = 256;
    private static final int LONGEST = 1 << 20;

    @Override
    public AutoCloseable carry(Feed feed, List<Arrivals> receivers) {
        Flux<byte[]> segments = feed.segments();
        Flux<byte[]> shared =
                receivers.size() == 1 ? segments : segments.publish(PREFETCH).autoConnect(receivers.size());
        List<DisposableChannel> open = new ArrayList<>();
        InetSocketAddress at = listen(() -> shared.map(Unpooled::wrappedBuffer), open);
        if (shape == Shape.RELAY) {
            Connection upstream = connect(at, open);
            at = listen(() -> upstream.inbound().receive().retain(), open);
        }
        for (Arrivals each : receivers) {
            connect(at, open).inbound().receive().subscribe(segment -> each.arrived(segment.nioBuffer()), each::failed);
        }
        return () -> open.forEach(DisposableChannel::disposeNow);
    }

    private static InetSocketAddress listen(Supplier<Flux<ByteBuf>> segments, List<DisposableChannel> open) {
        DisposableChannel listening = TcpServer.create()
                .host("127.0.0.1")
                .port(0)
                .doOnConnection(connection -> connection.addHandlerLast(new LengthFieldPrepender(Integer.BYTES)))
                .handle((in, out) -> out.send(segments.get()))
                .bindNow();
        open.add(0, listening);
        return (InetSocketAddress) listening.channel().localAddress();
    }

    private static Connection connect(InetSocketAddress to, List<DisposableChannel> open) {
        Connection connection = TcpClient.newConnection()
                .host(to.getHostString())
                .port(to.getPort())
                .doOnChannelInit((observer, channel, remote) -> channel.pipeline()
                        .addFirst(new LengthFieldBasedFrameDecoder(LONGEST, 0, Integer.BYTES, 0, Integer.BYTES)))
                .connectNow();
        open.add(0, connection);
        return connection;
    }
}
