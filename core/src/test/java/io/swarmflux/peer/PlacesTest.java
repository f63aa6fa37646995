package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.flux.Join;
import io.swarmflux.flux.ReaderSpec;
import io.swarmflux.flux.StreamSignal;
import io.swarmflux.peer.SwarmBench.Counter;
import io.swarmflux.segment.Description;
import io.swarmflux.segment.Segment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A limited upload has places, and they go to whoever needs them. 62.5 segments a second, 8 Mbit/s, in virtual time. */
class PlacesTest {
    private static final long RATE = 8_000_000;
    private static final int BYTES = 16_000;
    private static final int ALL = Description.DEFAULT_SUB_STREAMS;

    private final SwarmBench bench = new SwarmBench();
    private final List<Long> missing = new ArrayList<>();

    /** An upload with room for so many sub-streams, and a little more. */
    private static Serving places(double count) {
        return Serving.defaults().upload((long) (RATE * (count + 0.3) / ALL / 0.985));
    }

    private RunningPeer seed(Serving serving) {
        return bench.start(bench.seeder(
                        new Counter(1_000_000, BYTES, true),
                        bench.options("seed").serving(serving))
                .at(Pace.rate(RATE)));
    }

    private RunningPeer relay(String name, Serving serving) {
        return bench.start(bench.peer(bench.options(name).serving(serving), "seed"));
    }

    private RunningPeer player(String name, String... upstreams) {
        RunningPeer player = bench.start(bench.peer(bench.bare(name), upstreams));
        ReaderSpec spec =
                ReaderSpec.defaults().named("player").joinAt(Join.oldest()).holePatience(Duration.ofSeconds(1));
        player.signals(spec)
                .subscribe(
                        signal -> {
                            if (signal instanceof StreamSignal.Missing<Segment> hole) {
                                missing.add(hole.gap().size());
                            }
                        },
                        failure -> missing.add(Long.MAX_VALUE));
        return player;
    }

    /** The sub-streams that one peer pushes another. */
    private List<Integer> pushed(RunningPeer from, String to) {
        return bench.look(from).downstreams().stream()
                .filter(one -> one.peer().equals(to) && one.open())
                .flatMap(one -> one.subStreams().stream())
                .toList();
    }

    private long sentBytes(RunningPeer from) {
        return bench.look(from).downstreams().stream()
                .mapToLong(PeerSnapshot.Downstream::bytes)
                .sum();
    }

    private long received(RunningPeer peer) {
        return bench.look(peer).upstreams().stream()
                .mapToLong(PeerSnapshot.Upstream::bytes)
                .sum();
    }

    @Test
    void whoIsDeclinedFindsAnotherUpstream() {
        seed(Serving.defaults());
        RunningPeer small = relay("small", places(ALL / 4));
        RunningPeer large = relay("large", Serving.defaults());
        bench.run(Duration.ofSeconds(3));
        player("player", "small", "large"); // asks the small one for everything
        bench.run(Duration.ofSeconds(10));
        missing.clear();
        long before = sentBytes(small);
        bench.run(Duration.ofSeconds(10));
        assertThat(missing).isEmpty();
        assertThat(pushed(small, "player")).hasSizeBetween(1, ALL / 4);
        assertThat(pushed(small, "player").size() + pushed(large, "player").size())
                .isEqualTo(ALL);
        assertThat((sentBytes(small) - before) * 8 / 10).isLessThan(RATE / 4 * 11 / 10);
    }

    @Test
    void whoCanGoElsewhereMakesRoomForWhoCannot() {
        seed(Serving.defaults());
        RunningPeer wanted = relay("wanted", places(ALL));
        RunningPeer other = relay("other", Serving.defaults());
        bench.run(Duration.ofSeconds(3));
        player("free", "wanted", "other");
        bench.run(Duration.ofSeconds(10));
        assertThat(pushed(wanted, "free")).hasSizeGreaterThan(ALL / 4);
        missing.clear();
        player("bound", "wanted");
        bench.run(Duration.ofSeconds(10));
        assertThat(missing).isEmpty();
        assertThat(pushed(wanted, "bound")).hasSize(ALL);
        assertThat(pushed(wanted, "free")).isEmpty();
        assertThat(pushed(other, "free")).hasSize(ALL);
    }

    @Test
    void whenNobodyCanGoElsewhereAllAreLetInAndShareEqually() {
        RunningPeer seed = seed(places(ALL + ALL / 4));
        List<RunningPeer> players = List.of(player("one", "seed"), player("two", "seed"));
        bench.run(Duration.ofSeconds(10));
        assertThat(pushed(seed, "one")).hasSize(ALL);
        assertThat(pushed(seed, "two")).hasSize(ALL);
        List<Long> before = players.stream().map(this::received).toList();
        bench.run(Duration.ofSeconds(10));
        long one = received(players.get(0)) - before.get(0);
        long two = received(players.get(1)) - before.get(1);
        assertThat((double) one).isBetween(two * 0.9, two * 1.1);
        assertThat((one + two) * 8 / 10.0).isBetween(RATE * 1.2, RATE * 1.35);
    }
}
