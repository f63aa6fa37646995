package io.swarmflux.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MeshTest {
    @Test
    void givesEverybodyTwoOrThreeUpstreamsAndNotAllOfThemTheSeeder() {
        assertThat(Mesh.peers()).hasSize(7);
        for (String peer : Mesh.peers()) {
            assertThat(Mesh.upstreamsOf(peer)).as(peer).hasSizeBetween(2, 3).doesNotContain(peer);
        }
        assertThat(Mesh.downstreamsOf(Mesh.SEEDER)).isEqualTo(3);
    }

    @Test
    void reachesEverybodyFromTheSeeder() {
        Set<String> reached = new HashSet<>(Set.of(Mesh.SEEDER));
        for (int hop = 0; hop < Mesh.peers().size(); hop++) {
            Mesh.peers().stream()
                    .filter(peer -> Mesh.upstreamsOf(peer).stream().anyMatch(reached::contains))
                    .toList()
                    .forEach(reached::add);
        }
        assertThat(reached).containsAll(Mesh.peers());
    }
}
