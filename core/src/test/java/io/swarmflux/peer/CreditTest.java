package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.link.LinkConditions;
import io.swarmflux.peer.SwarmBench.Counter;
import io.swarmflux.peer.SwarmBench.Playing;
import io.swarmflux.segment.Segment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Several upstreams, one window: grants never exceed its room, and never starve the hole everything waits for. */
class CreditTest {
    private static final PeerOptions.Window TINY = new PeerOptions.Window(1024, 2 << 20, Duration.ofSeconds(10));

    private final SwarmBench bench = new SwarmBench();

    @Test
    void fourUpstreamsWhoseWindowsTogetherExceedTheRingDeliverEverything() {
        bench.start(bench.seeder(
                        new Counter(6_000, 16_000, true), bench.options("seed").waitingFor(5))
                .at(Pace.none()));
        for (int i = 1; i <= 3; i++) {
            String relay = "relay" + i;
            bench.start(bench.peer(bench.options(relay).waitingFor(1), "seed"));
            bench.way(relay)
                    .conditions(LinkConditions.perfect()
                            .rate(40_000_000L * i)
                            .delay(Duration.ofMillis(3L * i), Duration.ZERO));
        }
        Playing beside = bench.play(bench.start(bench.peer(bench.bare("beside"), "seed")));
        RunningPeer peer =
                bench.start(bench.peer(bench.bare("peer").within(TINY), "seed", "relay1", "relay2", "relay3"));
        Playing playing = bench.play(peer, 0);
        for (int i = 0; i < 600; i++) {
            playing.request(20);
            bench.run(50);
            assertThat(bench.look(peer).window().bytes()).isLessThanOrEqualTo(TINY.bytes());
        }
        playing.hasExactly(0, 6_000);
        beside.hasExactly(0, 6_000);
    }

    @Test
    void aRingOfThreeWithTinyWindowsAndLossyLinksMakesProgress() {
        bench.start(bench.seeder(
                        new Counter(3_000, 8_000, true),
                        bench.options("seed").waitingFor(1).within(TINY))
                .at(Pace.none()));
        List<Playing> players = new ArrayList<>();
        String[][] ring = {{"a", "seed", "c"}, {"b", "a"}, {"c", "b"}};
        for (String[] one : ring) {
            bench.way(one[0])
                    .conditions(LinkConditions.perfect().loss(0.01).delay(Duration.ofMillis(5), Duration.ZERO));
            String[] upstreams = java.util.Arrays.copyOfRange(one, 1, one.length);
            players.add(bench.play(bench.start(bench.peer(bench.options(one[0]).within(TINY), upstreams))));
        }
        bench.run(Duration.ofMinutes(3));
        for (Playing player : players) {
            player.hasExactly(0, 3_000);
        }
    }

    @Test
    void whatIsGrantedAndWhatIsHeldNeverExceedTheWindowLessOneSegment() {
        bench.start(bench.seeder(
                        new Counter(4_000, 12_000, true), bench.options("seed").waitingFor(3))
                .at(Pace.none()));
        bench.start(bench.peer(bench.options("relay1"), "seed"));
        bench.start(bench.peer(bench.options("relay2"), "seed"));
        Node peer = (Node) bench.start(bench.peer(bench.bare("peer").within(TINY), "seed", "relay1", "relay2"));
        Playing playing = bench.play(peer, 0);
        for (int i = 0; i < 4_000; i++) {
            playing.request(i % 7 == 0 ? 10 : 0);
            bench.run(7);
            var view = peer.programme().view();
            if (view != null) {
                long held = TINY.bytes() - Segment.MAX_ENCODED_BYTES - view.roomBytes();
                assertThat(held + peer.taking().unusedBytes())
                        .as("at %s ms", i * 7)
                        // what was asked for again is its own credit, and may use what is kept for the base
                        .isLessThanOrEqualTo(
                                peer.repairs().snapshot().answered() == 0
                                        ? TINY.bytes() - Segment.MAX_ENCODED_BYTES
                                        : TINY.bytes());
            }
        }
        playing.hasExactly(0, 4_000);
    }

    @Test
    void bothEndsMayDialEachOtherAndOneLinkStaysThatServesBothWays() {
        bench.start(bench.seeder(new Counter(1_000_000, 100, false), bench.options("seed")));
        RunningPeer a = bench.start(bench.peer(bench.options("a"), "seed", "b"));
        RunningPeer b = bench.start(bench.peer(bench.options("b"), "a"));
        Playing atA = bench.play(a);
        Playing atB = bench.play(b);
        bench.run(5_000);
        assertThat(bench.look(a).upstreams())
                .extracting(PeerSnapshot.Upstream::peer)
                .contains("seed", "b");
        assertThat(bench.look(a).downstreams())
                .extracting(PeerSnapshot.Downstream::peer)
                .containsExactly("b");
        assertThat(bench.look(b).upstreams())
                .extracting(PeerSnapshot.Upstream::peer)
                .containsExactly("a");
        assertThat(bench.look(b).downstreams())
                .extracting(PeerSnapshot.Downstream::peer)
                .containsExactly("a");
        atA.hasExactly(atA.first(), atA.last() + 1);
        atB.hasExactly(atB.first(), atB.last() + 1);
        assertThat(atB.last()).isGreaterThan(4_800);
        assertThat(((Node) a).links().all().stream().filter(one -> one.peer().equals("b")))
                .hasSize(1);
    }
}
