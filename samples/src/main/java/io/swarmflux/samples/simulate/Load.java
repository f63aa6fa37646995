package io.swarmflux.samples.simulate;

import io.swarmflux.topology.Host;
import io.swarmflux.topology.Pace;
import io.swarmflux.topology.Topology;
import java.util.List;
import java.util.OptionalLong;

/**
 * How much a stream asks of its swarm. However segments go round, no stream is faster than what its seeders can send, nor than what
 * all can send together divided by those who want it: {@code min(s, (s + u1 + u2 + ...) / N)}.
 */
final class Load {
    private Load() {}

    /** The greatest rate of a stream as a part of what is possible; negative when nothing limits it. */
    static double of(Topology topology) {
        return topology.streams().stream()
                .mapToDouble(stream -> of(topology, stream))
                .max()
                .orElse(-1);
    }

    private static double of(Topology topology, Topology.Stream stream) {
        List<Topology.Seeder> seeders = topology.seeders().stream()
                .filter(seeder -> seeder.stream().equals(stream.id()))
                .toList();
        List<Topology.Peer> peers = topology.peers().stream()
                .filter(peer -> peer.stream().equals(stream.id()))
                .toList();
        double rate = seeders.stream()
                .mapToDouble(seeder -> seeder.feed().pace() instanceof Pace.Rate paced ? paced.bitsPerSecond() : 0)
                .max()
                .orElse(0);
        double source =
                seeders.stream().mapToDouble(s -> upload(s.serving(), s.host())).sum();
        double others =
                peers.stream().mapToDouble(p -> upload(p.serving(), p.host())).sum();
        double possible = peers.isEmpty() ? source : Math.min(source, (source + others) / peers.size());
        return rate == 0 || Double.isInfinite(possible) ? -1 : rate / possible;
    }

    private static double upload(Topology.Serving serving, Host host) {
        boolean nobody =
                serving.maxDownstreams().isPresent() && serving.maxDownstreams().getAsInt() == 0;
        return nobody ? 0 : Math.min(most(serving.uploadLimit()), most(host.upload()));
    }

    private static double most(OptionalLong limit) {
        return limit.isPresent() ? limit.getAsLong() : Double.POSITIVE_INFINITY;
    }
}
