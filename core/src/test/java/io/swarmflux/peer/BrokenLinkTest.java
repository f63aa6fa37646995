package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.link.LinkConditions;
import io.swarmflux.peer.SwarmBench.Counter;
import io.swarmflux.peer.SwarmBench.Playing;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Links that lose, fall silent, close and come back. */
class BrokenLinkTest {
    private final SwarmBench bench = new SwarmBench();

    private RunningPeer lossless(long count, int bytes) {
        return bench.start(bench.seeder(
                        new Counter(count, bytes, true), bench.options("seed").waitingFor(1))
                .at(Pace.none()));
    }

    private void rate(String who, long bits) {
        bench.way(who).conditions(LinkConditions.perfect().rate(bits).delay(Duration.ofMillis(10), Duration.ZERO));
    }

    @Test
    void aLosslessLinkThatIsCutForTwoSecondsGoesOnWithNothingMissing() {
        rate("seed", 20_000_000);
        rate("peer", 20_000_000);
        RunningPeer seed = lossless(10_000, 2_000);
        RunningPeer peer = bench.start(bench.peer(bench.bare("peer"), "seed"));
        Playing playing = bench.play(peer);
        bench.run(2_000);
        assertThat(playing.last()).isBetween(1_000L, 5_000L);
        bench.way("peer").cut();
        bench.run(2_000);
        bench.way("peer").restore();
        bench.run(Duration.ofSeconds(20));
        playing.hasExactly(0, 10_000);
        bench.run(Duration.ofSeconds(6));
        assertThat(SwarmBench.isDone(peer)).isTrue();
        assertThat(SwarmBench.isDone(seed)).isTrue();
        assertThat(bench.told("peer", PeerEvent.LinkDown.class)).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void aSilentLinkIsDeclaredDeadAfterThreeSecondsAndDialledAgain() {
        rate("seed", 20_000_000);
        rate("peer", 20_000_000);
        lossless(20_000, 2_000);
        Playing playing = bench.play(bench.start(bench.peer(bench.bare("peer"), "seed")));
        bench.run(2_000);
        bench.way("peer").cut();
        bench.run(2_900);
        assertThat(bench.told("peer", PeerEvent.LinkDown.class)).isEmpty();
        bench.run(300);
        assertThat(bench.told("peer", PeerEvent.LinkDown.class)).hasSize(1);
        bench.run(3_000);
        bench.way("peer").restore();
        bench.run(Duration.ofSeconds(40));
        assertThat(bench.told("peer", PeerEvent.LinkUp.class)).hasSize(2);
        playing.hasExactly(0, 20_000);
    }

    @Test
    void aCutInALiveStreamIsToldAsAGapAndTheStreamGoesOn() {
        bench.start(bench.seeder(new Counter(1_000_000, 1_000, false), bench.options("seed")));
        Playing playing = bench.play(bench.start(bench.peer(bench.bare("peer"), "seed")));
        bench.run(3_000);
        bench.way("peer").cut();
        bench.run(2_000);
        bench.way("peer").restore();
        bench.run(6_000);
        assertThat(playing.last()).isGreaterThan(10_800);
        assertThat(playing.sequences).doesNotHaveDuplicates().isSorted();
        long missing = playing.last() + 1 - playing.first() - playing.sequences.size();
        long told = bench.told("peer", PeerEvent.Passed.class).stream()
                .mapToLong(passed -> passed.gap().size())
                .sum();
        assertThat(told).isEqualTo(missing);
    }

    @Test
    void aLossyLinkDeliversALosslessStreamWholeAndItsEnd() {
        for (String name : new String[] {"seed", "peer"}) {
            bench.way(name)
                    .conditions(LinkConditions.perfect()
                            .loss(0.05)
                            .rate(20_000_000)
                            .delay(Duration.ofMillis(20), Duration.ZERO));
        }
        RunningPeer seed = lossless(5_000, 1_000);
        RunningPeer peer = bench.start(bench.peer(bench.bare("peer"), "seed"));
        Playing playing = bench.play(peer);
        bench.run(Duration.ofSeconds(60));
        playing.hasExactly(0, 5_000);
        assertThat(playing.over).isTrue();
        bench.run(Duration.ofSeconds(6));
        assertThat(SwarmBench.isDone(peer)).isTrue();
        assertThat(SwarmBench.isDone(seed)).isTrue();
    }

    @Test
    void aLossyLinkKeepsUpWithALiveStream() {
        for (String name : new String[] {"seed", "peer"}) {
            bench.way(name).conditions(LinkConditions.perfect().loss(0.02).delay(Duration.ofMillis(20), Duration.ZERO));
        }
        bench.start(bench.seeder(new Counter(1_000_000, 1_000, false), bench.options("seed")));
        Playing playing = bench.play(bench.start(bench.peer(bench.bare("peer"), "seed")));
        bench.run(Duration.ofSeconds(30));
        assertThat(playing.last()).isGreaterThan(29_000);
        assertThat(playing.sequences.size()).isGreaterThan(29_000 * 99 / 100);
    }

    @Test
    void aLinkThatWasClosedResumesFromTheNextSequence() {
        rate("seed", 20_000_000);
        lossless(40_000, 2_000);
        RunningPeer relay = bench.start(bench.peer(bench.options("relay"), "seed"));
        bench.play(
                bench.start(bench.peer(bench.bare("other"), "seed")), Long.MAX_VALUE); // keeps the seeder from its end
        Playing leaf = bench.play(bench.start(bench.peer(bench.bare("leaf"), "relay")));
        bench.run(1_000);
        relay.dispose();
        bench.run(1_000);
        bench.start(bench.peer(bench.options("relay"), "seed"));
        bench.run(Duration.ofSeconds(60));
        leaf.hasExactly(0, 40_000);
    }
}
