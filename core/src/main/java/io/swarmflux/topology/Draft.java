package io.swarmflux.topology;

import io.swarmflux.segment.Mode;
import io.swarmflux.segment.StreamId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a file says, each part by itself, with the places that the checks between the parts report. */
final class Draft {
    final Map<String, Stream> streams = new LinkedHashMap<>();
    final Map<String, Seeder> seeders = new LinkedHashMap<>();
    final Map<String, Peer> peers = new LinkedHashMap<>();
    final Map<String, Group> groups = new LinkedHashMap<>();
    final Map<String, Island> islands = new LinkedHashMap<>();
    final List<Link> links = new ArrayList<>();
    final List<Placed<HostPort>> listeners = new ArrayList<>();
    Optional<Simulation> simulation = Optional.empty();

    record Stream(Place at, StreamId id, Optional<Mode> mode, int subStreams) {}

    record Seeder(
            Place at,
            String name,
            Optional<Placed<String>> stream,
            Topology.Feed feed,
            Place paceAt,
            Topology.Serving serving,
            Host host) {}

    record Peer(
            Place at,
            String name,
            Optional<Placed<String>> stream,
            boolean sound,
            List<Placed<String>> upstreams,
            Topology.Playing playing,
            Topology.Serving serving,
            Host host) {}

    /** Peers that are alike: how many, how many neighbours each has, and what each of them is. */
    record Group(int peers, int neighbours, Peer each) {}

    record Link(Place at, List<Placed<String>> ends, Condition condition) {}

    record Island(
            Place at,
            String name,
            Optional<Placed<MulticastGroup>> group,
            List<Placed<String>> members,
            Placed<Integer> gateways,
            Optional<String> secretFile,
            GroupCondition condition) {}

    /** Where a seeder, peer or group of this name stands. */
    Optional<Place> place(String name) {
        return Optional.ofNullable(seeders.get(name))
                .map(Seeder::at)
                .or(() -> Optional.ofNullable(peers.get(name)).map(Peer::at))
                .or(() -> Optional.ofNullable(groups.get(name))
                        .map(group -> group.each().at()));
    }

    /** How many seeders and peers there are, those in groups included. */
    int size() {
        return seeders.size()
                + peers.size()
                + groups.values().stream().mapToInt(Group::peers).sum();
    }

    /** The names of all seeders and peers. */
    Set<String> names() {
        Set<String> names = new LinkedHashSet<>(seeders.keySet());
        names.addAll(peers.keySet());
        return names;
    }
}
