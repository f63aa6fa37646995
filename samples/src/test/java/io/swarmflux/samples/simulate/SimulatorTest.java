package io.swarmflux.samples.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.topology.Topology;
import io.swarmflux.topology.TopologyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
class SimulatorTest {
    private static final String CROWD = """
            streams: {channel: {mode: live, sub-streams: 8}}
            seeders: {source: {counter: 100000, pace: 1Mbit, segment-size: 4k}}
            groups: {crowd: {peers: 12, neighbours: 5}}
            """;

    static Simulator.Outcome simulated(String text) {
        return new Simulator(TopologyFile.parse("swarm.yaml", text), line -> {}).run();
    }

    @Test
    void runsTheProductsOwnPeers() {
        Simulator.Outcome outcome = simulated(CROWD + """
                simulation: {for: 8s, delay: 10ms, deadline: 40 slots, measure-from: 2s, goals: {continuity: 100%}}
                """);
        Figures figures = outcome.runs().get(0);

        assertThat(outcome.faults()).isEmpty();
        assertThat(figures.survivors()).isEqualTo(12);
        assertThat(figures.peers()).allMatch(peer -> peer.played() > 200);
        assertThat(figures.orphans()).isZero();
        assertThat(figures.spread().quantile(0.5)).isBetween(0.3, 20.0);
    }

    @Test
    void givesTheSameFiguresForTheSameSeedToTheByte() {
        String text = CROWD + """
                simulation: {for: 5s, seeds: SEED, delay: 10ms, jitter: 5ms, loss: 1%, events: [{at: 3s, kill: 25%}]}
                """;
        String once =
                Results.json("a", simulated(text.replace("SEED", "3")).runs()).toString();
        String again =
                Results.json("a", simulated(text.replace("SEED", "3")).runs()).toString();
        String other =
                Results.json("a", simulated(text.replace("SEED", "4")).runs()).toString();

        assertThat(again).isEqualTo(once);
        assertThat(other).isNotEqualTo(once);
    }

    @Test
    void killsSilently() {
        Figures figures = simulated(CROWD + """
                simulation:
                  for: 14s
                  delay: 10ms
                  deadline: 5s
                  events: [{at: 3s, kill: [crowd-1, crowd-2], silently: true}, {at: 4s, kill: crowd-3}]
                """).runs().get(0);

        assertThat(figures.survivors()).isEqualTo(9);
        assertThat(figures.kills()).extracting(Figures.Survivors::killed).containsExactly(2, 1);
        assertThat(figures.kills()).allMatch(kill -> kill.stayed() == 9);
        assertThat(figures.peers())
                .filteredOn(peer -> !peer.survived())
                .hasSize(3)
                .allMatch(peer -> peer.played() > 0);
    }

    @Test
    void cutsThrottlesAndRestores() {
        String text = """
                streams: {channel: {mode: live}}
                seeders: {source: {counter: 100000, pace: 1Mbit, segment-size: 4k}}
                peers: {p1: {upstreams: source}, p2: {upstreams: source}}
                simulation:
                  for: 12s
                  delay: 10ms
                  deadline: 1s
                  events: EVENTS
                """;

        assertThat(continuity(text, "[]")).containsExactly(1.0, 1.0);
        List<Double> cut = continuity(
                text, "[{at: 4s, cut: {between: [source, p1]}}, {at: 6s, restore: {between: [source, p1]}}]");
        assertThat(cut.get(0)).isBetween(0.5, 0.95);
        assertThat(cut.get(1)).isEqualTo(1);
        assertThat(continuity(text, "[{at: 6s, throttle: {between: [source, p2]}, rate: 100kbit}]")
                        .get(1))
                .isBetween(0.2, 0.8);
        assertThat(continuity(text, "[{at: 6s, throttle: source, upload: 100kbit}]"))
                .allMatch(share -> share < 0.8);
        assertThat(continuity(text, "[{at: 6s, throttle: p1, download: 100kbit}]")
                        .get(0))
                .isBetween(0.2, 0.8);
    }

    private static List<Double> continuity(String text, String events) {
        return simulated(text.replace("EVENTS", events)).runs().get(0).peers().stream()
                .filter(peer -> !peer.seeder())
                .map(PeerFigures::continuity)
                .toList();
    }

    @Test
    void simulatesAFileThatSaysNothingOfIt() throws IOException {
        Topology topology = TopologyFile.read(
                Path.of("topologies/mesh7.yaml"),
                Map.of("seeders.seed.counter", "500", "seeders.seed.segment-size", "1k"));
        Figures figures = new Simulator(topology, line -> {}).run().runs().get(0);

        assertThat(figures.peers()).hasSize(8).allMatch(peer -> peer.played() == 500 && peer.skipped() == 0);
    }

    @Test
    void saysWhenNothingWasMeasured() {
        assertThat(simulated(CROWD + "simulation: {for: 1s, deadline: 5s}").faults())
                .containsExactly("seed 1: nothing was due; simulate longer, or measure from an earlier moment");
    }

    @Test
    void simulatesAnIslandThatIsWrittenForRealHosts() {
        Figures figures = simulated("""
                streams: {channel: {mode: live, sub-streams: 8}}
                seeders: {source: {counter: 100000, pace: 1Mbit, segment-size: 4k}}
                peers: {p: {upstreams: source}, q: {}}
                islands: {lan: {group: "239.1.2.3:5000@lo", members: [p, q]}}
                simulation: {for: 8s, delay: 10ms, measure-from: 3s}
                """).runs().get(0);

        assertThat(figures.missing()).isZero();
        IslandFigures island = figures.islands().get(0);
        assertThat(island.streamBytes()).isGreaterThan(400_000);
        assertThat(island.uplinkCopies()).isBetween(0.9, 1.05);
        assertThat(figures.orphans()).isZero();
    }

    @Test
    void writesFiguresAndPlots(@TempDir Path directory) throws IOException {
        Simulator.Outcome outcome = simulated(CROWD + "simulation: {for: 4s, seeds: [1, 2], delay: 10ms}");
        outcome.write(directory.resolve("out"), "swarm.yaml");
        List<String> names = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory.resolve("out"))) {
            files.map(Path::getFileName).map(Path::toString).sorted().forEach(names::add);
        }

        assertThat(names)
                .containsExactly(
                        "continuity.png",
                        "figures.json",
                        "hops.png",
                        "peers.csv",
                        "runs.csv",
                        "spread.png",
                        "upload.png");
        assertThat(Files.readAllLines(directory.resolve("out/runs.csv"))).hasSize(3);
        assertThat(Files.readAllLines(directory.resolve("out/peers.csv"))).hasSize(27);
        assertThat(outcome.table().get(0)).contains("median", "worst");
    }

    static Stream<Path> scenarios() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("simulations"))) {
            return files.sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void readsEveryScenario(Path file) throws IOException {
        Topology topology = TopologyFile.read(file);

        assertThat(topology.simulation()).isPresent();
        assertThat(topology.simulation().orElseThrow().seeds()).hasSize(5);
        assertThat(SimulatedSwarm.of(topology, 1)).isNotNull();
    }
}
