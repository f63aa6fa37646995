package io.swarmflux.benchmarks.group;

import io.swarmflux.link.LoopbackTransport;
import io.swarmflux.link.Transport;
import io.swarmflux.peer.Island;
import io.swarmflux.peer.Pace;
import io.swarmflux.peer.Peer;
import io.swarmflux.peer.PeerOptions;
import io.swarmflux.peer.RunningPeer;
import io.swarmflux.peer.Seeder;
import io.swarmflux.samples.bench.Arrivals;
import io.swarmflux.samples.bench.Carrier;
import io.swarmflux.samples.bench.Feed;
import io.swarmflux.samples.bench.FeedSource;
import io.swarmflux.segment.StreamId;
import io.swarmflux.transport.multicast.MulticastTransport;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import reactor.core.publisher.Mono;

/** Ours: a lossless stream, whose seeder is in an island with the receivers. */
public record SwarmFluxIsland(Loss loss) implements Carrier {
    private static final StreamId STREAM = StreamId.of("bench");

    @Override
    public AutoCloseable carry(Feed feed, List<Arrivals> receivers) {
        FreeGroup group = FreeGroup.pick();
        String address = group.text() + "@" + group.at().getName();
        Transport links = LoopbackTransport.create();
        PeerOptions options = PeerOptions.defaults().over(links);
        MulticastTransport multicast = MulticastTransport.create();
        List<RunningPeer> running = new ArrayList<>();
        for (int i = 0; i < receivers.size(); i++) {
            Peer peer = Peer.of(STREAM)
                    .upstream("loop:seeder")
                    .island(Island.of(new LossyTransport(multicast, loss.dice(i)), address))
                    .with(options.named("receiver-" + i).listeningOn("loop:receiver-" + i));
            running.add(started(peer.start()));
        }
        for (int i = 0; i < receivers.size(); i++) {
            Arrivals arrivals = receivers.get(i);
            running.get(i).segments().subscribe(segment -> arrivals.arrived(segment.payload()), arrivals::failed);
        }
        Seeder seeder = Seeder.of(STREAM, new FeedSource(feed, Mono.empty()))
                .at(Pace.none())
                .island(Island.of(multicast, address))
                .with(options.named("seeder").listeningOn("loop:seeder").waitingFor(receivers.size()));
        running.add(started(seeder.start()));
        return () -> running.forEach(RunningPeer::dispose);
    }

    private static RunningPeer started(Mono<RunningPeer> start) {
        return Objects.requireNonNull(start.block());
    }
}
