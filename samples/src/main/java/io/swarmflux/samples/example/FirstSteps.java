package io.swarmflux.samples.example;

import io.swarmflux.media.source.FileSource;
import io.swarmflux.peer.Pace;
import io.swarmflux.peer.Peer;
import io.swarmflux.peer.PeerOptions;
import io.swarmflux.peer.RunningPeer;
import io.swarmflux.peer.Seeder;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.StreamId;
import io.swarmflux.transport.tcp.TcpTransport;
import java.nio.file.Path;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The lines of the README: one stream, seeded on one host and joined on another. */
final class FirstSteps {
    private final StreamId news = StreamId.of("news");
    private final PeerOptions options = PeerOptions.defaults().over(TcpTransport.create());

    Mono<RunningPeer> seed(Path file) {
        return Seeder.of(news, FileSource.of(file))
                .at(Pace.rate(4_000_000))
                .with(options.listeningOn("0.0.0.0:9000"))
                .start();
    }

    Flux<Segment> join(String upstream, String otherUpstream) {
        Peer peer = Peer.of(news).upstream(upstream).upstream(otherUpstream).with(options.listeningOn("0.0.0.0:9001"));
        return Flux.usingWhen(peer.start(), RunningPeer::segments, RunningPeer::leave);
    }
}
