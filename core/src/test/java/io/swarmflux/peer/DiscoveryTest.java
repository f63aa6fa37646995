package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmflux.directory.Directories;
import io.swarmflux.directory.DirectoryLimits;
import io.swarmflux.directory.InMemoryDirectory;
import io.swarmflux.directory.PeerRecord;
import io.swarmflux.peer.SwarmBench.Counter;
import io.swarmflux.peer.SwarmBench.Playing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Peers find each other in a directory and through each other. 62.5 segments a second in virtual time. */
class DiscoveryTest {
    private static final long RATE = 8_000_000;
    private static final int BYTES = 16_000;

    private final SwarmBench bench = new SwarmBench();
    private final Random random = new Random(5);
    private final InMemoryDirectory directory =
            InMemoryDirectory.create(bench.time, DirectoryLimits.defaults(), random::nextDouble);
    private final Discovery discovery =
            Discovery.in(Directories.merged(directory).on(bench.time, random::nextDouble));

    private RunningPeer seed(String name) {
        return bench.start(bench.seeder(new Counter(1_000_000, BYTES, true), bench.options(name))
                .at(Pace.rate(RATE))
                .discovering(discovery));
    }

    private RunningPeer join(PeerOptions options, String... upstreams) {
        return bench.start(bench.peer(options, upstreams).discovering(discovery));
    }

    private List<PeerRecord> announced() {
        List<PeerRecord> all = new ArrayList<>();
        directory.find(SwarmBench.NEWS, 100).subscribe(all::addAll);
        bench.run(1);
        return all;
    }

    private long upstreams(RunningPeer peer) {
        return bench.look(peer).upstreams().stream()
                .filter(PeerSnapshot.Upstream::open)
                .count();
    }

    @Test
    void tenPeersAndASeederFindEachOther() {
        seed("seed");
        List<RunningPeer> peers = new ArrayList<>();
        List<Playing> plays = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            peers.add(join(bench.options("p" + i)));
            plays.add(bench.play(peers.get(i)));
        }
        bench.run(Duration.ofSeconds(5));
        for (RunningPeer peer : peers) {
            assertThat(upstreams(peer)).as(peer.name()).isGreaterThanOrEqualTo(3);
        }
        bench.run(Duration.ofSeconds(10));
        for (Playing play : plays) {
            play.hasExactly(play.first(), play.last() + 1);
            assertThat(play.last()).isGreaterThan(14 * 62);
        }
    }

    @Test
    void theSeederMayComeLast() {
        RunningPeer first = join(bench.options("p0"));
        RunningPeer second = join(bench.options("p1"));
        bench.run(Duration.ofSeconds(20));
        assertThat(announced()).isEmpty(); // they have nothing to serve
        seed("seed");
        Playing play = bench.play(first);
        bench.play(second);
        bench.run(Duration.ofSeconds(5));
        assertThat(play.last()).isGreaterThan(3 * 62);
        assertThat(announced()).extracting(PeerRecord::name).containsExactlyInAnyOrder("seed", "p0", "p1");
    }

    @Test
    void whoWaitsForDownstreamsIsFoundByThem() {
        bench.start(bench.seeder(
                        new Counter(500, BYTES, true), bench.options("seed").waitingFor(2))
                .at(Pace.none())
                .discovering(discovery));
        Playing first = bench.play(join(bench.options("p0")));
        bench.run(Duration.ofSeconds(2));
        Playing second = bench.play(join(bench.options("p1")));
        bench.run(Duration.ofSeconds(10));
        first.hasExactly(0, 500);
        second.hasExactly(0, 500);
    }

    @Test
    void whoOnlyDialsIsNotAnnouncedAndPlays() {
        seed("seed");
        Playing play = bench.play(join(bench.bare("dials")));
        bench.run(Duration.ofSeconds(3));
        assertThat(play.last()).isGreaterThan(100);
        assertThat(announced()).extracting(PeerRecord::name).containsExactly("seed");
    }

    @Test
    void whoIsReachedElsewhereIsAnnouncedThere() {
        seed("seed");
        join(bench.options("p")
                .advertising("loop:elsewhere")
                .serving(Serving.defaults().upload(20_000_000).downstreams(7)));
        bench.run(Duration.ofSeconds(5));
        PeerRecord record = announced().stream()
                .filter(one -> one.name().equals("p"))
                .findFirst()
                .orElseThrow();
        assertThat(record.addresses()).containsExactly("loop:elsewhere");
        assertThat(record.freePlaces()).isBetween(1, 7);
        assertThat(record.uploadBitsPerSecond()).isEqualTo(20_000_000);
    }

    @Test
    void whoLeavesIsNotFoundAnyMoreAndWhoStartsAgainIsNewer() {
        seed("seed");
        RunningPeer peer = join(bench.options("p"));
        bench.run(Duration.ofSeconds(2));
        long before = announced().stream()
                .filter(one -> one.name().equals("p"))
                .findFirst()
                .orElseThrow()
                .incarnation();
        peer.leave().subscribe();
        bench.run(Duration.ofSeconds(2));
        assertThat(SwarmBench.isDone(peer)).isTrue();
        assertThat(announced()).extracting(PeerRecord::name).containsExactly("seed");
        join(bench.options("p"));
        bench.run(Duration.ofSeconds(2));
        assertThat(announced())
                .filteredOn(one -> one.name().equals("p"))
                .singleElement()
                .satisfies(again -> assertThat(again.incarnation()).isGreaterThan(before));
    }

    @Test
    void whoKnowsOneNeighbourFindsTheOthersWithoutAnyDirectory() {
        seed("seed");
        for (int i = 0; i < 6; i++) {
            join(bench.options("p" + i));
        }
        bench.run(Duration.ofSeconds(5));
        RunningPeer late = bench.start(bench.peer(bench.options("late"), "p3").discovering(Discovery.byNeighbours()));
        Playing play = bench.play(late);
        bench.run(Duration.ofSeconds(10));
        assertThat(upstreams(late)).isGreaterThanOrEqualTo(3);
        play.hasExactly(play.first(), play.last() + 1);
        assertThat(play.last()).isGreaterThan(14 * 62);
    }

    @Test
    void whoIsGivenItsUpstreamsByNameKeepsToThem() {
        seed("seed");
        join(bench.options("p0"));
        join(bench.options("p1"));
        RunningPeer given = bench.start(bench.peer(bench.options("given"), "p0"));
        bench.run(Duration.ofSeconds(30));
        assertThat(upstreams(given)).isEqualTo(1);
    }

    @Test
    void deadAddressesCostTimeAndNothingElse() {
        seed("seed");
        for (int i = 0; i < 60; i++) {
            directory
                    .register(PeerRecord.of(SwarmBench.NEWS, "dead" + i, 1, "loop:dead" + i), Duration.ofMinutes(1))
                    .subscribe();
        }
        directory
                .register(PeerRecord.of(SwarmBench.NEWS, "nonsense", 1, "no-such-form"), Duration.ofMinutes(1))
                .subscribe();
        List<Playing> plays = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            plays.add(bench.play(join(bench.options("p" + i))));
        }
        bench.run(Duration.ofSeconds(40));
        assertThat(plays).allSatisfy(play -> assertThat(play.last()).isGreaterThan(20 * 62));
    }

    @Test
    void aNameThatNoDirectoryTakesIsRefusedAtOnce() {
        assertThatThrownBy(() -> Objects.requireNonNull(bench.peer(bench.options("white space"))
                        .discovering(discovery)
                        .start()
                        .block()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("white space");
    }
}
