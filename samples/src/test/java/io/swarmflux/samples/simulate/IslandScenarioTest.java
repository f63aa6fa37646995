package io.swarmflux.samples.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.testing.Acceptance;
import io.swarmflux.topology.TopologyFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The scenarios with islands in {@code samples/simulations}, with the goals that they name; in short forms with fewer members. */
class IslandScenarioTest {
    private static final Path FOLDER = Path.of("simulations");
    private static final double LEEWAY = 1.25;

    private static Simulator.Outcome run(String scenario, Map<String, String> changes) throws IOException {
        return new Simulator(TopologyFile.read(FOLDER.resolve(scenario + ".yaml"), changes), line -> {}).run();
    }

    private static Map<String, String> once(String... changes) {
        Map<String, String> all = new HashMap<>(Map.of("simulation.seeds", "1"));
        for (int i = 0; i < changes.length; i += 2) {
            all.put(changes[i], changes[i + 1]);
        }
        return all;
    }

    /** How many of so many members ask when all have lost the same, by RFC 5401. */
    private static double theory(int members) {
        return Math.exp(1.2 * (Math.log(members) + 1) / (2 * 4));
    }

    private static Map<String, String> lostByAll(int members) {
        return once(
                "groups.lan.peers",
                Integer.toString(members - 2),
                "simulation.goals.naks-per-loss",
                String.format(Locale.ROOT, "%.4f", LEEWAY * theory(members)));
    }

    @Test
    void fewAskForWhatAllHaveLost() throws IOException {
        Simulator.Outcome outcome = run("island-lost-by-all", lostByAll(10));
        assertThat(outcome.faults()).isEmpty();
        IslandFigures island = outcome.runs().get(0).islands().get(0);
        assertThat(island.lostByAll()).isGreaterThan(20);
        assertThat(island.repairs()).isGreaterThanOrEqualTo(island.lostByAll() * 9 / 10);
    }

    @Test
    void nothingIsMissingWhereEachMemberLosesFrames() throws IOException {
        Simulator.Outcome outcome = run("island-loss", once("groups.lan.peers", "7", "simulation.for", "10s"));
        assertThat(outcome.faults()).isEmpty();
        assertThat(outcome.runs().get(0).islands().get(0).repairs()).isPositive();
    }

    @Test
    void theStreamLeavesItsSeederForTwoIslandsThreeTimesAtMost() throws IOException {
        Simulator.Outcome outcome = run("islands-two", once("simulation.for", "14s", "simulation.measure-from", "8s"));
        assertThat(outcome.faults()).isEmpty();
        assertThat(outcome.runs().get(0).islands()).hasSize(2).allMatch(island -> island.uplinkCopies() > 0.9);
    }

    @Test
    void aGatewayThatDiesIsReplacedAndNobodyNotices() throws IOException {
        Simulator.Outcome outcome =
                run("island-gateway-killed", once("groups.lan.peers", "6", "simulation.for", "17s"));
        assertThat(outcome.faults()).isEmpty();
        assertThat(outcome.runs().get(0).kills()).hasSize(1);
    }

    @ParameterizedTest
    @Tag("acceptance")
    @Timeout(3600)
    @CsvSource({"10, 5", "100, 3", "1000, 1"})
    void measuresHowManyAskForWhatAllHaveLost(int members, int seeds) throws IOException {
        Map<String, String> changes = lostByAll(members);
        changes.put(
                "seeders.source.pace",
                members < 1000 ? "600kbit" : "200kbit"); // each frame costs as much as there are members
        changes.put("simulation.seeds", seeds == 5 ? "[1, 2, 3, 4, 5]" : seeds == 3 ? "[1, 2, 3]" : "1");
        Simulator.Outcome outcome = run("island-lost-by-all", changes);
        double worst =
                outcome.runs().stream().mapToDouble(Figures::naksPerLoss).max().orElseThrow();
        long missing = outcome.runs().stream().mapToLong(Figures::missing).sum();
        long lost = outcome.runs().stream()
                .mapToLong(run -> run.islands().get(0).lostByAll())
                .sum();
        Acceptance.figure(
                4,
                "simulated island of " + members + " members that all lose " + lost
                        + " frames: asked for each, worst of " + seeds + " seeds",
                String.format(
                        Locale.ROOT,
                        "at most %.2f (theory %.2f), missing 0",
                        LEEWAY * theory(members),
                        theory(members)),
                String.format(Locale.ROOT, "%.2f, missing %d", worst, missing),
                outcome.faults().isEmpty());
    }

    @ParameterizedTest
    @Tag("acceptance")
    @Timeout(3600)
    @CsvSource(
            delimiter = '|',
            value = {
                "island-loss | 1% | missing 0",
                "island-loss | 3% | missing 0",
                "island-loss | 5% | missing 0",
                "island-loss | 10% | missing 0",
                "island-control | 0% | control at most 10 % of the group's bytes, missing 0",
                "island-gateway-killed | 0% | take-over below 1 s, everything there within 2 s, missing 0",
                "islands-two | | at most 3 copies from the seeder, missing 0",
            })
    void measuresAnIsland(String scenario, String loss, String goal) throws IOException {
        Map<String, String> changes = new HashMap<>(Map.of("simulation.seeds", "[1, 2, 3]"));
        if (loss != null) {
            changes.put("islands.site.loss", loss);
        }
        Simulator.Outcome outcome = run(scenario, changes);
        Figures worst = outcome.runs().get(0);
        Acceptance.figure(
                4,
                "simulated " + scenario + (loss == null ? "" : " at " + loss + " loss")
                        + ", 3 seeds, the first of them",
                goal,
                String.format(
                        Locale.ROOT,
                        "missing %d, continuity %.5f, uplink %.3f copies, seeder %.3f copies, control %.1f %%, longest pause %.0f ms",
                        worst.missing(),
                        worst.continuity(),
                        worst.uplinkCopies(),
                        worst.seederCopies(),
                        100 * worst.groupControl(),
                        worst.pauseMillis()),
                outcome.faults().isEmpty());
    }
}
