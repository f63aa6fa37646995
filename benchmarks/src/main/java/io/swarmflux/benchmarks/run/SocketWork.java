package io.swarmflux.benchmarks.run;

import io.swarmflux.benchmarks.group.GroupContender;
import io.swarmflux.benchmarks.group.Loss;
import io.swarmflux.benchmarks.tcp.TcpContender;
import io.swarmflux.samples.bench.Carrier;
import io.swarmflux.samples.bench.Feed;
import io.swarmflux.samples.bench.Shape;
import io.swarmflux.samples.bench.Trial;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A piece of work over sockets for one contender.
 *
 * @param name what is to be carried, and how
 * @param carrier who carries
 * @param trial how it is measured
 */
record SocketWork(String name, Carrier carrier, Trial trial) {
    private static final int DATAGRAM_BYTES = 1316;
    private static final int CHUNK_BYTES = 16 << 10;
    private static final int[] SIZES = {DATAGRAM_BYTES, CHUNK_BYTES, 64 << 10};
    private static final int PACED = 2_000;
    private static final int HUNDRED_MBIT = 100_000_000 / 8 / DATAGRAM_BYTES;
    private static final int GROUP_RECEIVERS = 3;
    private static final List<Double> LOSSES = List.of(0.0, 0.01, 0.05);
    private static final long SEED = 42;
    private static final String GROUP = "group-";
    private static final String TCP = "tcp-";
    private static final String FIRST = "not counted";

    /**
     * How long each trial takes, and one before all others that does not count: it takes the compiler ten seconds to be done with what all
     * of them have in common. Throughput needs less warming up than latency, in which the compiler's pauses show.
     */
    private record Times(
            Duration first, Duration warmUp, Duration measured, Duration pacedWarmUp, Duration pacedMeasured) {
        static final Times QUICK = new Times(
                Duration.ofSeconds(3),
                Duration.ofMillis(500),
                Duration.ofMillis(500),
                Duration.ofMillis(1_500),
                Duration.ofSeconds(1));
        static final Times FULL = new Times(
                Duration.ofSeconds(12),
                Duration.ofSeconds(4),
                Duration.ofSeconds(2),
                Duration.ofSeconds(5),
                Duration.ofSeconds(6));

        Feed.Plan plan(int bytes, int perSecond) {
            return perSecond == 0
                    ? new Feed.Plan(bytes, 0, warmUp, measured)
                    : new Feed.Plan(bytes, perSecond, pacedWarmUp, pacedMeasured);
        }
    }

    /** All contenders, each for a JVM of its own. */
    static List<String> contenders() {
        return Stream.concat(
                        Stream.of(GroupContender.values()).map(one -> GROUP + one),
                        Stream.of(TcpContender.values()).map(one -> TCP + one))
                .toList();
    }

    /** Whether it only prepares for what follows. */
    boolean isFirst() {
        return name.endsWith(FIRST);
    }

    /** What one contender is to do. */
    static List<SocketWork> of(String contender, boolean quick) {
        Times times = quick ? Times.QUICK : Times.FULL;
        return contender.startsWith(GROUP)
                ? group(GroupContender.valueOf(contender.substring(GROUP.length())), times)
                : tcp(TcpContender.valueOf(contender.substring(TCP.length())), times);
    }

    private static List<SocketWork> group(GroupContender who, Times times) {
        List<SocketWork> works = new ArrayList<>();
        works.add(group(who, "2,000 a second, 5 % loss", times.plan(DATAGRAM_BYTES, PACED), 0.05));
        for (double loss : LOSSES) {
            String name = String.format(Locale.ROOT, "100 Mbit/s, %.0f %% loss", 100 * loss);
            works.add(group(who, name, times.plan(DATAGRAM_BYTES, HUNDRED_MBIT), loss));
        }
        for (double loss : LOSSES) {
            String name = String.format(Locale.ROOT, "as fast as it goes, %.0f %% loss", 100 * loss);
            works.add(group(who, name, times.plan(DATAGRAM_BYTES, 0), loss));
        }
        return works;
    }

    private static SocketWork group(GroupContender who, String how, Feed.Plan plan, double loss) {
        return new SocketWork(
                "multicast to 3, 1316 B, " + how, who.carrier(new Loss(loss, SEED)), new Trial(plan, GROUP_RECEIVERS));
    }

    private static List<SocketWork> tcp(TcpContender who, Times times) {
        List<SocketWork> works = new ArrayList<>();
        works.add(tcp(who, Shape.HOP, FIRST, new Feed.Plan(DATAGRAM_BYTES, 0, times.first, times.measured)));
        for (Shape shape : Shape.values()) {
            for (int bytes : SIZES) {
                works.add(tcp(who, shape, "as fast as it goes", times.plan(bytes, 0)));
            }
        }
        works.add(tcp(who, Shape.HOP, "2,000 a second", times.plan(CHUNK_BYTES, PACED)));
        works.add(tcp(who, Shape.RELAY, "2,000 a second", times.plan(CHUNK_BYTES, PACED)));
        return works;
    }

    private static SocketWork tcp(TcpContender who, Shape shape, String how, Feed.Plan plan) {
        String name = "TCP " + shape.name().toLowerCase(Locale.ROOT).replace('_', ' ') + ", " + plan.bytes() + " B, ";
        return new SocketWork(name + how, who.carrier(shape), new Trial(plan, shape.receivers()));
    }
}
