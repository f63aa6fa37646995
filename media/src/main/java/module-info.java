/** Where streams come from and where they end: sources, segmenters and players. */
module io.swarmflux.media {
    requires transitive io.swarmflux.core;
    requires io.netty.buffer;
    requires io.netty.codec.http;
    requires io.netty.transport;
    requires reactor.netty.core;
    requires reactor.netty.http;
    requires static transitive org.jspecify;

    exports io.swarmflux.media.http;
    exports io.swarmflux.media.source;
    exports io.swarmflux.media.segmenter;
    exports io.swarmflux.media.player;
    exports io.swarmflux.media.playout;
}
