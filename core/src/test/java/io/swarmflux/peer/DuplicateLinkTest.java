package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.link.LinkConditions;
import io.swarmflux.peer.SwarmBench.Counter;
import io.swarmflux.peer.SwarmBench.Playing;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A peer that is dialled twice by another, because that knows it by two addresses: the ends may see the two links open in either order. */
class DuplicateLinkTest {
    private final SwarmBench bench = new SwarmBench();

    @ParameterizedTest(name = "{0} ms there, {1}")
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
    void oneLinkStaysWhateverOrderTheyOpenIn(int round) {
        LinkConditions uneven = LinkConditions.perfect().delay(Duration.ofMillis(1), Duration.ofMillis(20));
        PeerOptions seeds = bench.options("seed")
                .listeningOn(SwarmBench.at("also"))
                .waitingFor(1)
                .within(new PeerOptions.Window(64, 2 << 20, Duration.ofSeconds(10)));
        RunningPeer seed =
                bench.start(bench.seeder(new Counter(3_000, 100, true), seeds).at(Pace.none()));
        PeerOptions plays = bench.bare("peer" + round);
        bench.way("seed").conditions(uneven);
        bench.way("peer" + round).conditions(uneven);
        RunningPeer peer = bench.start(bench.peer(plays, "seed", "also"));
        Playing playing = bench.play(peer);
        bench.run(400);
        assertThat(((Node) peer).links().all()).hasSize(1);
        assertThat(((Node) seed).links().all()).hasSize(1);
        assertThat(bench.told(peer.name(), PeerEvent.LinkDown.class)).hasSizeLessThanOrEqualTo(1);
        bench.run(8_000); // less than the time for which a place is kept
        playing.hasExactly(0, 3_000);
    }
}
