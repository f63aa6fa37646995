package io.swarmflux.samples.bench;

import io.swarmflux.peer.Pace;
import io.swarmflux.peer.Peer;
import io.swarmflux.peer.PeerOptions;
import io.swarmflux.peer.RunningPeer;
import io.swarmflux.peer.Seeder;
import io.swarmflux.segment.StreamId;
import io.swarmflux.transport.tcp.TcpTransport;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Ours, with everything that is on when nobody says otherwise: a lossless stream from a seeder to the players of peers, in order.
 *
 * @param shape who sends to whom
 */
public record SwarmFluxTcp(Shape shape) implements Carrier {
    private static final StreamId STREAM = StreamId.of("bench");
    private static final String ANY_PORT = "127.0.0.1:0";

    @Override
    public AutoCloseable carry(Feed feed, List<Arrivals> receivers) {
        PeerOptions options = PeerOptions.defaults().over(TcpTransport.create());
        boolean relayed = shape == Shape.RELAY;
        Sinks.Empty<Void> players = Sinks.empty();
        List<RunningPeer> running = new ArrayList<>();
        running.add(started(Seeder.of(STREAM, new FeedSource(feed, players.asMono()))
                .at(Pace.none())
                .with(options.listeningOn(ANY_PORT).waitingFor(relayed ? 1 : receivers.size()))
                .start()));
        if (relayed) {
            running.add(started(Peer.of(STREAM)
                    .upstream(last(running).addresses().get(0))
                    .with(options.listeningOn(ANY_PORT).waitingFor(1))
                    .start()));
        }
        String upstream = last(running).addresses().get(0);
        for (Arrivals each : receivers) {
            RunningPeer peer =
                    started(Peer.of(STREAM).upstream(upstream).with(options).start());
            running.add(peer);
            peer.segments().subscribe(segment -> each.arrived(segment.payload()), each::failed);
        }
        players.tryEmitEmpty();
        return () -> running.forEach(RunningPeer::dispose);
    }

    private static RunningPeer last(List<RunningPeer> running) {
        return running.get(running.size() - 1);
    }

    private static RunningPeer started(Mono<RunningPeer> start) {
        return Objects.requireNonNull(start.block());
    }
}
