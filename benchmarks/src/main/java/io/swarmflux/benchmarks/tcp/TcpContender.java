package io.swarmflux.benchmarks.tcp;

import io.swarmflux.samples.bench.BlockingSockets;
import io.swarmflux.samples.bench.Carrier;
import io.swarmflux.samples.bench.Shape;
import io.swarmflux.samples.bench.SwarmFluxTcp;
import java.util.function.Function;

/** Who carries segments over TCP. */
public enum TcpContender {
    /** Ours. */
    SWARMFLUX(SwarmFluxTcp::new),
    /** The limit. */
    BLOCKING_SOCKETS(BlockingSockets::new),
    /** Netty's handlers. */
    PLAIN_NETTY(PlainNetty::new),
    /** Reactor Netty by hand. */
    REACTOR_NETTY(ReactorNettyByHand::new),
    /** RSocket's request-stream. */
    RSOCKET(RSocketStream::new);

    private final Function<Shape, Carrier> carrier;

    TcpContender(Function<Shape, Carrier> carrier) {
        this.carrier = carrier;
    }

    /**
     * One that carries.
     *
     * @param shape who sends to whom
     * @return the carrier
     */
    public Carrier carrier(Shape shape) {
        return carrier.apply(shape);
    }
}
