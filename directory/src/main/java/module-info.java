/** The HTTP directory, its client, and Redis as the shared store of several. */
module io.swarmflux.directory {
    requires transitive io.swarmflux.core;
    requires com.fasterxml.jackson.databind;
    requires io.netty.buffer;
    requires io.netty.codec.http;
    requires io.netty.common;
    requires io.netty.handler;
    requires io.netty.transport;
    requires lettuce.core;
    requires micrometer.core;
    requires micrometer.registry.prometheus;
    requires reactor.netty.core;
    requires reactor.netty.http;
    requires static transitive org.jspecify;

    exports io.swarmflux.directory.http;
    exports io.swarmflux.directory.redis;
}
