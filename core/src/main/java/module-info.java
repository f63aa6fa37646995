/** Segments, operators, links, wire format and peers: peer-to-peer live streaming as reactive streams. */
module io.swarmflux.core {
    requires transitive reactor.core;
    requires transitive org.reactivestreams;
    requires static transitive org.jspecify;
    requires java.management;
    requires static jdk.management; // only HotSpot has it
    requires static micrometer.core; // not transitive: who has no meters compiles without it
    requires org.snakeyaml.engine.v2;

    exports io.swarmflux.segment;
    exports io.swarmflux.flux;
    exports io.swarmflux.link;
    exports io.swarmflux.wire;
    exports io.swarmflux.topology;
    exports io.swarmflux.directory;
    exports io.swarmflux.peer;
    exports io.swarmflux.observe;
}
