package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.link.LoopbackGroup;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens to an island when members, gateways and whole islands come, go and fail, in virtual time. */
class IslandTroubleTest {
    private final IslandBench island = new IslandBench();
    private final SwarmBench bench = island.bench;
    private final LoopbackGroup group = island.group;

    @ParameterizedTest(name = "{0}")
    @ValueSource(doubles = {0.01, 0.03, 0.1})
    void losesNothingWhateverTheLoss(double loss) {
        RunningPeer seed = island.seed(12);
        bench.run(1_000);
        group.loss(loss);
        island.fourMembers(2);
        bench.run(16_000);
        assertThat(island.wrong(2_999)).isEmpty();
        assertThat(island.copies(seed)).isLessThan(1.1);
    }

    @Test
    void aFrozenGatewayIsReplacedAndTakesNothingWhenItIsBack() {
        RunningPeer seed = island.seed(25);
        bench.run(1_000);
        island.fourMembers(1);
        bench.run(6_000);
        String frozen = island.gateway();
        bench.way(frozen).cut();
        group.block("*", frozen);
        group.block(frozen, "*");
        bench.run(3_000);
        group.unblock();
        bench.way(frozen).restore();
        bench.run(2_000);
        assertThat(island.look(frozen).feeds()).isEmpty();
        int moves = island.moves();
        bench.run(6_000);
        // it may be given sub-streams back, one each five seconds, and each handover is told by two
        assertThat(island.moves()).isLessThanOrEqualTo(moves + 4);
        bench.run(14_000);
        assertThat(island.wrong(6_249)).isEmpty();
        assertThat(island.copies(seed)).isLessThan(1.2);
    }

    @Test
    void aGatewayThatLeavesPolitelyIsReplacedAtOnce() {
        RunningPeer seed = island.seed(15);
        bench.run(1_000);
        island.fourMembers(1);
        bench.run(6_000);
        String gateway = island.gateway();
        island.of(gateway).leave().subscribe();
        bench.run(1_500);
        island.members.remove(gateway);
        island.playing.remove(gateway);
        assertThat(island.gateway()).isNotEqualTo(gateway);
        bench.run(14_000);
        assertThat(island.wrong(3_749)).isEmpty();
        assertThat(island.copies(seed)).isLessThan(1.1);
    }

    @Test
    void twoIslandsAndFourSinglePeersTakeThreeCopiesFromTheSeeder() {
        IslandBench other = new IslandBench(bench, "group:other");
        RunningPeer seed = island.seed(20);
        bench.run(1_000);
        for (String name : List.of("a", "b", "c", "d")) {
            island.member(name, 2, "seed");
            other.member(name + "2", 2, "seed");
            bench.run(50);
        }
        bench.run(2_000);
        IslandBench singles = new IslandBench(bench, "group:none");
        List<String> chain = List.of("seed", "p", "q", "r", "s");
        for (int i = 1; i < chain.size(); i++) {
            String name = chain.get(i);
            singles.play(name, bench.start(bench.peer(bench.options(name), chain.get(i - 1))));
            bench.run(50);
        }
        bench.run(24_000);
        assertThat(island.wrong(4_999)).isEmpty();
        assertThat(other.wrong(4_999)).isEmpty();
        assertThat(singles.wrong(4_999)).isEmpty();
        assertThat(island.copies(seed)).isLessThanOrEqualTo(3);
    }

    @Test
    void islandsThatCouldFeedEachOtherFormNoLoop() {
        IslandBench other = new IslandBench(bench, "group:other");
        RunningPeer seed = island.seed(25);
        bench.run(1_000);
        island.member("a1", 2, "seed", "b1", "b2");
        island.member("a2", 2, "b1", "b2");
        other.member("b1", 2, "seed", "a1", "a2");
        other.member("b2", 2, "a1", "a2");
        bench.run(8_000);
        bench.way("b1").cut("loop:seed"); // island b has only island a
        bench.run(20_000);
        assertThat(island.wrong(6_249)).isEmpty();
        assertThat(other.wrong(6_249)).isEmpty();
        assertThat(island.copies(seed)).isLessThan(2.1);
    }

    @Test
    void aMemberNeedNotListen() {
        RunningPeer seed = island.seed(12);
        bench.run(1_000);
        island.member("a", 1, "seed");
        island.member(bench.bare("b"), "b", 1, "seed");
        island.member(bench.bare("c"), "c", 1);
        bench.run(16_000);
        assertThat(island.wrong(2_999)).isEmpty();
        assertThat(island.copies(seed)).isLessThan(1.1);
    }

    @Test
    void aMemberThatComesAndGoesEachSecondDisturbsNobody() {
        RunningPeer seed = island.seed(18);
        bench.run(1_000);
        island.fourMembers(2);
        bench.run(2_000);
        for (int i = 0; i < 10; i++) {
            String name = "x" + i;
            RunningPeer guest = island.member(name, 2, "seed");
            bench.run(500);
            if (i % 2 == 0) {
                guest.leave().subscribe();
            } else {
                guest.dispose();
            }
            bench.run(500);
            island.members.remove(name);
            island.playing.remove(name);
        }
        bench.run(10_000);
        assertThat(island.wrong(4_499)).isEmpty();
        assertThat(island.copies(seed)).isLessThan(1.4);
    }

    @Test
    void goesOnWithTheNextEpoch() {
        RunningPeer first = island.seed(60);
        bench.run(1_000);
        island.fourMembers(2);
        bench.run(6_000);
        first.dispose();
        bench.run(1_000);
        island.seed(15);
        bench.run(25_000);
        island.playing.forEach((name, played) -> {
            assertThat(played.epochs).as(name).hasSize(2);
            assertThat(played.last()).as(name).isEqualTo(3_749);
            assertThat(played.corrupt).isFalse();
        });
    }

    @Test
    void aLateMemberCostsTheGroupNothing() {
        island.seed(20);
        bench.run(1_000);
        island.fourMembers(2);
        bench.run(4_000);
        long before = group.bytes();
        bench.run(3_000);
        long usual = group.bytes() - before;
        before = group.bytes();
        island.member("late", 2, "seed");
        bench.run(3_000);
        assertThat(group.bytes() - before).isLessThan(usual * 102 / 100);
        assertThat(island.played("late").sequences).hasSizeGreaterThan(700);
    }

    @Test
    void chunksThatNeverComeThoughHeartbeatsDoAreTakenOverLinks() {
        island.seed(15);
        bench.run(1_000);
        island.fourMembers(1);
        bench.run(3_000);
        group.loseLongerThan(600); // as where something on the way drops long datagrams
        bench.run(Duration.ofSeconds(16));
        assertThat(island.wrong(3_749)).isEmpty();
    }
}
