package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.flux.LaggedException;
import io.swarmflux.peer.SwarmBench.Counter;
import io.swarmflux.peer.SwarmBench.Playing;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Readers that are slow or stop, beside others that are not. */
class SlowReaderTest {
    private final SwarmBench bench = new SwarmBench();

    @Test
    void aReaderThatStopsInALosslessStreamIsClosedByNameAndTheOthersGoOn() {
        bench.start(bench.seeder(
                        new Counter(60_000, 100, true), bench.options("seed").waitingFor(2))
                .at(Pace.none()));
        RunningPeer relay = bench.start(bench.peer(bench.options("relay"), "seed"));
        RunningPeer stopper = bench.start(bench.peer(bench.options("stopper"), "relay"));
        RunningPeer other = bench.start(bench.peer(bench.options("other"), "seed", "relay"));
        Playing relayed = bench.play(relay);
        Playing stopped = bench.play(stopper, 1_000);
        Playing read = bench.play(other);
        bench.run(9_000);
        assertThat(stopped.failure).isNull();
        assertThat(read.last()).isLessThan(59_999);
        bench.run(Duration.ofSeconds(20));
        assertThat(stopped.failure).isInstanceOf(LaggedException.class);
        assertThat(bench.told("stopper", PeerEvent.TooSlow.class))
                .singleElement()
                .satisfies(told -> assertThat(told.at()).isEqualTo(1_000));
        // nobody in the chain is taken for the one who stands still
        assertThat(bench.told("relay", PeerEvent.TooSlow.class)).isEmpty();
        assertThat(bench.told("seed", PeerEvent.TooSlow.class)).isEmpty();
        relayed.hasExactly(0, 60_000);
        read.hasExactly(0, 60_000);
    }

    @Test
    void aSlowLivePlayerSkipsAndTellsItAndTheFastOnesAreUnaffected() {
        PeerOptions.Window small = new PeerOptions.Window(1024, 4 << 20, Duration.ofSeconds(10));
        bench.start(bench.seeder(
                new Counter(1_000_000, 1_000, false), bench.options("seed").within(small)));
        RunningPeer peer = bench.start(bench.peer(bench.bare("peer").within(small), "seed"));
        Playing fast = bench.play(peer);
        Playing slow = bench.play(peer, 0);
        for (int i = 0; i < 300; i++) {
            slow.request(1);
            bench.run(100);
            assertThat(bench.look(peer).window().bytes()).isLessThan(4 << 20);
        }
        fast.hasExactly(fast.first(), fast.last() + 1);
        assertThat(fast.last()).isGreaterThan(29_900);
        assertThat(slow.sequences).isSorted().doesNotHaveDuplicates();
        assertThat(slow.last()).isGreaterThan(28_000);
        long missing = slow.last() + 1 - slow.first() - slow.sequences.size();
        assertThat(bench.told("peer", PeerEvent.Passed.class).stream()
                        .mapToLong(passed -> passed.gap().size())
                        .sum())
                .isEqualTo(missing);
    }

    @Test
    void aSlowPlayerHoldsALosslessStreamAndLosesNothing() {
        PeerOptions.Window small = new PeerOptions.Window(1024, 2 << 20, Duration.ofSeconds(10));
        bench.start(bench.seeder(
                        new Counter(5_000, 1_000, true),
                        bench.options("seed").within(small).waitingFor(1))
                .at(Pace.none()));
        RunningPeer relay =
                bench.start(bench.peer(bench.options("relay").within(small).waitingFor(1), "seed"));
        Playing fast = bench.play(relay);
        Playing slow = bench.play(bench.start(bench.peer(bench.bare("leaf").within(small), "relay")), 0);
        for (int i = 0; i < 500; i++) {
            slow.request(10);
            bench.run(100);
        }
        bench.run(10_000);
        slow.hasExactly(0, 5_000);
        fast.hasExactly(0, 5_000);
    }
}
