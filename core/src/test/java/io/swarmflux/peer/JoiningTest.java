package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.link.Link;
import io.swarmflux.peer.SwarmBench.Counter;
import io.swarmflux.peer.SwarmBench.Playing;
import io.swarmflux.wire.Message;
import io.swarmflux.wire.MessageCodec;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Who comes late, early, or in any order. */
class JoiningTest {
    private final SwarmBench bench = new SwarmBench();

    @Test
    void whoJoinsALiveStreamLatePlaysFromTheLiveEdgeAtOnce() {
        bench.start(bench.seeder(new Counter(1_000_000, 100, false), bench.options("seed")));
        bench.run(8_000);
        Playing playing = bench.play(bench.start(bench.peer(bench.bare("late"), "seed")));
        bench.run(100);
        assertThat(playing.first()).isBetween(7_980L, 8_001L);
        assertThat(playing.last()).isGreaterThan(8_080L);
        bench.run(2_000);
        playing.hasExactly(playing.first(), playing.last() + 1);
        assertThat(playing.last()).isGreaterThan(10_050L);
    }

    @Test
    void whoJoinsALosslessStreamLateGetsItFromTheStartWhileOthersAreInTheMiddle() {
        long count = 80_000;
        RunningPeer seed = bench.start(bench.seeder(
                        new Counter(count, 2_000, true), bench.options("seed").waitingFor(1))
                .at(Pace.none()));
        RunningPeer first = bench.start(bench.peer(bench.options("first"), "seed"));
        Playing playing = bench.play(first, 0);
        playing.request(30_000);
        for (int i = 0; i < 40; i++) {
            bench.run(50);
        }
        assertThat(playing.last()).isEqualTo(29_999);
        RunningPeer late = bench.start(bench.peer(bench.bare("late"), "seed", "first"));
        Playing later = bench.play(late);
        bench.run(100);
        playing.request(Long.MAX_VALUE);
        bench.run(Duration.ofSeconds(30));
        playing.hasExactly(0, count);
        later.hasExactly(0, count);
        bench.run(Duration.ofSeconds(10));
        assertThat(SwarmBench.isDone(seed) && SwarmBench.isDone(first) && SwarmBench.isDone(late))
                .isTrue();
    }

    @Test
    void aLateOneWithATinyWindowCatchesUpPastARelayThatIsFarAhead() {
        long count = 6_000;
        PeerOptions.Window tiny = new PeerOptions.Window(16_384, 2 << 20, Duration.ofSeconds(10));
        bench.start(bench.seeder(
                        new Counter(count, 4_000, true),
                        bench.options("seed").waitingFor(1).within(tiny))
                .at(Pace.none()));
        RunningPeer relay = bench.start(bench.peer(bench.options("relay").within(tiny), "seed"));
        Playing playing = bench.play(relay, 0);
        playing.request(3_000);
        bench.run(3_000);
        Playing later = bench.play(bench.start(bench.peer(bench.bare("late").within(tiny), "relay", "seed")));
        bench.run(100);
        playing.request(Long.MAX_VALUE);
        bench.run(Duration.ofSeconds(20));
        later.hasExactly(0, count);
        playing.hasExactly(0, count);
    }

    @Test
    void seederAndRelaysWaitForOneAnotherInAnyOrderOfStart() {
        for (int order = 0; order < 6; order++) {
            SwarmBench swarm = new SwarmBench();
            Playing[] players = new Playing[2];
            RunningPeer[] all = new RunningPeer[3];
            int[][] orders = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
            for (int which : orders[order]) {
                switch (which) {
                    case 0 ->
                        all[0] = swarm.start(swarm.seeder(
                                        new Counter(5_000, 100, true),
                                        swarm.options("seed").waitingFor(2))
                                .at(Pace.none()));
                    case 1 -> {
                        all[1] = swarm.start(swarm.peer(swarm.options("relay").waitingFor(1), "seed"));
                        players[0] = swarm.play(all[1]);
                    }
                    default -> {
                        all[2] = swarm.start(swarm.peer(swarm.options("leaf"), "relay", "seed"));
                        players[1] = swarm.play(all[2]);
                    }
                }
                swarm.run(2_500);
            }
            swarm.run(Duration.ofSeconds(30));
            for (Playing player : players) {
                assertThat(player.sequences).as("order " + order).hasSize(5_000);
                player.hasExactly(0, 5_000);
            }
            for (RunningPeer one : all) {
                assertThat(SwarmBench.isDone(one))
                        .as(one.name() + " in order " + order)
                        .isTrue();
            }
        }
    }

