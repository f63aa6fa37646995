package io.swarmflux.observe;

import static io.swarmflux.observe.Health.Reason.LAGS;
import static io.swarmflux.observe.Health.Reason.MISSES;
import static io.swarmflux.observe.Health.Reason.NO_STREAM;
import static io.swarmflux.observe.Health.Reason.NO_UPSTREAM;
import static io.swarmflux.observe.Health.Reason.STANDS_STILL;
import static io.swarmflux.observe.Health.Status.DEGRADED;
import static io.swarmflux.observe.Health.Status.DOWN;
import static io.swarmflux.observe.Health.Status.UP;
import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.peer.PeerCounts;
import io.swarmflux.peer.PeerSnapshot;
import io.swarmflux.segment.StreamId;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One row for each way a peer can look. */
class HealthTest {
    /** A peer in the middle of a stream, 50 segments a second, all well; each step makes one thing different. */
    private record Look(
            boolean seeds, boolean open, long epoch, long last, long lag, long perSecond, long still, long missed) {
        static final Look WELL = new Look(false, true, 7, -2, 3, 50, 100, -1);

        Look seeder() {
            return new Look(true, false, epoch, last, lag, perSecond, still, missed);
        }

        Look alone() {
            return new Look(seeds, false, epoch, last, lag, perSecond, still, missed);
        }

        Look inEpoch(long other) {
            return new Look(seeds, open, other, last, lag, perSecond, still, missed);
        }

        Look endingAt(long sequence) {
            return new Look(seeds, open, epoch, sequence, lag, perSecond, still, missed);
        }

        Look behind(long segments, long rate) {
            return new Look(seeds, open, epoch, last, segments, rate, still, missed);
        }

        Look still(long millis) {
            return new Look(seeds, open, epoch, last, lag, 0, millis, missed);
        }

        Look missed(long agoMillis) {
            return new Look(seeds, open, epoch, last, lag, perSecond, still, agoMillis);
        }

        PeerSnapshot snapshot() {
            PeerSnapshot.Now now = new PeerSnapshot.Now(List.of(0), 1_000, 0, 1);
            return new PeerSnapshot(
                    "p",
                    StreamId.of("news"),
                    seeds,
                    epoch,
                    last,
                    new PeerSnapshot.Window(0, 100, 100 + lag, 100, 1_000, 100, 0, 0, 0, 0, 0),
                    new PeerSnapshot.Progress(lag, perSecond, still, new PeerSnapshot.Missed(1, 1, missed)),
                    seeds ? List.of() : List.of(new PeerSnapshot.Upstream("up", "", open, 1, 1, 0, now)),
                    List.of(),
                    new PeerSnapshot.Repair(0, 0, 0),
                    0,
                    0,
                    List.of(),
                    new PeerCounts(Map.of(), Map.of(), Map.of(), Map.of(), Map.of()),
                    null);
        }

        @Override
        public String toString() {
            return (seeds ? "seeder" : open ? "peer" : "lonely peer") + ", epoch " + epoch + " ends at " + last + ", "
                    + lag + " behind at " + perSecond + "/s, still " + still + " ms, missed " + missed + " ms ago";
        }
    }

    private static Arguments row(Look look, Health.Status status, Health.Reason... reasons) {
        return Arguments.of(look, status, List.of(reasons));
    }

    static Stream<Arguments> table() {
        Look well = Look.WELL;
        return Stream.of(
                row(well, UP),
                row(well.seeder(), UP),
                row(well.seeder().inEpoch(-1), DOWN, NO_STREAM),
                row(well.inEpoch(-1).still(60_000), DOWN, NO_STREAM),
                row(well.inEpoch(-1).alone(), DOWN, NO_STREAM, NO_UPSTREAM),
                row(well.alone(), DEGRADED, NO_UPSTREAM),
                row(well.alone().still(2_999), DEGRADED, NO_UPSTREAM),
                row(well.alone().still(3_000), DOWN, NO_UPSTREAM, STANDS_STILL),
                row(well.still(2_999), UP),
                row(well.still(3_000), DEGRADED, STANDS_STILL),
                row(well.seeder().still(3_000), DEGRADED, STANDS_STILL),
                row(well.behind(100, 50), UP),
                row(well.behind(101, 50), DEGRADED, LAGS),
                row(well.behind(8, 1), UP),
                row(well.behind(9, 1), DEGRADED, LAGS),
                row(well.behind(9_999, 50).still(3_000), DEGRADED, STANDS_STILL),
                row(well.missed(0), DEGRADED, MISSES),
                row(well.missed(9_999), DEGRADED, MISSES),
                row(well.missed(10_000), UP),
                row(well.behind(500, 50).missed(5), DEGRADED, LAGS, MISSES),
                row(well.endingAt(200).still(9_000), DEGRADED, STANDS_STILL),
                row(well.endingAt(99).alone().still(60_000), UP),
                row(well.endingAt(-1).still(60_000), UP));
    }

    @ParameterizedTest(name = "{0}: {1} {2}")
    @MethodSource("table")
    void isJudgedFromOneSnapshot(Look look, Health.Status status, List<Health.Reason> reasons) {
        assertThat(Health.of(look.snapshot())).isEqualTo(new Health(status, reasons));
    }
}
