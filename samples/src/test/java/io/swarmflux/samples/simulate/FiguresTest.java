package io.swarmflux.samples.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.swarmflux.topology.Topology;
import io.swarmflux.topology.TopologyFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Figures of runs that were made up: ten segments, one each 100 ms, due 200 ms after they were made, until 1.1 s. */
class FiguresTest {
    private static final long MS = 1_000_000;

    private final Topology topology = TopologyFile.parse("swarm.yaml", """
            streams: {s: {sub-streams: 4}}
            seeders: {seed: {counter: 10, pace: 80kbit, segment-size: 1000, upload-limit: 160kbit}}
            peers:
              p1: {upstreams: seed, upload-limit: 80kbit}
              p2: {upstreams: p1, upload: 40kbit}
            simulation: {for: 1100ms, deadline: 2 slots, measure-from: 100ms}
            """);
    private final Trace seed = trace("seed", true, 160_000);
    private final Trace p1 = trace("p1", false, 80_000);
    private final Trace p2 = trace("p2", false, 40_000);

    private Trace trace(String name, boolean seeder, long limit) {
        return new Trace(name, topology.streams().get(0), seeder, new Trace.Limits(limit, 0), 100 * MS);
    }

    private Figures figures(List<SimulatedSwarm.Kill> kills) {
        return Figures.of(
                7,
                new Run(
                        topology,
                        topology.simulation().orElseThrow(),
                        1_100 * MS,
                        List.of(seed, p1, p2),
                        Map.of(),
                        kills,
                        List.of(),
                        0));
    }

    private void made() {
        for (int i = 0; i < 10; i++) {
            seed.arrived(i, 0, i * 100L * MS);
        }
    }

