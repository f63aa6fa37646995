package io.swarmflux.samples.example;

import io.micrometer.core.instrument.MeterRegistry;
import io.swarmflux.observe.Health;
import io.swarmflux.observe.PeerMeters;
import io.swarmflux.peer.RunningPeer;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** A peer seen from outside; shown in the documents. */
final class Observing {
    Mono<Health> health(RunningPeer peer) {
        return peer.snapshot().map(Health::of);
    }

    Disposable measure(RunningPeer peer, MeterRegistry registry) {
        return PeerMeters.bind(peer, registry);
    }
}
