package io.swarmflux.samples.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.peer.Discovery.Strategy;
import io.swarmflux.samples.topology.PlanFile;
import io.swarmflux.testing.Acceptance;
import io.swarmflux.topology.Topology;
import io.swarmflux.topology.TopologyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;

/** What the strategies build, played in the simulator. */
class StrategiesTest {
    private static final Path OUT = Path.of("target", "strategies");
    private static final List<Long> UPLOADS = List.of(500_000L, 1_250_000L, 1_250_000L, 3_000_000L);

    /** One strategy with so many peers. */
    private record Row(
            Strategy strategy, int peers, double depth, double median, double p99, double seeder, double continuity) {
        static final String HEAD = "strategy,peers,mean links from the seeder,median ms,p99 ms,"
                + "copies that leave the seeder,continuity under churn";

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%s,%d,%.2f,%.0f,%.0f,%.2f,%.5f",
                    strategy.name().toLowerCase(Locale.ROOT),
                    peers,
                    depth,
                    median,
                    p99,
                    seeder,
                    continuity);
        }
    }

    private static Topology plan(Strategy strategy, int peers, String events) {
        int islands = strategy == Strategy.ISLANDS ? 5 : 0;
        String text = new PlanFile(strategy, peers, 5, 1_000_000, UPLOADS, islands, 5, 1).text();
        return TopologyFile.parse("plan", text.replace("for: 90s", "for: 60s" + events));
    }

    private static Row measured(Strategy strategy, int peers) {
        // one of twenty leaves each ten seconds, half of them without a word
        String events =
                ", events: [{at: 25s, kill: 2.5%, silently: true}, {at: 30s, kill: 2.5%}, {at: 40s, kill: 2.5%, silently:"
                        + " true}, {at: 45s, kill: 2.5%}]";
        Topology topology = plan(strategy, peers, events);
        Figures run = Figures.of(1, SimulatedSwarm.of(topology, 1).run(at -> {}));
        double hops = 0;
        for (int hop = 1; hop <= run.spread().mostHops(); hop++) {
            hops += hop * (double) run.spread().arrivals(hop);
        }
        double slotMs = 16 * 1024 * 8 / 1000.0; // of a stream of 1 Mbit/s
        return new Row(
                strategy,
                peers,
                hops / run.spread().count(),
                run.spread().quantile(0.5) * slotMs,
                run.spread().quantile(0.99) * slotMs,
                run.seederCopies(),
                run.continuity());
    }

    @ParameterizedTest
    @EnumSource(Strategy.class)
    void whatAStrategyBuildsIsATopologyThatCanBeRead(Strategy strategy) {
        Topology topology = plan(strategy, 60, "");
        assertThat(topology.peers()).hasSize(60);
        assertThat(topology.peers().get(59).upstreams()).hasSize(5);
        assertThat(topology.islands()).hasSize(strategy == Strategy.ISLANDS ? 6 : 0);
    }

    @Test
    void whatAStrategyBuildsPlays() {
        Topology topology = TopologyFile.parse(
                "plan",
                new PlanFile(Strategy.BANDWIDTH, 20, 5, 1_000_000, UPLOADS, 0, 3, 1)
                        .text()
                        .replace("for: 90s", "for: 30s"));
        Figures run = Figures.of(1, SimulatedSwarm.of(topology, 1).run(at -> {}));
        assertThat(run.continuity()).isGreaterThan(0.99);
    }

    @Test
    @Tag("acceptance")
    @Timeout(3600)
    void comparesTheStrategies() throws IOException {
        List<Row> rows = new ArrayList<>();
        for (int peers : new int[] {100, 300, 1000, 2000}) {
            for (Strategy strategy : Strategy.values()) {
                Row row = measured(strategy, peers);
                rows.add(row);
                Acceptance.figure(
                        5,
                        "strategy " + strategy.name().toLowerCase(Locale.ROOT) + ", " + peers
                                + " simulated peers, 10 % leave within 20 s",
                        "stated",
                        String.format(
                                Locale.ROOT,
                                "%.1f links from the seeder, median %.0f ms, p99 %.0f ms, %.1f copies leave the seeder,"
                                        + " continuity %.5f",
                                row.depth,
                                row.median,
                                row.p99,
                                row.seeder,
                                row.continuity),
                        true);
                write(rows);
            }
        }
    }

    private static void write(List<Row> rows) throws IOException {
        Files.createDirectories(OUT);
        List<String> lines = new ArrayList<>(List.of(Row.HEAD));
        rows.forEach(row -> lines.add(row.toString()));
        Files.write(OUT.resolve("strategies.csv"), lines);
        System.setProperty("java.awt.headless", "true");
        XYChart chart = new XYChartBuilder()
                .width(960)
                .height(600)
                .title("delay of the slowest hundredth")
                .xAxisTitle("peers")
                .yAxisTitle("ms")
                .build();
        for (Strategy strategy : Strategy.values()) {
            List<Row> own =
                    rows.stream().filter(row -> row.strategy == strategy).toList();
            if (!own.isEmpty()) {
                chart.addSeries(
                        strategy.name().toLowerCase(Locale.ROOT),
                        own.stream().mapToDouble(Row::peers).toArray(),
                        own.stream().mapToDouble(Row::p99).toArray());
            }
        }
        Files.write(OUT.resolve("strategies.png"), BitmapEncoder.getBitmapBytes(chart, BitmapEncoder.BitmapFormat.PNG));
    }
}
