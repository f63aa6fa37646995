package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.link.LinkConditions;
import io.swarmflux.peer.SwarmBench.Counter;
import io.swarmflux.peer.SwarmBench.Playing;
import io.swarmflux.wire.Message;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two links that one end has dialled, because it knows the other by two addresses, or because the first is lost for it. */
class DuplicateLinkTest {
    private static final PeerOptions.Window SMALL = new PeerOptions.Window(64, 2 << 20, Duration.ofSeconds(10));
    private static final Message.Subscribe ALL = new Message.Subscribe(
            1, SwarmBench.NEWS, -1, -1, Message.Start.NATURAL, 0, -1, Integer.MAX_VALUE, 1 << 20, false);

    private final SwarmBench bench = new SwarmBench();

    private RunningPeer lossless(int count, PeerOptions options) {
        return bench.start(bench.seeder(new Counter(count, 100, true), options.within(SMALL))
                .at(Pace.none()));
    }

    /** The ends may see the two links open in either order: the frames of each take their own time. */
    @ParameterizedTest
    @ValueSource(strings = {"a0", "a1", "a2", "a3", "a4", "z0", "z1", "z2", "z3", "z4"})
    void oneStaysWhateverOrderTheyOpenIn(String name) {
        LinkConditions uneven = LinkConditions.perfect().delay(Duration.ofMillis(1), Duration.ofMillis(20));
        RunningPeer seed = lossless(
                3_000, bench.options("seed").listeningOn(SwarmBench.at("also")).waitingFor(1));
        bench.way("seed").conditions(uneven);
        bench.way(name).conditions(uneven);
        RunningPeer peer = bench.start(bench.peer(bench.bare(name), "seed", "also"));
        Playing playing = bench.play(peer);
        bench.run(400);
        assertThat(bench.told("seed", PeerEvent.LinkUp.class)).hasSize(2);
        assertThat(bench.told(name, PeerEvent.LinkUp.class)).hasSize(1);
        assertThat(bench.told(name, PeerEvent.LinkDown.class)).isEmpty();
        assertThat(((Node) peer).links().all()).hasSize(1);
        assertThat(((Node) seed).links().all()).hasSize(1);
        bench.run(8_000); // less than the time for which a place is kept
        playing.hasExactly(0, 3_000);
    }

    private Stranger stranger() {
        return Stranger.dialling(bench.net.named("loop:stranger"), "loop:seed", bench::run)
                .awake()
                .greet("stranger", 1);
    }

    /** For whoever dials again the first link is lost, even if the other end has not noticed. */
    @Test
    void whoSubscribesOverASecondLinkLosesTheFirstAndItsPlaceThere() {
        RunningPeer seed = lossless(1_000, bench.options("seed").waitingFor(2));
        Playing other = bench.play(bench.start(bench.peer(bench.bare("other"), "seed")));
        Stranger first = stranger().say(ALL);
        bench.run(100);
        Stranger second = stranger();
        assertThat(first.isClosed()).isFalse();
        second.say(ALL);
        bench.run(1_100);
        assertThat(first.last(Message.Goodbye.class).reason()).isEqualTo(Message.GoodbyeReason.DUPLICATE_LINK);
        assertThat(first.isClosed()).isTrue();
        assertThat(second.segments.subList(0, 64)).isEqualTo(first.segments.subList(0, 64));
        assertThat(bench.look(seed).window().oldest()).isZero(); // held for the second
        second.say(new Message.Credit(1, 1 << 20, 1 << 30, 1_000, 0, false));
        bench.run(2_000);
        other.hasExactly(0, 1_000); // and not for the first any more
    }

    @Test
    void aThirdIsRefused() {
        lossless(1_000, bench.options("seed"));
        Stranger first = stranger();
        Stranger second = stranger();
        Stranger third = Stranger.dialling(bench.net.named("loop:stranger"), "loop:seed", bench::run)
                .say(Stranger.hello("stranger", 1));
        assertThat(third.last(Message.Reject.class).reason()).isEqualTo(Message.RejectReason.DUPLICATE_PEER);
        assertThat(first.isClosed()).isFalse();
        assertThat(second.isClosed()).isFalse();
    }
}
