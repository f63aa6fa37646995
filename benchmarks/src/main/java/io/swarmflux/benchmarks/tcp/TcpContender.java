package io.swarmflux.benchmarks.tcp;

import io.swarmflux.samples.bench.BlockingSockets;
import io.swarmflux.samples.bench.Carrier;
import io.swarmflux.samples.bench.Shape;
import io.swarmflux.samples.bench.SwarmFluxTcp;

/** Who carries segments over TCP. */
public enum TcpContender {
    /** Ours. */
    SWARMFLUX,
    /** The limit. */
    BLOCKING_SOCKETS,
    /** Netty's handlers. */
    PLAIN_NETTY,
    /** Reactor Netty by hand. */
    REACTOR_NETTY,
    /** RSocket's request-stream. */
    RSOCKET;

    /**
     * One that carries.
     *
     * @param shape who sends to whom
     * @return the carrier
     */
    public Carrier carrier(Shape shape) {
        return switch (this) {
            case SWARMFLUX -> new SwarmFluxTcp(shape);
            case BLOCKING_SOCKETS -> new BlockingSockets(shape);
            case PLAIN_NETTY -> new PlainNetty(shape);
            case REACTOR_NETTY -> new ReactorNettyByHand(shape);
            case RSOCKET -> new RSocketStream(shape);
        };
    }
}
