package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.link.LinkConditions;
import io.swarmflux.peer.SwarmBench.Counter;
import io.swarmflux.peer.SwarmBench.Playing;
import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Description;
import io.swarmflux.segment.Mode;
import io.swarmflux.segment.Segment;
import io.swarmflux.wire.Message;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Restarted seeders, other epochs, and the end as a state. */
class EpochAndEndTest {
    private final SwarmBench bench = new SwarmBench();

    @Test
    void aRestartedSeederIsFollowedAfterThreeSecondsWithoutData() {
        RunningPeer old = bench.start(bench.seeder(new Counter(1_000_000, 100, false), bench.options("seed")));
        RunningPeer peer = bench.start(bench.peer(bench.bare("peer"), "seed"));
        Playing playing = bench.play(peer);
        bench.run(2_000);
        old.dispose();
        bench.run(500);
        bench.start(bench.seeder(new Counter(1_000_000, 100, false), bench.options("seed")));
        bench.run(1_500);
        assertThat(playing.epochs).hasSize(1);
        bench.run(3_000);
        assertThat(playing.epochs).hasSize(2).isSorted();
        assertThat(bench.told("peer", PeerEvent.Conflict.class)).hasSizeLessThanOrEqualTo(1);
        assertThat(bench.look(peer).epoch()).isEqualTo(playing.epochs.get(1));
    }

    @Test
    void aSeederThatWasAwayForLongerThanThatIsFollowedAsSoonAsItIsBack() {
        RunningPeer old = bench.start(bench.seeder(new Counter(1_000_000, 100, false), bench.options("seed")));
        RunningPeer near = bench.start(bench.peer(bench.options("near"), "seed"));
        RunningPeer far = bench.start(bench.peer(bench.bare("far"), "seed", "near"));
        Playing playing = bench.play(near);
        Playing beyond = bench.play(far);
        bench.run(2_000);
        old.dispose();
        bench.run(5_000);
        bench.start(bench.seeder(new Counter(1_000_000, 100, false), bench.options("seed")));
        bench.run(10_000);
        assertThat(playing.epochs).hasSize(2).isSorted();
        assertThat(beyond.epochs).isEqualTo(playing.epochs);
        assertThat(bench.look(far).window().duplicates()).isLessThan(100);
    }