    private static PeerFigures of(Figures figures, String name) {
        return figures.peers().stream()
                .filter(peer -> peer.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void countsWhatWasThereAtItsDeadline() {
        made();
        p1.played(0, true, 50 * MS);
        for (int i = 0; i < 10; i++) {
            // 3 comes late, 5 never
            if (i != 5) {
                p1.arrived(i, 1, (i * 100L + (i == 3 ? 250 : 50)) * MS);
            }
        }
        PeerFigures figures = of(figures(List.of()), "p1");

        // 0 was made before the measured time; 9 is due at the very end
        assertThat(figures.due()).isEqualTo(9);
        assertThat(figures.onTime()).isEqualTo(7);
        assertThat(figures.late()).isEqualTo(1);
        assertThat(figures.missing()).isEqualTo(1);
        assertThat(figures.continuity()).isCloseTo(7.0 / 9, within(1e-9));
        assertThat(figures.medianSlots()).isCloseTo(0.5, within(1e-9));
        assertThat(figures.p99Slots()).isCloseTo(2.5, within(1e-9));
        assertThat(figures.hops()).isEqualTo(1);
    }

    @Test
    void countsFromTheFirstSegmentPlayed() {
        made();
        p1.played(4, true, 500 * MS);
        for (int i = 0; i < 10; i++) {
            p1.arrived(i, 1, (i * 100L + 150) * MS);
        }

        assertThat(of(figures(List.of()), "p1").due()).isEqualTo(6);
        assertThat(of(figures(List.of()), "p1").continuity()).isEqualTo(1);
    }

    @Test
    void countsEverythingForWhoNeverPlayed() {
        made();

        assertThat(of(figures(List.of()), "p1").continuity()).isZero();
        assertThat(figures(List.of()).worstStartupMillis()).isEqualTo(-1);
    }

    @Test
    void countsDuplicatesAndBytesInTheMeasuredTimeOnly() {
        made();
        p1.arrived(0, 1, 10 * MS);
        p1.arrived(0, 1, 20 * MS);
        p1.arrived(1, 1, 150 * MS);
        p1.arrived(1, 1, 160 * MS);
        p1.sent(Tap.SEGMENT, 500, 50 * MS);
        p1.sent(Tap.SEGMENT, 9_000, 500 * MS);
        p1.sent(0x24, 1_000, 500 * MS);
        Figures figures = figures(List.of());

        assertThat(of(figures, "p1").received()).isEqualTo(2);
        assertThat(of(figures, "p1").duplicates()).isEqualTo(1);
        assertThat(figures.duplicates()).isEqualTo(0.5);
        assertThat(figures.control()).isEqualTo(0.1);
        assertThat(of(figures, "p1").uploadMbit()).isCloseTo(0.08, within(1e-9));
        assertThat(of(figures, "p1").uploadShare()).isCloseTo(1, within(1e-9));
        assertThat(figures.sentByKind()).containsEntry(0x23, 9_000L).containsEntry(0x24, 1_000L);
    }

    @Test
    void saysWhoLostNothingAfterAKill() {
        made();
        for (Trace trace : List.of(p1, p2)) {
            trace.played(0, true, 50 * MS);
            for (int i = 0; i < 10; i++) {
                // p1 has a gap before the kill; p2 has one after it
                if (!(trace == p1 && i == 2) && !(trace == p2 && i == 8)) {
                    trace.arrived(i, 1, (i * 100L + 50) * MS);
                }
            }
        }
        Figures figures = figures(List.of(new SimulatedSwarm.Kill(500 * MS, 1)));

        assertThat(figures.kills()).containsExactly(new Figures.Survivors(0.5, 1, 2, 1, 1));
        assertThat(figures.leastSurvivors()).isEqualTo(0.5);
    }

    @Test
    void stopsCountingWhenAPeerLeaves() {
        made();
        p1.played(0, true, 50 * MS);
        for (int i = 0; i < 5; i++) {
            p1.arrived(i, 1, (i * 100L + 50) * MS);
        }
        p1.left(600 * MS);
        PeerFigures figures = of(figures(List.of()), "p1");

        assertThat(figures.survived()).isFalse();
        assertThat(figures.due()).isEqualTo(4);
        assertThat(figures.continuity()).isEqualTo(1);
    }

    @Test
    void countsSubStreamsThatNobodyIsAskedFor() {
        made();
        p1.asks("link", 0b0011);
        p1.asks("other", 0b0010);
        p2.asks("link", 0b1111);
        p2.closed("link");
        Figures figures = figures(List.of());

        assertThat(of(figures, "p1").orphans()).isEqualTo(2);
        assertThat(of(figures, "p2").orphans()).isEqualTo(4);
        assertThat(of(figures, "seed").orphans()).isZero();
    }

    @Test
    void comparesTheRateWithWhatIsPossible() {
        made();

        // min(160, (160 + 80 + 40) / 2) = 140 kbit/s
        assertThat(figures(List.of()).load()).isCloseTo(80.0 / 140, within(1e-9));
    }

    @Test
    void namesTheGoalsThatWereMissed() {
        made();
        Topology strict = TopologyFile.parse("swarm.yaml", """
                streams: {s: }
                seeders: {seed: {counter: 10}}
                peers: {p1: {upstreams: seed}}
                simulation: {goals: {continuity: 99.9%, skipped: 0, duplicates: 1%}}
                """);

        assertThat(figures(List.of()).missed(strict.simulation().orElseThrow().goals()))
                .containsExactly("continuity was 0, the goal is 0.999");
    }

    @Test
    void writesTheMedianAndTheWorstOfSeveralRuns() {
        made();
        List<Figures> runs = new ArrayList<>(List.of(figures(List.of())));
        p1.arrived(1, 1, 150 * MS);
        p1.arrived(1, 1, 150 * MS);
        runs.add(figures(List.of()));

        var json = Results.json("swarm.yaml", runs);
        assertThat(json.at("/median/duplicates").asDouble()).isEqualTo(0.25);
        assertThat(json.at("/worst/duplicates").asDouble()).isEqualTo(0.5);
        assertThat(json.at("/worst/continuity").asDouble()).isZero();
        assertThat(Results.table(runs).get(0)).contains("seed", "7", "median", "worst");
        assertThat(Results.peers(runs)).hasSize(7);
        assertThat(Results.runs(runs)).hasSize(3);
    }
}