    @Test
    void anUpstreamThatIsNotThereIsToldOnceAndJoinedWhenItAppears() {
        RunningPeer peer = bench.start(bench.peer(bench.options("peer"), "seed"));
        Playing playing = bench.play(peer);
        bench.run(Duration.ofMinutes(1));
        assertThat(bench.told("peer", PeerEvent.Unreachable.class)).hasSize(1);
        bench.start(bench.seeder(new Counter(1_000, 100, true), bench.options("seed"))
                .at(Pace.none()));
        bench.run(Duration.ofSeconds(16));
        playing.hasExactly(0, 1_000);
        assertThat(playing.over).isTrue();
    }

    @Test
    void aChangedReasonWhyAnUpstreamIsNotReachedIsTold() {
        bench.start(bench.peer(bench.bare("peer"), "seed"));
        bench.run(Duration.ofSeconds(30));
        bench.net.listen(SwarmBench.at("seed"), Link::dispose).subscribe();
        bench.run(Duration.ofSeconds(30));
        assertThat(bench.told("peer", PeerEvent.Unreachable.class))
                .extracting(PeerEvent.Unreachable::reason)
                .containsExactly("nobody listens there", "closed by the other end");
    }

    @Test
    void whoAsksNotToBeDialledForAWhileIsNotDialledForThatLong() {
        int[] dialled = {0};
        bench.net
                .listen(SwarmBench.at("seed"), link -> {
                    dialled[0]++;
                    link.receive().subscribe(frame -> {}, failure -> {});
                    link.send(MessageCodec.encode(new Message.Reject(Message.RejectReason.FULL, 30_000, "later")));
                })
                .subscribe();
        bench.start(bench.peer(bench.bare("peer"), "seed"));
        bench.run(Duration.ofSeconds(29));
        assertThat(dialled[0]).isEqualTo(1);
        bench.run(Duration.ofSeconds(3));
        assertThat(dialled[0]).isEqualTo(2);
    }

    @Test
    void whoIsOneTooManyIsRefusedAndLetInWhenAnotherHasGone() {
        bench.start(bench.seeder(
                new Counter(1_000_000, 100, false),
                bench.options("seed").serving(Serving.defaults().downstreams(1))));
        RunningPeer first = bench.start(bench.peer(bench.bare("first"), "seed"));
        bench.run(1_000);
        Playing second = bench.play(bench.start(bench.peer(bench.bare("second"), "seed")));
        bench.run(5_000);
        assertThat(second.sequences).isEmpty();
        assertThat(bench.told("second", PeerEvent.Conflict.class)).isEmpty();
        assertThat(bench.told("second", PeerEvent.Refused.class))
                .singleElement()
                .satisfies(told -> assertThat(told.text()).contains("it serves 1 downstreams"));
        first.dispose();
        bench.run(3_000);
        assertThat(second.last()).isGreaterThan(8_000);
    }

    @Test
    void aShortStreamWaitsForAReaderThatComesAfterItsEnd() {
        bench.start(
                bench.seeder(new Counter(10, 100, true), bench.options("seed").waitingFor(1))
                        .at(Pace.none()));
        RunningPeer peer = bench.start(bench.peer(bench.bare("peer"), "seed"));
        bench.run(1_000);
        Playing playing = bench.play(peer);
        bench.run(1_000);
        playing.hasExactly(0, 10);
        assertThat(SwarmBench.isDone(peer)).isTrue();
    }
}
