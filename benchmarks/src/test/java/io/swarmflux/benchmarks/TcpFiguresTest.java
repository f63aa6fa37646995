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
import java.util.List;
import java.util.Locale;
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
    private static final int PACED = 2_000;
    private static final List<TcpContender> ALL =
            List.of(TcpContender.SWARMFLUX, TcpContender.RSOCKET, TcpContender.REACTOR_NETTY, TcpContender.PLAIN_NETTY);
    private static final List<String> TABLE = new ArrayList<>(List.of(
            "| work | contender | segments/s, least / median / most | ours ÷ theirs | latency ms, p50 / p99 | CPU s/GB | bytes allocated for a segment |",
            "|---|---|---|---|---|---|---|"));

    private static AlternatedRounds<TcpContender> rounds(Shape shape, int bytes, int perSecond) throws Exception {
        boolean paced = perSecond > 0;
        Feed.Plan warmUp = new Feed.Plan(bytes, perSecond, Duration.ofSeconds(6), Duration.ofSeconds(1));
        Feed.Plan plan =
                new Feed.Plan(bytes, perSecond, Duration.ofSeconds(paced ? 2 : 1), Duration.ofSeconds(paced ? 5 : 2));
        AlternatedRounds<TcpContender> rounds = AlternatedRounds.of(
                ALL, (who, first) -> new Trial(first ? warmUp : plan, shape.receivers()).run(who.carrier(shape)));
        for (TcpContender who : ALL) {
            TABLE.add(row(shape, bytes, perSecond, who, rounds));
        }
        return rounds;
    }

    private static String row(
            Shape shape, int bytes, int perSecond, TcpContender who, AlternatedRounds<TcpContender> rounds) {
        boolean paced = perSecond > 0;
        return String.format(
                Locale.ROOT,
                "| %s, %d B%s | %s | %s | %s | %s | %.2f | %.0f |",
                name(shape),
                bytes,
                paced ? ", " + perSecond + " a second" : "",
                who,
                rounds.spread(who),
                who == TcpContender.SWARMFLUX || paced
                        ? ""
                        : String.format(
                                Locale.ROOT, "%.2f", rounds.ratio(TcpContender.SWARMFLUX, who, Outcome::perSecond)),
                paced
                        ? String.format(
                                Locale.ROOT,
                                "%.3f / %.3f",
                                rounds.median(who, Outcome::p50Us) / 1e3,
                                rounds.median(who, Outcome::p99Us) / 1e3)
                        : "",
                rounds.median(who, Outcome::cpuSecondsPerGb),
                rounds.median(who, Outcome::bytesPerSegment));
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
        AlternatedRounds<TcpContender> rounds = rounds(shape, bytes, 0);
        String what = "TCP " + name(shape) + ", " + bytes + " B, segments/s: ours / ";
        Acceptance.atLeast(7, what + "RSocket", rsocket, ours(rounds, TcpContender.RSOCKET, Outcome::perSecond), "x");
        if (reactorNetty > 0) {
            double ratio = ours(rounds, TcpContender.REACTOR_NETTY, Outcome::perSecond);
            Acceptance.atLeast(7, what + "Reactor Netty by hand", reactorNetty, ratio, "x");
        }
        if (cpu > 0) {
            double ratio = ours(rounds, TcpContender.RSOCKET, Outcome::cpuSecondsPerGb);
            String cost = "TCP " + name(shape) + ", " + bytes + " B, CPU for a GB: ours / RSocket";
            Acceptance.atMost(7, cost, cpu, ratio, "x");
        }
    }

    private static double ours(
            AlternatedRounds<TcpContender> rounds, TcpContender beside, ToDoubleFunction<Outcome> of) {
        return rounds.ratio(TcpContender.SWARMFLUX, beside, of);
    }

    @ParameterizedTest
    @CsvSource({"HOP, 1.25, 1.5", "RELAY, 1.1, 0"})
    void measuresLatency(Shape shape, double median, double slowest) throws Exception {
        AlternatedRounds<TcpContender> rounds = rounds(shape, 16_384, PACED);
        String what = "TCP " + name(shape) + ", 2,000 x 16 KiB a second, ";
        double p50 = ours(rounds, TcpContender.REACTOR_NETTY, Outcome::p50Us);
        Acceptance.atMost(7, what + "p50 of latency: ours / Reactor Netty by hand", median, p50, "x");
        if (slowest > 0) {
            double p99 = ours(rounds, TcpContender.REACTOR_NETTY, Outcome::p99Us);
            Acceptance.atMost(7, what + "p99 of latency: ours / Reactor Netty by hand", slowest, p99, "x");
        }
    }

    @AfterAll
    static void writeTable() throws Exception {
        Path folder = Files.createDirectories(Path.of("target", "benchmarks"));
        Files.write(folder.resolve("tcp.md"), TABLE);
    }
}
