/** Links over TCP and TLS. */
module io.swarmflux.transport.tcp {
    requires transitive io.swarmflux.core;
    requires reactor.netty.core;
    requires io.netty.buffer;
    requires io.netty.common;
    requires io.netty.handler;
    requires io.netty.transport;
    requires java.naming;
    requires static transitive org.jspecify;

    exports io.swarmflux.transport.tcp;
}
