package io.swarmflux.samples.simulate;

import io.swarmflux.segment.StreamId;
import io.swarmflux.topology.Topology;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * The groups of a topology as peers, linked at random. Each peer chooses half of its neighbours, the other half choose it, so
 * that it has as many as the file says on average; peers of which more are expected are chosen more often. A seeder is linked with
 * as many as a peer is. What would be cut off from the seeders gets one link more.
 */
final class Neighbours {
    private static final int ATTEMPTS = 100;

    private final List<Topology.Peer> peers = new ArrayList<>();
    private final List<Integer> wanted = new ArrayList<>();
    private final List<Set<String>> chosen = new ArrayList<>();
    private final List<Set<Integer>> linked = new ArrayList<>();
    private final SplittableRandom random;

    private Neighbours(SplittableRandom random) {
        this.random = random;
    }

    /** The same topology without groups. */
    static Topology linked(Topology topology, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Topology.Peer> all = new ArrayList<>(topology.peers());
        for (Topology.Stream stream : topology.streams()) {
            Neighbours mesh = new Neighbours(random.split());
            topology.groups().stream()
                    .filter(group -> group.each().stream().equals(stream.id()))
                    .forEach(mesh::add);
            mesh.link(seeders(topology, stream.id()));
            all.addAll(mesh.peers());
        }
        return new Topology(
                topology.streams(),
                topology.seeders(),
                all,
                List.of(),
                topology.links(),
                topology.islands().stream()
                        .map(island -> resolved(island, topology))
                        .toList(),
                topology.simulation());
    }

    /** An island with the members of its groups instead of their names. */
    private static Topology.Island resolved(Topology.Island island, Topology topology) {
        List<String> members = new ArrayList<>();
        for (String name : island.members()) {
            int peers = topology.groups().stream()
                    .filter(group -> group.name().equals(name))
                    .mapToInt(Topology.Group::peers)
                    .findFirst()
                    .orElse(0);
            for (int i = 1; i <= peers; i++) {
                members.add(name + "-" + i);
            }
            if (peers == 0) {
                members.add(name);
            }
        }
        return new Topology.Island(
                island.name(), island.group(), members, island.gateways(), island.secretFile(), island.condition());
    }

    private static List<String> seeders(Topology topology, StreamId stream) {
        return topology.seeders().stream()
                .filter(seeder -> seeder.stream().equals(stream))
                .map(Topology.Seeder::name)
                .toList();
    }

    private void add(Topology.Group group) {
        Topology.Peer each = group.each();
        for (int i = 1; i <= group.peers(); i++) {
            peers.add(new Topology.Peer(
                    group.name() + "-" + i, each.stream(), List.of(), each.playing(), each.serving(), each.host()));
            wanted.add(group.neighbours());
            chosen.add(new LinkedHashSet<>(each.upstreams()));
            linked.add(new LinkedHashSet<>());
        }
    }

    private void link(List<String> seeders) {
        long sum = wanted.stream().mapToLong(Integer::intValue).sum();
        if (sum == 0) {
            return;
        }
        long[] upTo = new long[peers.size()];
        long before = 0;
        for (int i = 0; i < upTo.length; i++) {
            before += wanted.get(i);
            upTo[i] = before;
        }
        int mean = (int) Math.max(1, Math.round((double) sum / peers.size()));
        for (String seeder : seeders) {
            for (int i = 0; i < Math.min(mean, peers.size()); i++) {
                boolean added = false;
                for (int attempt = 0; attempt < ATTEMPTS && !added; attempt++) {
                    added = chosen.get(pick(upTo)).add(seeder);
                }
            }
        }
        for (int i = 0; i < peers.size(); i++) {
            int choices = wanted.get(i) / 2 + (wanted.get(i) % 2 == 1 && random.nextBoolean() ? 1 : 0);
            for (int choice = 0; choice < choices; choice++) {
                boolean added = false;
                for (int attempt = 0; attempt < ATTEMPTS && !added; attempt++) {
                    added = join(i, pick(upTo));
                }
            }
        }
        joinWhatIsCutOff(upTo);
    }

    private int pick(long[] upTo) {
        long at = random.nextLong(upTo[upTo.length - 1]);
        int low = 0;
        int high = upTo.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (upTo[middle] > at) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private boolean join(int one, int other) {
        return one != other && linked.get(one).add(other) && linked.get(other).add(one);
    }

    private void joinWhatIsCutOff(long[] upTo) {
        Set<Integer> reached = new LinkedHashSet<>();
        for (int i = 0; i < peers.size(); i++) {
            if (!chosen.get(i).isEmpty()) {
                flood(i, reached);
            }
        }
        for (int i = 0; i < peers.size(); i++) {
            boolean alone = wanted.get(i) > 0; // who wants none is on an island
            for (int attempt = 0; attempt < ATTEMPTS * ATTEMPTS && alone && !reached.contains(i); attempt++) {
                int other = pick(upTo);
                if (reached.contains(other) && join(i, other)) {
                    flood(i, reached);
                }
            }
        }
    }

    private void flood(int from, Set<Integer> reached) {
        List<Integer> next = new ArrayList<>(List.of(from));
        while (!next.isEmpty()) {
            int at = next.remove(next.size() - 1);
            if (reached.add(at)) {
                next.addAll(linked.get(at));
            }
        }
    }

    private List<Topology.Peer> peers() {
        List<Topology.Peer> done = new ArrayList<>();
        for (int i = 0; i < peers.size(); i++) {
            Topology.Peer peer = peers.get(i);
            List<String> upstreams = new ArrayList<>(chosen.get(i));
            linked.get(i).forEach(other -> upstreams.add(peers.get(other).name()));
            done.add(new Topology.Peer(
                    peer.name(), peer.stream(), upstreams, peer.playing(), peer.serving(), peer.host()));
        }
        return done;
    }
}
