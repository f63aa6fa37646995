package io.swarmflux.benchmarks.tcp;

import io.rsocket.Closeable;
import io.rsocket.Payload;
import io.rsocket.RSocket;
import io.rsocket.SocketAcceptor;
import io.rsocket.core.RSocketConnector;
import io.rsocket.core.RSocketServer;
import io.rsocket.transport.netty.client.TcpClientTransport;
import io.rsocket.transport.netty.server.CloseableChannel;
import io.rsocket.transport.netty.server.TcpServerTransport;
import io.rsocket.util.DefaultPayload;
import io.rsocket.util.EmptyPayload;
import io.swarmflux.samples.bench.Arrivals;
import io.swarmflux.samples.bench.Carrier;
import io.swarmflux.samples.bench.Feed;
import io.swarmflux.samples.bench.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import reactor.core.publisher.Flux;

/**
 * RSocket: each receiver requests a stream, {@value #DEMAND} segments at a time. Where several do, the sender shares the feed with
 * {@code publish()}, so the slowest sets the pace.
 *
 * @param shape who sends to whom
 */
public record RSocketStream(Shape shape) implements Carrier {
    private static final int DEMAND = 256;

    @Override
    public AutoCloseable carry(Feed feed, List<Arrivals> receivers) {
        Flux<byte[]> segments = feed.segments();
        Flux<byte[]> shared =
                receivers.size() == 1 ? segments : segments.publish(DEMAND).autoConnect(receivers.size());
        List<Closeable> open = new ArrayList<>();
        CloseableChannel at = listen(
                SocketAcceptor.forRequestStream(ask -> {
                    ask.release();
                    return shared.map(DefaultPayload::create);
                }),
                open);
        if (shape == Shape.RELAY) {
            RSocket upstream = connect(at, open);
            at = listen(
                    SocketAcceptor.forRequestStream(ask -> {
                        ask.release();
                        return upstream.requestStream(EmptyPayload.INSTANCE);
                    }),
                    open);
        }
        for (Arrivals each : receivers) {
            connect(at, open)
                    .requestStream(EmptyPayload.INSTANCE)
                    .limitRate(DEMAND)
                    .subscribe(segment -> take(segment, each), each::failed);
        }
        return () -> open.forEach(Closeable::dispose);
    }

    private static void take(Payload segment, Arrivals arrivals) {
        try {
            arrivals.arrived(segment.getData());
        } finally {
            segment.release();
        }
    }

    private static CloseableChannel listen(SocketAcceptor acceptor, List<Closeable> open) {
        CloseableChannel listening = Objects.requireNonNull(RSocketServer.create(acceptor)
                .bind(TcpServerTransport.create("127.0.0.1", 0))
                .block());
        open.add(0, listening);
        return listening;
    }

    private static RSocket connect(CloseableChannel to, List<Closeable> open) {
        RSocket socket = Objects.requireNonNull(RSocketConnector.create()
                .connect(TcpClientTransport.create(to.address()))
                .block());
        open.add(0, socket);
        return socket;
    }
}
