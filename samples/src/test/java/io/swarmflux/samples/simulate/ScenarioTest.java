package io.swarmflux.samples.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.testing.Acceptance;
import io.swarmflux.topology.TopologyFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The scenarios that are kept in {@code samples/simulations}, with the goals that they name. */
class ScenarioTest {
    private static final Path FOLDER = Path.of("simulations");

    private static Simulator.Outcome run(String scenario, Map<String, String> changes) throws IOException {
        return new Simulator(TopologyFile.read(FOLDER.resolve(scenario + ".yaml"), changes), line -> {}).run();
    }

    /** One seed in the short form: thirteen cities around the world, nothing skipped. */
    @Test
    void citiesSkipNothing() throws IOException {
        Simulator.Outcome outcome = run("cities", Map.of("simulation.seeds", "1"));
        assertThat(outcome.faults()).isEmpty();
        assertThat(outcome.runs().get(0).missing()).isZero();
    }

    @ParameterizedTest
    @Tag("acceptance")
    @Timeout(3600)
    @CsvSource(
            delimiter = '|',
            value = {
                "cities | zero segments skipped",
                "crowd-100 | continuity 0.9998, median 8 slots, p99 16, control 2 %, duplicates 1 %",
                "crowd-300 | continuity 0.9998, median 10 slots, p99 20, control 2 %, duplicates 1 %",
                "crowd-1000 | continuity 0.9998, median 11 slots, p99 22, control 2 %, duplicates 1 %",
                "crowd-100-tight | continuity 0.994, control 2 %, duplicates 1 %",
                "crowd-100-tightest | continuity 0.97, every pair with a parent",
                "half-gone | 99.6 % of the survivors lose nothing",
                "free-riders | continuity 0.9998",
                "mix-even | rate carried 0.9 of the bound: continuity 0.999",
                "mix-few | rate carried 0.9 of the bound: continuity 0.999",
                "mix-homes | rate carried 0.9 of the bound: continuity 0.999",
                "mix-riders | rate carried 0.9 of the bound: continuity 0.999",
                "mix-source | rate carried 0.9 of the bound: continuity 0.999",
                "loss-pair | no gap at 5 % loss",
                "loss-chain | no gap at 5 % loss",
            })
    void measuresAScenario(String scenario, String goal) throws IOException {
        long startNs = System.nanoTime();
        Simulator.Outcome outcome = run(scenario, Map.of());
        double seconds = (System.nanoTime() - startNs) / 1e9 / outcome.runs().size();
        Acceptance.figure(
                3,
                "simulated " + scenario + ", " + outcome.runs().size() + " seeds, median / worst",
                goal,
                said(outcome),
                outcome.faults().isEmpty());
        if (scenario.equals("crowd-1000")) {
            Acceptance.atMost(3, "1,000 simulated peers for 60 s of stream take", 180, seconds, "s");
        }
    }

    private static String said(Simulator.Outcome outcome) {
        return "continuity " + both(outcome, Figures::continuity, false, "%.5f") + ", median "
                + both(outcome, run -> run.spread().quantile(0.5), true, "%.1f") + " slots, p99 "
                + both(outcome, run -> run.spread().quantile(0.99), true, "%.1f") + ", duplicates "
                + both(outcome, run -> 100 * run.duplicates(), true, "%.2f") + " %, control "
                + both(outcome, run -> 100 * run.control(), true, "%.2f") + " %, pairs without a parent "
                + both(outcome, Figures::orphans, true, "%.0f") + survivors(outcome);
    }

    private static String survivors(Simulator.Outcome outcome) {
        boolean killed = outcome.runs().stream().anyMatch(run -> !run.kills().isEmpty());
        ToDoubleFunction<Figures> share = run ->
                run.kills().stream().mapToDouble(Figures.Survivors::share).min().orElse(1);
        return killed ? ", survivors that lost nothing " + both(outcome, share, false, "%.4f") : "";
    }

    private static String both(
            Simulator.Outcome outcome, ToDoubleFunction<Figures> figure, boolean moreIsWorse, String form) {
        double[] all = outcome.runs().stream().mapToDouble(figure).sorted().toArray();
        double worst = moreIsWorse ? all[all.length - 1] : all[0];
        return Arrays.stream(new double[] {all[all.length / 2], worst})
                .mapToObj(value -> String.format(Locale.ROOT, form, value))
                .reduce((median, w) -> median + " / " + w)
                .orElseThrow();
    }
}
