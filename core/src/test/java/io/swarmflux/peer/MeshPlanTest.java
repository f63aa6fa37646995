package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmflux.peer.Discovery.Strategy;
import io.swarmflux.peer.MeshPlan.Member;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MeshPlanTest {
    private static final long RATE = 1_000_000;

    private static List<Member> members(int peers) {
        List<Member> all = new ArrayList<>(List.of(new Member("source", 3 * RATE, null, 0)));
        for (int i = 0; i < peers; i++) {
            long upload = i % 4 == 0 ? 3 * RATE : RATE;
            all.add(new Member("p" + i, upload, i % 10 < 3 ? "lan" + i % 10 : null, i % 5));
        }
        return all;
    }

    @ParameterizedTest
    @EnumSource(Strategy.class)
    void everybodyHasAPathToTheSourceAndNobodyMoreThanItsPlaces(Strategy strategy) {
        List<Member> all = members(300);
        Map<String, List<String>> plan = MeshPlan.of(strategy, all, 5, RATE, 1);
        Map<String, Integer> taken = new HashMap<>();
        Set<String> reached = new HashSet<>(Set.of("source"));
        plan.forEach((name, upstreams) -> {
            assertThat(upstreams).doesNotContain(name).doesNotHaveDuplicates().isNotEmpty();
            assertThat(reached).containsAll(upstreams); // whoever came before has a path
            reached.add(name);
            upstreams.forEach(one -> taken.merge(one, 1, Integer::sum));
        });
        assertThat(reached).hasSize(301);
        assertThat(plan.get("p299")).hasSize(5);
        assertThat(Objects.requireNonNull(taken.get("source"))).isLessThanOrEqualTo(15);
    }

    @Test
    void strongPeersAreNearerToTheSourceThanWithChanceAlone() {
        assertThat(depthOfTheStrong(Strategy.BANDWIDTH)).isLessThan(depthOfTheStrong(Strategy.RANDOM));
    }

    private static double depthOfTheStrong(Strategy strategy) {
        double sum = 0;
        int strong = 0;
        for (int seed = 0; seed < 20; seed++) {
            Map<String, Double> depth = new HashMap<>(Map.of("source", 0.0));
            List<Member> all = members(200);
            Map<String, List<String>> plan = MeshPlan.of(strategy, all, 5, RATE, seed);
            for (Member one : all.subList(1, all.size())) {
                double mean = Objects.requireNonNull(plan.get(one.name())).stream()
                        .mapToDouble(up -> Objects.requireNonNull(depth.get(up)))
                        .average()
                        .orElseThrow();
                depth.put(one.name(), mean + 1);
                if (one.uploadBitsPerSecond() > RATE) {
                    sum += mean + 1;
                    strong++;
                }
            }
        }
        return sum / strong;
    }

    @Test
    void theSameSeedGivesTheSameMesh() {
        for (Strategy strategy : Strategy.values()) {
            assertThat(MeshPlan.of(strategy, members(100), 5, RATE, 4))
                    .isEqualTo(MeshPlan.of(strategy, members(100), 5, RATE, 4));
        }
    }

    @Test
    void refusesWhatIsNoPlan() {
        assertThatThrownBy(() -> MeshPlan.of(Strategy.RANDOM, List.of(), 5, RATE, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0 members");
    }
}
