package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.directory.Announcement;
import io.swarmflux.directory.Directories;
import io.swarmflux.directory.Directory;
import io.swarmflux.directory.DirectoryEvent;
import io.swarmflux.directory.DirectoryException;
import io.swarmflux.directory.DirectoryLimits;
import io.swarmflux.directory.InMemoryDirectory;
import io.swarmflux.directory.Lease;
import io.swarmflux.directory.LeaseDirectory;
import io.swarmflux.directory.PeerRecord;
import io.swarmflux.peer.SwarmBench.Counter;
import io.swarmflux.peer.SwarmBench.Playing;
import io.swarmflux.segment.StreamId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A swarm that was found stays whole: upstreams fail, directories go away and lie, peers lose their path. 62.5 segments a second. */
class UpkeepTest {
    private static final long RATE = 8_000_000;
    private static final int BYTES = 16_000;

    private final SwarmBench bench = new SwarmBench();
    private final Random random = new Random(9);
    private final Switched directory = new Switched("one");
    private final Switched other = new Switched("two");

    /** A directory that can be switched off, and forgets everything then. */
    private final class Switched implements LeaseDirectory {
        final String name;
        InMemoryDirectory now = memory();
        boolean off;

        Switched(String name) {
            this.name = name;
        }

        void kill() {
            off = true;
            now = memory();
        }

        private DirectoryException away() {
            return new DirectoryException(DirectoryException.Reason.UNAVAILABLE, name, "is switched off");
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Mono<Lease> register(PeerRecord peer, Duration ttl) {
            return Mono.defer(() -> off ? Mono.error(away()) : now.register(peer, ttl));
        }

        @Override
        public Mono<Void> withdraw(PeerRecord peer) {
            return Mono.defer(() -> off ? Mono.error(away()) : now.withdraw(peer));
        }

        @Override
        public Mono<List<PeerRecord>> find(StreamId stream, int limit) {
            return Mono.defer(() -> off ? Mono.error(away()) : now.find(stream, limit));
        }

        @Override
        public Flux<DirectoryEvent> watch(StreamId stream) {
            return Flux.defer(() -> off ? Flux.error(away()) : now.watch(stream));
        }

        List<String> names() {
            List<String> names = new ArrayList<>();
            now.find(SwarmBench.NEWS, 100).subscribe(all -> all.forEach(one -> names.add(one.name())));
            bench.run(1);
            return names;
        }
    }

    private InMemoryDirectory memory() {
        return InMemoryDirectory.create(bench.time, DirectoryLimits.defaults(), random::nextDouble);
    }

    private Discovery in(Directory... directories) {
        return Discovery.in(Directories.merged(directories).on(bench.time, random::nextDouble));
    }

    private RunningPeer seed(String name, Discovery discovery) {
        return bench.start(bench.seeder(new Counter(1_000_000, BYTES, true), bench.options(name))
                .at(Pace.rate(RATE))
                .discovering(discovery));
    }

    private RunningPeer join(String name, Discovery discovery) {
        return bench.start(bench.peer(bench.options(name)).discovering(discovery));
    }

    private List<RunningPeer> crowd(int peers, Discovery discovery) {
        return IntStream.range(0, peers).mapToObj(i -> join("p" + i, discovery)).toList();
    }

    private List<String> upstreams(RunningPeer peer) {
        return bench.look(peer).upstreams().stream()
                .filter(PeerSnapshot.Upstream::open)
                .map(PeerSnapshot.Upstream::peer)
                .toList();
    }

    private static void isWhole(Playing play, long least) {
        play.hasExactly(play.first(), play.last() + 1);
        assertThat(play.last()).isGreaterThan(least);
    }

    @Test
    void whoFailsIsReplaced() {
        seed("seed", in(directory));
        List<RunningPeer> peers = crowd(12, in(directory));
        bench.run(Duration.ofSeconds(6));
        Playing play = bench.play(peers.get(0));
        bench.run(Duration.ofSeconds(2));
        List<String> before = upstreams(peers.get(0));
        before.stream().filter(name -> !name.equals("seed")).limit(3).forEach(name -> peers.stream()
                .filter(one -> one.name().equals(name))
                .forEach(RunningPeer::dispose));
        bench.run(Duration.ofSeconds(4));
        assertThat(upstreams(peers.get(0))).hasSizeGreaterThanOrEqualTo(5);
        bench.run(Duration.ofSeconds(10));
        isWhole(play, 20 * 62);
    }

    @Test
    void nobodyHasManyMoreUpstreamsThanItWants() {
        seed("seed", in(directory));
        List<RunningPeer> peers = crowd(12, in(directory).upstreams(4));
        bench.run(Duration.ofMinutes(1));
        for (RunningPeer peer : peers) {
            assertThat(upstreams(peer)).as(peer.name()).hasSizeBetween(3, 6);
        }
    }

