package io.swarmflux.benchmarks;

import io.swarmflux.benchmarks.tcp.TcpContender;
import io.swarmflux.samples.bench.Feed;
import io.swarmflux.samples.bench.Outcome;
import io.swarmflux.samples.bench.Shape;
import io.swarmflux.samples.bench.Trial;
import io.swarmflux.testing.Acceptance;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What goes over TCP, beside what a user would take instead: five rounds in one process, in each of which everybody has a turn, after one
 * that does not count. Medians of five.
 */
@Tag("acceptance")
class TcpFiguresTest {
    private static final int ROUNDS = 5;
    private static final int PACED = 2_000;
    private static final List<TcpContender> ALL =
            List.of(TcpContender.SWARMFLUX, TcpContender.RSOCKET, TcpContender.REACTOR_NETTY, TcpContender.PLAIN_NETTY);
    private static final List<String> TABLE = new ArrayList<>(List.of(
            "| work | contender | segments/s, least / median / most | ours ÷ theirs | latency ms, p50 / p99 | CPU s/GB | bytes allocated for a segment |",
            "|---|---|---|---|---|---|---|"));

    private static Map<TcpContender, List<Outcome>> rounds(Shape shape, int bytes, int perSecond) throws Exception {
        boolean paced = perSecond > 0;
        Feed.Plan first = new Feed.Plan(bytes, perSecond, Duration.ofSeconds(6), Duration.ofSeconds(1));
        Feed.Plan plan =
                new Feed.Plan(bytes, perSecond, Duration.ofSeconds(paced ? 2 : 1), Duration.ofSeconds(paced ? 5 : 2));
        for (TcpContender who : ALL) {
            new Trial(first, shape.receivers()).run(who.carrier(shape));
        }
        Map<TcpContender, List<Outcome>> outcomes = new EnumMap<>(TcpContender.class);
        for (int round = 0; round < ROUNDS; round++) {
            for (TcpContender who : ALL) {
                outcomes.computeIfAbsent(who, each -> new ArrayList<>())
                        .add(new Trial(plan, shape.receivers()).run(who.carrier(shape)));
            }
        }
        outcomes.forEach((who, of) -> TABLE.add(row(shape, bytes, perSecond, who, outcomes)));
        return outcomes;
    }

    private static double median(
            Map<TcpContender, List<Outcome>> outcomes, TcpContender who, ToDoubleFunction<Outcome> of) {
        return Objects.requireNonNull(outcomes.get(who)).stream()
                .mapToDouble(of)
                .sorted()
                .skip(ROUNDS / 2)
                .findFirst()
                .orElseThrow();
    }

    private static String row(
            Shape shape, int bytes, int perSecond, TcpContender who, Map<TcpContender, List<Outcome>> outcomes) {
        List<Double> perSecondEach = Objects.requireNonNull(outcomes.get(who)).stream()
                .map(Outcome::perSecond)
                .sorted(Comparator.naturalOrder())
                .toList();
        double ours = median(outcomes, TcpContender.SWARMFLUX, Outcome::perSecond);
        double theirs = median(outcomes, who, Outcome::perSecond);
        return String.format(
                Locale.ROOT,
                "| %s, %d B%s | %s | %.0f / %.0f / %.0f | %s | %s | %.2f | %.0f |",
                name(shape),
                bytes,
                perSecond > 0 ? ", " + perSecond + " a second" : "",
                who,
                perSecondEach.get(0),
                theirs,
                perSecondEach.get(ROUNDS - 1),
                who == TcpContender.SWARMFLUX || perSecond > 0 ? "" : String.format(Locale.ROOT, "%.2f", ours / theirs),
                perSecond == 0
                        ? ""
                        : String.format(
                                Locale.ROOT,
                                "%.3f / %.3f",
                                median(outcomes, who, Outcome::p50Us) / 1e3,
                                median(outcomes, who, Outcome::p99Us) / 1e3),
                median(outcomes, who, Outcome::cpuSecondsPerGb),
                median(outcomes, who, Outcome::bytesPerSegment));
    }

    private static String name(Shape shape) {
        return shape.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** The goals, and 0 where there is none. */
    @ParameterizedTest
    @CsvSource({
        "HOP, 1316, 2, 0.9, 0.6",
        "HOP, 16384, 1, 0, 1",
        "HOP, 65536, 1, 0, 1",
        "RELAY, 1316, 1.3, 0.9, 0",
        "RELAY, 16384, 1, 0, 0",
        "RELAY, 65536, 1, 0, 0",
        "FAN_OUT, 1316, 1, 1, 0",
        "FAN_OUT, 16384, 1, 1, 0",
        "FAN_OUT, 65536, 1, 1, 0",
    })
    void measuresThroughput(Shape shape, int bytes, double rsocket, double reactorNetty, double cpu) throws Exception {
        Map<TcpContender, List<Outcome>> outcomes = rounds(shape, bytes, 0);
        String what = "TCP " + name(shape) + ", " + bytes + " B, segments/s: ours / ";
        double ours = median(outcomes, TcpContender.SWARMFLUX, Outcome::perSecond);
        Acceptance.atLeast(
                7, what + "RSocket", rsocket, ours / median(outcomes, TcpContender.RSOCKET, Outcome::perSecond), "x");
        if (reactorNetty > 0) {
            double theirs = median(outcomes, TcpContender.REACTOR_NETTY, Outcome::perSecond);
            Acceptance.atLeast(7, what + "Reactor Netty by hand", reactorNetty, ours / theirs, "x");
        }
        if (cpu > 0) {
            double theirs = median(outcomes, TcpContender.RSOCKET, Outcome::cpuSecondsPerGb);
            double cpuOurs = median(outcomes, TcpContender.SWARMFLUX, Outcome::cpuSecondsPerGb);
            Acceptance.atMost(
                    7,
                    "TCP " + name(shape) + ", " + bytes + " B, CPU for a GB: ours / RSocket",
                    cpu,
                    cpuOurs / theirs,
                    "x");
        }
    }

    @ParameterizedTest
    @CsvSource({"HOP, 1.25, 1.5", "RELAY, 1.1, 0"})
    void measuresLatency(Shape shape, double median, double slowest) throws Exception {
        Map<TcpContender, List<Outcome>> outcomes = rounds(shape, 16_384, PACED);
        String what = "TCP " + name(shape) + ", 2,000 x 16 KiB a second, ";
        double p50 = median(outcomes, TcpContender.SWARMFLUX, Outcome::p50Us)
                / median(outcomes, TcpContender.REACTOR_NETTY, Outcome::p50Us);
        Acceptance.atMost(7, what + "p50 of latency: ours / Reactor Netty by hand", median, p50, "x");
        if (slowest > 0) {
            double p99 = median(outcomes, TcpContender.SWARMFLUX, Outcome::p99Us)
                    / median(outcomes, TcpContender.REACTOR_NETTY, Outcome::p99Us);
            Acceptance.atMost(7, what + "p99 of latency: ours / Reactor Netty by hand", slowest, p99, "x");
        }
    }

    @AfterAll
    static void writeTable() throws Exception {
        Path folder = Files.createDirectories(Path.of("target", "benchmarks"));
        Files.write(folder.resolve("tcp.md"), TABLE);
    }
}
