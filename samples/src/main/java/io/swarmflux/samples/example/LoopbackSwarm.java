package io.swarmflux.samples.example;

import io.swarmflux.link.LoopbackTransport;
import io.swarmflux.media.source.CounterSource;
import io.swarmflux.peer.Pace;
import io.swarmflux.peer.Peer;
import io.swarmflux.peer.PeerOptions;
import io.swarmflux.peer.RunningPeer;
import io.swarmflux.peer.Seeder;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.StreamId;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A seeder and two peers in one process, without any network: the second peer takes from the first and the seeder. */
public final class LoopbackSwarm {
    private static final StreamId NUMBERS = StreamId.of("numbers");

    private final PeerOptions options = PeerOptions.defaults().over(LoopbackTransport.create());

    /**
     * Streams integers through the swarm.
     *
     * @param count how many
     * @return emits what the second peer plays, in order; ends after the last; each subscription starts a swarm
     */
    public Flux<Segment> stream(int count) {
        Seeder seeder = Seeder.of(NUMBERS, CounterSource.of(count))
                .at(Pace.none())
                .with(options.named("seed").listeningOn("loop:seed").waitingFor(2));
        Peer relay = Peer.of(NUMBERS)
                .upstream("loop:seed")
                .with(options.named("relay").listeningOn("loop:relay").waitingFor(1));
        Peer last =
                Peer.of(NUMBERS).upstream("loop:seed").upstream("loop:relay").with(options.named("last"));
        return running(seeder.start(), running(relay.start(), playing(last)));
    }

    private static Flux<Segment> playing(Peer peer) {
        return Flux.usingWhen(peer.start(), RunningPeer::segments, RunningPeer::leave);
    }

    /** The stream while somebody else runs. */
    private static Flux<Segment> running(Mono<RunningPeer> start, Flux<Segment> stream) {
        return Flux.usingWhen(start, running -> stream, RunningPeer::leave);
    }
}
