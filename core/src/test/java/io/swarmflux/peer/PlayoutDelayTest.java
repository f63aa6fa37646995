package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.flux.Join;
import io.swarmflux.flux.ReaderSpec;
import io.swarmflux.link.LinkConditions;
import io.swarmflux.peer.SwarmBench.Counter;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Nothing is asked for again that cannot come before it is due. A segment each 16 ms, made at a multiple of that, in virtual time;
 * the peer is 200 ms there and back from its upstream, and loses one segment.
 */
class PlayoutDelayTest {
    private static final int BYTES = 1_000;
    private static final Duration NEAR = Duration.ofMillis(5);
    private static final Duration FAR = Duration.ofMillis(100);
    private static final long ROUND_TRIP_MS = 200;
    private static final long LOST_MADE_MS = 3_008;
    private static final long SURE_MS = 2_000;

    private final SwarmBench bench = new SwarmBench();

    private static LinkConditions away(Duration delay) {
        return LinkConditions.perfect().delay(delay, Duration.ZERO);
    }

    private void seed(Pace pace) {
        bench.start(bench.seeder(new Counter(1_000, BYTES, false), bench.options("seed"))
                .at(pace)
                .dividedInto(4));
        bench.way("seed").conditions(away(FAR)); // each end sees to what it sends
    }

    private PeerOptions options(@Nullable Duration playoutDelay) {
        PeerOptions options = bench.bare("peer");
        return playoutDelay == null ? options : options.playoutDelay(playoutDelay);
    }

    private RunningPeer join(@Nullable Duration playoutDelay) {
        seed(Pace.rate(500_000));
        bench.way("peer").conditions(away(FAR));
        RunningPeer peer = bench.start(bench.peer(options(playoutDelay), "seed"));
        bench.run(1_000);
        return peer;
    }

    private long nowMs() {
        return bench.time.now(TimeUnit.MILLISECONDS);
    }

    /** The segment that is made at 3,008 ms comes to nobody. */
    private void loseOne() {
        bench.run(LOST_MADE_MS - 6 - nowMs());
        bench.way("seed").conditions(away(FAR).loss(1));
        bench.run(12);
        bench.way("seed").conditions(away(FAR));
    }

    /** How old the lost segment is when it is asked for; negative when it is not. */
    private long askedAtAgeMs(RunningPeer peer) {
        long before = bench.look(peer).repair().asked();
        for (long untilMs = nowMs() + SURE_MS; nowMs() < untilMs; ) {
            bench.run(1);
            if (bench.look(peer).repair().asked() > before) {
                return nowMs() - LOST_MADE_MS;
            }
        }
        return -1;
    }

    /** When it is asked for without a playout delay. */
    private static long asksAtAgeMs() {
        PlayoutDelayTest other = new PlayoutDelayTest();
        RunningPeer peer = other.join(null);
        other.loseOne();
        return other.askedAtAgeMs(peer);
    }

    @Test
    void whatCanJustComeInTimeIsAskedFor() {
        long asksMs = asksAtAgeMs();
        assertThat(asksMs).isPositive();
        RunningPeer peer = join(Duration.ofMillis(asksMs + ROUND_TRIP_MS + 2));
        loseOne();
        assertThat(askedAtAgeMs(peer)).isEqualTo(asksMs);
        bench.run(ROUND_TRIP_MS + 1);
        assertThat(bench.look(peer).repair().answered()).isEqualTo(1);
    }

    @Test
    void whatCannotComeInTimeIsNotAskedFor() {
        RunningPeer peer = join(Duration.ofMillis(asksAtAgeMs() + ROUND_TRIP_MS - 2));
        loseOne();
        assertThat(askedAtAgeMs(peer)).isNegative();
    }

    @Test
    void whoBeganWithSomethingOldStillAsks() {
        RunningPeer peer = join(FAR);
        ReaderSpec old = ReaderSpec.defaults().named("player").joinAt(Join.oldest());
        peer.signals(old).subscribe();
        loseOne();
        assertThat(askedAtAgeMs(peer)).isPositive();
    }

    @Test
    void theOtherIsAskedWhenOneIsTooFarAway() {
        seed(Pace.rate(500_000));
        bench.way("far").conditions(away(NEAR)); // it soon tells what it has, and is soon told nothing
        bench.way("peer").conditions(SwarmBench.at("far"), away(Duration.ofMillis(400)));
        bench.way("near").conditions(away(NEAR));
        bench.start(bench.peer(bench.options("far"), "seed"));
        RunningPeer peer = bench.start(bench.peer(options(Duration.ofMillis(700)), "far", "near"));
        bench.run(1_000); // so that the far one is the first to ask
        bench.start(bench.peer(bench.options("near"), "seed"));
        bench.run(9_008 + 97 - nowMs()); // what is made at 9,008 comes to the near one at 9,108
        bench.way("near").conditions(away(NEAR).loss(1));
        bench.run(30);
        bench.way("near").conditions(away(NEAR));
        PeerSnapshot.Repair before = bench.look(peer).repair();
        assertThat(askedAtAgeMs(peer)).isPositive();
        bench.run(60); // 5 ms from the one, 405 ms from the other
        assertThat(bench.look(peer).repair().answered()).isGreaterThan(before.answered());
        bench.run(2_000);
        PeerSnapshot.Repair after = bench.look(peer).repair();
        assertThat(after.answered() - before.answered()).isEqualTo(after.asked() - before.asked());
    }

    @Test
    void aLosslessStreamIsNeverDue() {
        seed(Pace.none());
        bench.way("seed").conditions(away(FAR).loss(0.02));
        RunningPeer peer = bench.start(bench.peer(options(Duration.ZERO), "seed"));
        SwarmBench.Playing playing = bench.play(peer);
        bench.run(Duration.ofMinutes(2));
        playing.hasExactly(0, 1_000);
        assertThat(bench.look(peer).repair().asked()).isPositive();
    }

    @Test
    void whoWaitsForHolesInALiveStreamAsksAsLongAsItTakes() {
        seed(Pace.rate(500_000));
        bench.way("peer").conditions(away(FAR));
        RunningPeer peer =
                bench.start(bench.peer(options(Duration.ofMillis(150)), "seed").lossless(true));
        loseOne();
        assertThat(askedAtAgeMs(peer)).isPositive();
    }
}
