package io.swarmflux.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.benchmarks.group.GroupContender;
import io.swarmflux.benchmarks.group.Loss;
import io.swarmflux.benchmarks.tcp.TcpContender;
import io.swarmflux.samples.bench.Feed;
import io.swarmflux.samples.bench.Outcome;
import io.swarmflux.samples.bench.Shape;
import io.swarmflux.samples.bench.Trial;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Keeps contenders honest, in a small form: each segment comes once, undamaged and in order. A trial fails when one does not. */
class CarriersTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    static Stream<Arguments> tcp() {
        List<Arguments> all = new ArrayList<>();
        for (TcpContender contender : TcpContender.values()) {
            for (Shape shape : Shape.values()) {
                all.add(Arguments.of(contender, shape));
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource
    void tcp(TcpContender contender, Shape shape) throws Exception {
        for (int bytes : new int[] {Feed.LEAST_BYTES, 1_316, 100_000}) {
            Outcome outcome = new Trial(new Feed.Plan(bytes, 0, Duration.ZERO, LONG, 300), shape.receivers())
                    .run(contender.carrier(shape));
            assertThat(outcome.missing()).isZero();
            assertThat(outcome.perSecond()).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource
    void pacedTcpKeepsItsPace(TcpContender contender) throws Exception {
        Outcome outcome =
                new Trial(new Feed.Plan(1_316, 1_000, Duration.ZERO, LONG, 300), 1).run(contender.carrier(Shape.HOP));
        assertThat(outcome.missing()).isZero();
        assertThat(outcome.maxUs()).isPositive();
    }

    @ParameterizedTest
    @EnumSource(names = "RAW_DATAGRAMS", mode = EnumSource.Mode.EXCLUDE)
    void multicastRepairsWhatIsLost(GroupContender contender) throws Exception {
        Feed.Plan feed = new Feed.Plan(1_316, 500, Duration.ZERO, LONG, 1_000);
        Outcome outcome = new Trial(feed, 3).run(contender.carrier(new Loss(0.05, 7)));
        assertThat(outcome.missing()).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = "RAW_DATAGRAMS")
    void multicastLosesWhatItIsToldTo(GroupContender contender) throws Exception {
        Feed.Plan feed = new Feed.Plan(1_316, 500, Duration.ZERO, LONG, 500);
        Outcome outcome = new Trial(feed, 3).run(contender.carrier(new Loss(0.2, 7)));
        assertThat(outcome.missing()).isBetween(100L, 600L); // of 1,500
    }
}