    @Test
    void aLargerEpochBesideALivingOneIsAConflictToldOnceAndNotFollowed() {
        bench.start(bench.seeder(new Counter(1_000_000, 100, false), bench.options("seed"))
                .inEpoch(5));
        bench.start(bench.seeder(new Counter(1_000_000, 100, false), bench.options("usurper"))
                .inEpoch(6));
        RunningPeer peer = bench.start(bench.peer(bench.bare("peer"), "seed"));
        bench.run(1_000);
        peer.dispose();
        bench.run(1_000);
        peer = bench.start(bench.peer(bench.bare("peer2"), "seed"));
        Playing playing = bench.play(peer);
        bench.run(500);
        RunningPeer both = bench.start(bench.peer(bench.bare("both"), "seed", "usurper"));
        Playing between = bench.play(both);
        bench.run(20_000);
        assertThat(playing.epochs).containsExactly(5L);
        assertThat(between.epochs).hasSize(1);
        assertThat(bench.told("both", PeerEvent.Conflict.class)).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void anEpochMoreThanADayInTheFutureIsNeverFollowed() {
        RunningPeer old = bench.start(bench.seeder(new Counter(1_000_000, 100, false), bench.options("seed")));
        RunningPeer peer = bench.start(bench.peer(bench.bare("peer"), "seed"));
        Playing playing = bench.play(peer);
        bench.run(2_000);
        old.dispose();
        bench.run(500);
        bench.start(bench.seeder(new Counter(1_000_000, 100, false), bench.options("seed"))
                .inEpoch(Duration.ofDays(3).toMillis()));
        bench.run(30_000);
        assertThat(playing.epochs).hasSize(1);
        assertThat(bench.told("peer", PeerEvent.Conflict.class)).hasSize(1);
    }

    @Test
    void aRestartedSeederTakesALargerEpochThanItsDownstreamsHaveHeardOf() {
        RunningPeer old = bench.start(bench.seeder(new Counter(1_000_000, 100, false), bench.options("seed"))
                .inEpoch(Duration.ofHours(2).toMillis()));
        Playing playing = bench.play(bench.start(bench.peer(bench.bare("peer"), "seed")));
        bench.run(2_000);
        old.dispose();
        bench.run(500);
        bench.start(bench.seeder(
                new Counter(1_000_000, 100, false), bench.options("seed").waitingFor(1)));
        bench.run(6_000);
        assertThat(playing.epochs)
                .containsExactly(
                        Duration.ofHours(2).toMillis(), Duration.ofHours(2).toMillis() + 1);
    }

    @Test
    void anEmptyStreamEndsEverywhere() {
        RunningPeer seed = bench.start(
                bench.seeder(new Counter(0, 100, true), bench.options("seed").waitingFor(1))
                        .at(Pace.none()));
        RunningPeer relay = bench.start(bench.peer(bench.options("relay"), "seed"));
        RunningPeer leaf = bench.start(bench.peer(bench.bare("leaf"), "relay"));
        Playing playing = bench.play(leaf);
        bench.run(8_000);
        assertThat(playing.over).isTrue();
        assertThat(playing.sequences).isEmpty();
        assertThat(SwarmBench.isDone(seed)).isTrue();
        assertThat(SwarmBench.isDone(relay)).isTrue();
        assertThat(SwarmBench.isDone(leaf)).isTrue();
        assertThat(bench.look(leaf).finalSequence()).isEqualTo(-1);
        assertThat(bench.told("leaf", PeerEvent.Ended.class)).hasSize(1);
    }

    @Test
    void aLostEndIsHeardFromAnAnnouncement() {
        RunningPeer seed = bench.start(bench.seeder(new Counter(3_000, 100, true), bench.options("seed")));
        RunningPeer peer = bench.start(bench.peer(bench.bare("peer"), "seed"));
        Playing playing = bench.play(peer);
        bench.run(2_900);
        bench.way("seed").conditions(LinkConditions.perfect().loss(1));
        bench.run(400);
        assertThat(playing.over).isFalse();
        bench.way("seed").conditions(LinkConditions.perfect());
        bench.run(3_000);
        assertThat(playing.over).isTrue();
        assertThat(playing.last()).isEqualTo(2_999);
        bench.run(6_000);
        assertThat(SwarmBench.isDone(seed)).isTrue();
        assertThat(SwarmBench.isDone(peer)).isTrue();
    }

    /** Issue 3: the only one who has said it had gone, and the peer waited for ever. */
    @Test
    void anEndThatWasSaidLongBeforeItsSegmentsCameCountsWhenTheyHaveCome() {
        Stranger upstream = Stranger.listening(bench.net.named("loop:up"), "loop:up", bench::run)
                .awake();
        RunningPeer peer = bench.start(bench.peer(
                bench.bare("peer").within(new PeerOptions.Window(64, 2L << 20, Duration.ofSeconds(10))), "up"));
        Playing playing = bench.play(peer);
        bench.run(50);
        upstream.greet("up")
                .say(new Message.Subscribed(1, 7, 0, 0, Description.of(Mode.LOSSLESS)), new Message.End(1, 7, 199));
        for (long sequence = 0; sequence < 200; sequence++) {
            byte[] payload = ByteBuffer.allocate(Long.BYTES).putLong(sequence).array();
            upstream.push(1, Segment.of(SwarmBench.NEWS, 7, sequence, new Cut(payload, sequence * 1000, 0), 1));
            bench.run(3); // a little at a time, so that there is credit for it
        }
        upstream.say(new Message.Goodbye(Message.GoodbyeReason.FINISHED, 0));
        bench.run(1_000);
        playing.hasExactly(0, 200);
        assertThat(playing.over).isTrue();
        assertThat(SwarmBench.isDone(peer)).isTrue();
    }

    @Test
    void aRelayOutlivesItsPlayerUntilItsDownstreamHasEverything() {
        bench.start(bench.seeder(
                        new Counter(8_000, 1_000, true), bench.options("seed").waitingFor(1))
                .at(Pace.none()));
        bench.way("relay")
                .conditions(LinkConditions.perfect().rate(8_000_000).delay(Duration.ofMillis(5), Duration.ZERO));
        RunningPeer relay = bench.start(bench.peer(bench.options("relay").waitingFor(1), "seed"));
        Playing first = bench.play(relay);
        Playing last = bench.play(bench.start(bench.peer(bench.bare("leaf"), "relay")));
        bench.run(2_000);
        first.hasExactly(0, 8_000);
        assertThat(SwarmBench.isDone(relay)).isFalse();
        bench.run(12_000);
        last.hasExactly(0, 8_000);
        assertThat(SwarmBench.isDone(relay)).isTrue();
    }

    @Test
    void whoLeavesSaysGoodbyeAndItsSnapshotStaysTrue() {
        RunningPeer seed = bench.start(bench.seeder(new Counter(1_000_000, 100, false), bench.options("seed")));
        RunningPeer peer = bench.start(bench.peer(bench.bare("peer"), "seed"));
        Playing playing = bench.play(peer);
        bench.run(2_000);
        peer.leave().subscribe();
        bench.run(100);
        assertThat(SwarmBench.isDone(peer)).isTrue();
        assertThat(playing.over).isTrue();
        assertThat(bench.told("seed", PeerEvent.LinkDown.class))
                .singleElement()
                .satisfies(down -> assertThat(down.reason()).contains("LEAVING"));
        PeerSnapshot after = bench.look(peer);
        assertThat(after.upstreams()).singleElement().satisfies(up -> {
            assertThat(up.open()).isFalse();
            assertThat(up.segments()).isEqualTo(playing.sequences.size());
        });
        assertThat(bench.look(seed).downstreams()).singleElement().satisfies(down -> assertThat(down.segments())
                .isBetween(playing.sequences.size() + 0L, playing.sequences.size() + 5L));
    }
}
