package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.link.LinkConditions;
import io.swarmflux.peer.SwarmBench.Counter;
import io.swarmflux.segment.Description;
import io.swarmflux.segment.Segment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** What a snapshot tells, in virtual time: 62.5 segments a second, 8 Mbit/s. */
class SnapshotTest {
    private static final long RATE = 8_000_000;
    private static final Integer[] ALL =
            IntStream.range(0, Description.DEFAULT_SUB_STREAMS).boxed().toArray(Integer[]::new);

    private final SwarmBench bench = new SwarmBench();
    private final RunningPeer seed =
            bench.start(bench.seeder(new Counter(1_000_000, 16_000, true), bench.options("seed"))
                    .inEpoch(7)
                    .at(Pace.rate(RATE)));

    private RunningPeer twoRelays() {
        bench.start(bench.peer(bench.options("relay1"), "seed"));
        bench.start(bench.peer(bench.options("relay2"), "seed"));
        RunningPeer player = bench.start(bench.peer(bench.bare("player"), "relay1", "relay2"));
        bench.run(Duration.ofSeconds(10));
        return player;
    }

    @Test
    void upstreamsDivideTheSubStreamsAndTheRate() {
        PeerSnapshot look = bench.look(twoRelays());
        List<Integer> brought = new ArrayList<>();
        look.upstreams().forEach(one -> brought.addAll(one.now().subStreams()));
        assertThat(brought).containsExactlyInAnyOrder(ALL);
        assertThat(look.upstreams()).hasSize(2).allSatisfy(one -> {
            assertThat(one.open()).isTrue();
            assertThat(one.now().bitsPerSecond() * 1.0 * ALL.length)
                    .isBetween(
                            RATE * 0.85 * one.now().subStreams().size(),
                            RATE * 1.15 * one.now().subStreams().size());
            assertThat(one.now().lag()).isLessThan(2L * ALL.length);
        });
        assertThat(look.seeds()).isFalse();
        assertThat(look.progress().segmentsPerSecond()).isBetween(60L, 65L);
        assertThat(look.progress().stillMillis()).isLessThan(500);
        assertThat(look.progress().lag()).isLessThan(2L * ALL.length);
        assertThat(look.isOver()).isFalse();
    }

    @Test
    void aDownstreamTakesWhatItsOtherEndSaysThatItBrings() {
        RunningPeer player = bench.start(bench.peer(bench.bare("player"), "seed"));
        bench.run(Duration.ofSeconds(5));
        PeerSnapshot.Downstream taken = bench.look(seed).downstreams().get(0);
        assertThat(taken.open()).isTrue();
        assertThat(taken.subStreams()).containsExactly(ALL);
        assertThat((double) taken.bitsPerSecond()).isBetween(RATE * 0.9, RATE * 1.1);
        assertThat(bench.look(seed).seeds()).isTrue();

        player.dispose();
        bench.run(Duration.ofSeconds(1));
        PeerSnapshot.Downstream gone = bench.look(seed).downstreams().get(0);
        assertThat(gone.open()).isFalse();
        assertThat(gone.subStreams()).isEmpty();
        assertThat(gone.bitsPerSecond()).isZero();
        assertThat(gone.segments()).isGreaterThanOrEqualTo(taken.segments());
    }

    @Test
    void anUpstreamThatIsGoneBringsNothingNow() {
        RunningPeer player = bench.start(bench.peer(bench.bare("player"), "seed"));
        bench.run(Duration.ofSeconds(5));
        seed.dispose();
        bench.run(Duration.ofSeconds(5));
        PeerSnapshot look = bench.look(player);
        assertThat(look.upstreams()).singleElement().satisfies(one -> {
            assertThat(one.open()).isFalse();
            assertThat(one.now().bitsPerSecond()).isZero();
            assertThat(one.now().subStreams()).isEmpty();
        });
        assertThat(look.progress().segmentsPerSecond()).isZero();
        assertThat(look.progress().stillMillis()).isBetween(4_000L, 5_500L);
    }

    @Test
    void aLossyLinkShowsInWhatIsAskedAnsweredAndMissed() {
        RunningPeer player = bench.start(bench.peer(bench.bare("player"), "seed"));
        player.segments().subscribe();
        bench.run(Duration.ofSeconds(2));
        assertThat(bench.look(player).repair()).isEqualTo(new PeerSnapshot.Repair(0, 0, 0));
        assertThat(bench.look(player).progress().missed()).isEqualTo(new PeerSnapshot.Missed(0, 0, -1));
        bench.way("seed").conditions(LinkConditions.perfect().loss(0.3).delay(Duration.ofMillis(20), Duration.ZERO));
        bench.run(Duration.ofSeconds(20));
        PeerSnapshot look = bench.look(player);
        assertThat(look.repair().answered()).isPositive();
        assertThat(look.repair().asked()).isGreaterThan(look.repair().answered());
        assertThat(look.progress().missed().segments()).isPositive();
        assertThat(look.repair().givenUp())
                .isBetween(1L, look.progress().missed().segments());
        assertThat(look.progress().missed().lastMillis()).isBetween(0L, 20_000L);
    }

    @Test
    void sumsNeverShrinkHoweverManyHaveComeAndGone() {
        long before = 0;
        for (int i = 0; i < 1_100; i++) {
            RunningPeer visitor = bench.start(bench.peer(
                    PeerOptions.defaults().named("visitor" + i).over(bench.net).timed(bench.time, i), "seed"));
            bench.run(25);
            visitor.dispose();
            if (i % 100 == 99) {
                bench.run(25);
                List<PeerSnapshot.Downstream> downstreams = bench.look(seed).downstreams();
                long sent = downstreams.stream()
                        .mapToLong(PeerSnapshot.Downstream::segments)
                        .sum();
                assertThat(sent).isGreaterThan(before);
                assertThat(downstreams).hasSizeLessThanOrEqualTo(1_025);
                before = sent;
            }
        }
        assertThat(bench.look(seed).downstreams())
                .extracting(PeerSnapshot.Downstream::peer)
                .contains("(others)");
    }

    @Test
    void aLocalPublisherHasARateAndNoSubStreams() {
        Flux<Segment> numbers = new Counter(1_000, 16_000, true)
                .cuts(0)
                .index((n, cut) -> Segment.of(SwarmBench.NEWS, 1, n, cut, 0))
                .delayElements(Duration.ofMillis(16), bench.time);
        RunningPeer player = bench.start(Peer.of(SwarmBench.NEWS)
                .upstream("here", numbers)
                .with(PeerOptions.defaults().named("player").timed(bench.time, 1)));
        bench.run(Duration.ofSeconds(5));
        PeerSnapshot.Upstream here = bench.look(player).upstreams().get(0);
        assertThat(here.now().subStreams()).isEmpty();
        assertThat((double) here.now().bitsPerSecond()).isBetween(RATE * 0.9, RATE * 1.1);
    }
}