    @Test
    void whenTheDirectoryDiesPlayingGoesOnAndWhoKnowsOnePeerJoins() {
        seed("seed", in(directory));
        List<RunningPeer> peers = crowd(8, in(directory));
        Playing play = bench.play(peers.get(0));
        bench.run(Duration.ofSeconds(5));
        directory.kill();
        bench.run(Duration.ofSeconds(30));
        RunningPeer late = bench.start(bench.peer(bench.options("late"), "p5").discovering(in(directory)));
        Playing joined = bench.play(late);
        bench.run(Duration.ofSeconds(5));
        assertThat(upstreams(late)).hasSizeGreaterThanOrEqualTo(3);
        peers.get(5).dispose(); // and it does not depend on the one it knew
        bench.run(Duration.ofSeconds(20));
        isWhole(joined, 55 * 62);
        isWhole(play, 55 * 62);
        assertThat(bench.told("late", PeerEvent.DirectoryFails.class)).isNotEmpty();
    }

    @Test
    void ofTwoDirectoriesOneMayBeAwayAndLearnsAfterwardsWhoCameMeanwhile() {
        seed("seed", in(directory, other));
        List<RunningPeer> peers = crowd(4, in(directory, other));
        Playing play = bench.play(peers.get(0));
        bench.run(Duration.ofSeconds(5));
        directory.kill();
        Playing meanwhile = bench.play(join("meanwhile", in(directory, other)));
        bench.run(Duration.ofSeconds(20));
        assertThat(meanwhile.last()).isGreaterThan(20 * 62);
        directory.off = false;
        bench.run(Duration.ofSeconds(10)); // a lease time
        assertThat(directory.names()).contains("meanwhile", "seed", "p0", "p1", "p2", "p3");
        assertThat(other.names()).contains("meanwhile", "seed", "p0", "p1", "p2", "p3");
        isWhole(play, 30 * 62);
    }

    /** Says what harms most, as fast as it is asked. */
    private record Liar(int lies) implements Directory {
        @Override
        public String name() {
            return "liar";
        }

        private List<PeerRecord> peers(StreamId stream) {
            List<PeerRecord> all = new ArrayList<>();
            for (int i = 0; i < lies; i++) {
                StreamId of = i % 3 == 0 ? StreamId.of("other") : stream;
                String name = i % 5 == 0 ? "p0" : "lie" + i; // p0 is who asks
                all.add(PeerRecord.of(of, name, i, i % 7 == 0 ? "loop:p0" : "loop:nowhere" + i));
            }
            return all;
        }

        @Override
        public Flux<io.swarmflux.directory.LeaseEvent> announce(Announcement announcement) {
            return Flux.never();
        }

        @Override
        public Mono<List<PeerRecord>> find(StreamId stream, int limit) {
            return Mono.fromSupplier(() -> peers(stream));
        }

        @Override
        public Flux<DirectoryEvent> watch(StreamId stream) {
            return Flux.<DirectoryEvent>just(new DirectoryEvent.Snapshot(peers(stream)))
                    .concatWith(Flux.fromIterable(peers(stream)).map(DirectoryEvent.Joined::new))
                    .concatWith(Flux.never());
        }
    }

    @Test
    void aDirectoryThatLiesCostsTimeAndNothingElse() {
        seed("seed", in(directory));
        join("p1", in(directory));
        bench.run(Duration.ofSeconds(2));
        RunningPeer lied = join("p0", in(new Liar(10_000), directory));
        Playing play = bench.play(lied);
        bench.run(Duration.ofSeconds(60));
        assertThat(play.last()).isGreaterThan(30 * 62);
        isWhole(play, 30 * 62);
        assertThat(upstreams(lied)).contains("seed").doesNotContain("p0");
    }

    @Test
    void peersWithoutAPathFindAnotherOnceThereIsOne() {
        Discovery discovery = in(directory).upstreams(2);
        RunningPeer seed = seed("seed", discovery);
        List<RunningPeer> peers = crowd(4, discovery);
        bench.run(Duration.ofSeconds(5));
        seed.dispose();
        bench.run(Duration.ofSeconds(15));
        for (RunningPeer peer : peers) { // they have each other, and nobody has anything
            assertThat(upstreams(peer)).as(peer.name()).isNotEmpty();
            assertThat(bench.look(peer).progress().stillMillis()).isGreaterThan(10_000);
        }
        seed("again", discovery);
        bench.run(Duration.ofSeconds(15));
        for (RunningPeer peer : peers) {
            assertThat(bench.look(peer).progress().stillMillis())
                    .as(peer.name())
                    .isLessThan(1_000);
        }
    }

    @Test
    void whoCannotBeDialledGivesToThoseItHasDialled() {
        seed("hidden", Discovery.byNeighbours());
        RunningPeer inside = join("inside", Discovery.byNeighbours());
        Playing play = bench.play(inside);
        RunningPeer nat = bench.start(bench.peer(bench.bare("nat"), "hidden", "inside"));
        bench.run(Duration.ofSeconds(10));
        assertThat(upstreams(inside)).contains("nat");
        assertThat(play.last()).isGreaterThan(5 * 62);
        assertThat(bench.look(nat).downstreams())
                .extracting(PeerSnapshot.Downstream::peer)
                .contains("inside");
    }
}
