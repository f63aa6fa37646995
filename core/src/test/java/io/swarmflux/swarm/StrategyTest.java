package io.swarmflux.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.swarm.Strategy.Eyes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StrategyTest {
    private final Random random = new Random(7);

    private static Prospect prospect(String peer, long upload, @Nullable String island, long roundTripUs) {
        return new Prospect(peer, 1, List.of(peer + ":1"), -1, upload, island, roundTripUs);
    }

    private static Eyes eyes(long upload, @Nullable String island, List<Prospect> chosen) {
        return new Eyes(upload, island, chosen, 5);
    }

    private List<Prospect> choose(Strategy strategy, List<Prospect> all, long upload, @Nullable String island) {
        List<Prospect> left = new ArrayList<>(all);
        List<Prospect> chosen = new ArrayList<>();
        while (chosen.size() < 5 && !left.isEmpty()) {
            Prospect next = strategy.next(left, eyes(upload, island, chosen), random::nextDouble);
            assertThat(left.remove(next)).isTrue();
            chosen.add(next);
        }
        return chosen;
    }

    @ParameterizedTest
    @EnumSource(Strategy.class)
    void takesWhoHasNoFreePlaceLast(Strategy strategy) {
        List<Prospect> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            all.add(new Prospect("p" + i, 1, List.of("p:" + i), i < 3 ? 1 : 0, 1_000_000L * i, "i" + i, i * 100L));
        }
        assertThat(choose(strategy, all, 0, null).subList(0, 3))
                .extracting(Prospect::peer)
                .containsExactlyInAnyOrder("p0", "p1", "p2");
    }

    @ParameterizedTest
    @EnumSource(Strategy.class)
    void whoeverIsKnownCanBeTaken(Strategy strategy) {
        Set<String> taken = new HashSet<>();
        for (int round = 0; round < 400; round++) {
            List<Prospect> all = IntStream.range(0, 30)
                    .mapToObj(i -> prospect("p" + i, 100_000L * i, i % 3 == 0 ? "i" + i % 9 : null, i * 1000L))
                    .toList();
            choose(strategy, all, 1_500_000, null).forEach(one -> taken.add(one.peer()));
        }
        assertThat(taken).hasSize(30);
    }

    @Test
    void strongPeersTakeStrongOnesWithMeasure() {
        List<Prospect> all = IntStream.range(0, 40)
                .mapToObj(i -> prospect("p" + i, i < 4 ? 10_000_000 : 500_000, null, -1))
                .toList();
        int strong = 0;
        for (int round = 0; round < 100; round++) {
            List<Prospect> chosen = choose(Strategy.BANDWIDTH, all, 10_000_000, null);
            strong += (int) chosen.stream()
                    .filter(one -> one.uploadBitsPerSecond() == 10_000_000)
                    .count();
        }
        assertThat(strong).isBetween(280, 400); // three of five by the rule, the others by chance
    }

    @Test
    void aWeakUpstreamIsChangedForAStrongOneWhileFewAreStrong() {
        Prospect weak = prospect("weak", 500_000, null, -1);
        Prospect strong = prospect("strong", 5_000_000, null, -1);
        assertThat(Strategy.BANDWIDTH.swap(List.of(strong), eyes(1_000_000, null, List.of(weak))))
                .isEqualTo(new Strategy.Swap(weak, strong));
        Prospect other = prospect("other", 4_000_000, null, -1);
        assertThat(Strategy.BANDWIDTH.swap(List.of(strong), eyes(1_000_000, null, List.of(weak, other))))
                .isNull();
    }

    @Test
    void aForestHasAnUpstreamInEachTree() {
        List<Prospect> all = IntStream.range(0, 60)
                .mapToObj(i -> prospect("p" + i, -1, null, -1))
                .toList();
        for (int round = 0; round < 50; round++) {
            Set<Integer> trees = new TreeSet<>();
            choose(Strategy.FOREST, all, 0, null).forEach(one -> trees.add(Strategy.home(one.peer(), 5)));
            assertThat(trees).containsExactly(0, 1, 2, 3, 4);
        }
    }

    @Test
    void homesAreSpreadOverTheTrees() {
        int[] at = new int[5];
        IntStream.range(0, 5000).forEach(i -> at[Strategy.home("peer-" + i, 5)]++);
        assertThat(IntStream.of(at).boxed().toList())
                .allSatisfy(n -> assertThat(n).isBetween(850, 1150));
    }

    @Test
    void twoUpstreamsOfOneTreeAreOneTooMany() {
        List<Prospect> all = IntStream.range(0, 60)
                .mapToObj(i -> prospect("p" + i, -1, null, -1))
                .toList();
        List<Prospect> tree =
                all.stream().filter(one -> Strategy.home(one.peer(), 5) == 0).toList();
        Strategy.Swap swap = Strategy.FOREST.swap(all, eyes(0, null, tree.subList(0, 2)));
        assertThat(Objects.requireNonNull(swap).out()).isEqualTo(tree.get(1));
        assertThat(Strategy.home(swap.in().peer(), 5)).isNotZero();
        assertThat(Strategy.FOREST.swap(tree, eyes(0, null, tree.subList(0, 2))))
                .isNull();
    }

    @Test
    void everySecondUpstreamIsTheNearest() {
        List<Prospect> all = IntStream.range(0, 30)
                .mapToObj(i -> prospect("p" + i, -1, null, i < 20 ? 1000L * (i + 1) : -1))
                .toList();
        List<Prospect> chosen = choose(Strategy.NEARBY, all, 0, null);
        assertThat(chosen.get(0).peer()).isEqualTo("p0");
        assertThat(chosen.subList(0, 3)).extracting(Prospect::peer).containsAnyOf("p1", "p2");
    }

    @Test
    void aFarUpstreamIsChangedForANearOneAndOthersAreKeptAsTheyWereDrawn() {
        Prospect far = prospect("far", -1, null, 90_000);
        Prospect farther = prospect("farther", -1, null, 120_000);
        Prospect near = prospect("near", -1, null, 10_000);
        assertThat(Strategy.NEARBY.swap(List.of(near), eyes(0, null, List.of(farther, far))))
                .isEqualTo(new Strategy.Swap(far, near));
        assertThat(Strategy.NEARBY.swap(List.of(far), eyes(0, null, List.of(near, farther))))
                .isNull();
        assertThat(Strategy.NEARBY.swap(
                        List.of(prospect("unmeasured", -1, null, -1)), eyes(0, null, List.of(farther, far))))
                .isNull();
    }

    @Test
    void ofAnIslandOneMemberIsEnough() {
        List<Prospect> all = IntStream.range(0, 40)
                .mapToObj(i -> prospect("p" + i, -1, i < 34 ? "lan" + i % 2 : null, -1))
                .toList();
        for (int round = 0; round < 50; round++) {
            List<Prospect> chosen = choose(Strategy.ISLANDS, all, 0, "lan1");
            assertThat(chosen).noneMatch(one -> "lan1".equals(one.island()));
            assertThat(chosen.stream()
                            .filter(one -> "lan0".equals(one.island()))
                            .count())
                    .isLessThanOrEqualTo(1);
        }
    }

    @Test
    void twoUplinksToOneIslandAreOneTooMany() {
        Prospect first = prospect("first", -1, "lan", -1);
        Prospect second = prospect("second", -1, "lan", -1);
        Prospect other = prospect("other", -1, null, -1);
        assertThat(Strategy.ISLANDS.swap(List.of(other), eyes(0, null, List.of(first, second))))
                .isEqualTo(new Strategy.Swap(second, other));
        assertThat(Strategy.ISLANDS.swap(List.of(other), eyes(0, null, List.of(first))))
                .isNull();
    }

    @ParameterizedTest
    @EnumSource(Strategy.class)
    void nothingIsChangedThatCannotGetBetter(Strategy strategy) {
        assertThat(strategy.swap(List.of(), eyes(0, null, List.of(prospect("a", 1, "i", 1)))))
                .isNull();
        assertThat(strategy.swap(List.of(prospect("a", 1, "i", 1)), eyes(0, null, List.of())))
                .isNull();
    }
}
