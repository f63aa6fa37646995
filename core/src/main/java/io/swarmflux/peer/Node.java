package io.swarmflux.peer;

import io.swarmflux.segment.StreamId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** A started peer. */
final class Node {
    /** What was asked for. */
    record Plan(
            StreamId stream,
            PeerOptions options,
            @Nullable Seeder seeder,
            List<String> upstreams,
            List<Peer.Local> locals,
            boolean lossless) {}

    private Node() {}

    static Mono<RunningPeer> start(Plan plan) {
        return Mono.error(new UnsupportedOperationException(plan.toString()));
    }
}
