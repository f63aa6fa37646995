package io.swarmflux.samples.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.topology.Topology;
import io.swarmflux.topology.TopologyFile;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NeighboursTest {
    private static Topology topology(String groups) {
        return TopologyFile.parse("swarm.yaml", """
                streams: {s: }
                seeders: {seed: {counter: 10}, other: {counter: 10}}
                peers: {p: {upstreams: seed}}
                groups:
                """ + groups);
    }

    private static Map<String, List<String>> upstreams(Topology topology) {
        Map<String, List<String>> upstreams = new HashMap<>();
        topology.peers().forEach(peer -> upstreams.put(peer.name(), peer.upstreams()));
        return upstreams;
    }

    @Test
    void givesEveryPeerAboutAsManyNeighboursAsSaidBothWays() {
        Topology linked = Neighbours.linked(topology("  crowd: {peers: 400, neighbours: 14}"), 3);
        Map<String, List<String>> upstreams = upstreams(linked);

        assertThat(linked.groups()).isEmpty();
        assertThat(upstreams).hasSize(401).containsEntry("p", List.of("seed"));
        double mean = upstreams.values().stream().mapToInt(List::size).average().orElse(0);
        assertThat(mean).isBetween(13.5, 14.5);
        upstreams.forEach((name, neighbours) -> {
            assertThat(neighbours).doesNotContain(name).doesNotHaveDuplicates();
            neighbours.stream().filter(upstreams::containsKey).forEach(neighbour -> assertThat(upstreams.get(neighbour))
                    .contains(name));
        });
        assertThat(upstreams.values().stream().filter(ups -> ups.contains("seed")))
                .hasSize(15);
        assertThat(upstreams.values().stream().filter(ups -> ups.contains("other")))
                .hasSize(14);
    }

    @Test
    void leavesNobodyCutOff() {
        for (long seed = 0; seed < 50; seed++) {
            Map<String, List<String>> upstreams =
                    upstreams(Neighbours.linked(topology("  crowd: {peers: 30, neighbours: 2}"), seed));
            Set<String> reached = new HashSet<>();
            Deque<String> next = new ArrayDeque<>(List.of("seed", "other"));
            while (!next.isEmpty()) {
                String at = next.remove();
                if (reached.add(at)) {
                    upstreams.forEach((name, ups) -> {
                        if (ups.contains(at)) {
                            next.add(name);
                        }
                    });
                }
            }
            assertThat(reached).as("seed %s", seed).containsAll(upstreams.keySet());
        }
    }

    @Test
    void linksGroupsByWhatEachWants() {
        Map<String, List<String>> upstreams = upstreams(Neighbours.linked(
                topology("  few: {peers: 100, neighbours: 20}\n  many: {peers: 100, neighbours: 6, upstreams: p}"), 1));

        assertThat(mean(upstreams, "few-")).isBetween(18.0, 22.0);
        assertThat(mean(upstreams, "many-")).isBetween(6.0, 8.5);
        assertThat(upstreams.get("many-7")).contains("p");
    }

    private static double mean(Map<String, List<String>> upstreams, String prefix) {
        return upstreams.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(prefix))
                .mapToInt(entry -> entry.getValue().size())
                .average()
                .orElse(0);
    }

    @Test
    void linksEverybodyWhenMoreAreWantedThanThereAre() {
        Map<String, List<String>> upstreams =
                upstreams(Neighbours.linked(topology("  crowd: {peers: 6, neighbours: 100}"), 1));

        assertThat(upstreams.get("crowd-1")).contains("crowd-2", "crowd-3", "crowd-4", "crowd-5", "crowd-6");
    }

    @Test
    void isTheSameForASeed() {
        Topology topology = topology("  crowd: {peers: 50, neighbours: 5}");

        assertThat(Neighbours.linked(topology, 1)).isEqualTo(Neighbours.linked(topology, 1));
        assertThat(Neighbours.linked(topology, 1)).isNotEqualTo(Neighbours.linked(topology, 2));
    }
}
