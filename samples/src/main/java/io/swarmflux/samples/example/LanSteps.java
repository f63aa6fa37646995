package io.swarmflux.samples.example;

import io.swarmflux.peer.Island;
import io.swarmflux.peer.Peer;
import io.swarmflux.peer.PeerOptions;
import io.swarmflux.peer.RunningPeer;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.StreamId;
import io.swarmflux.transport.multicast.MulticastTransport;
import io.swarmflux.transport.tcp.TcpTransport;
import reactor.core.publisher.Flux;

/** The lines of the tutorial on islands: a stream that a whole LAN takes in once. */
final class LanSteps {
    private final StreamId news = StreamId.of("news");
    private final PeerOptions options = PeerOptions.defaults().over(TcpTransport.create());

    Flux<Segment> onThisLan(String upstream) {
        Peer peer = Peer.of(news)
                .upstream(upstream)
                .island(Island.of(MulticastTransport.create(), "239.1.2.3:5000"))
                .with(options.listeningOn("0.0.0.0:9001"));
        return Flux.usingWhen(peer.start(), RunningPeer::segments, RunningPeer::leave);
    }
}
