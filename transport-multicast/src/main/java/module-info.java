/** Links that a whole LAN hears, over UDP multicast. */
module io.swarmflux.transport.multicast {
    requires transitive io.swarmflux.core;
    requires reactor.netty.core;
    requires io.netty.buffer;
    requires io.netty.common;
    requires io.netty.transport;
    requires static transitive org.jspecify;

    exports io.swarmflux.transport.multicast;
}
