package io.swarmflux.samples.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmflux.peer.PeerSnapshot;
import io.swarmflux.samples.run.Outcome;
import io.swarmflux.topology.Topology;
import io.swarmflux.topology.TopologyFile;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

class TopologySwarmTest {
    @Test
    void runsOverTcpAndOverImpairedLinksWhereTheFileGivesConditions() {
        Topology topology = TopologyFile.parse("swarm.yaml", """
                streams:
                  numbers:
                seeders:
                  seed: {counter: 500, wait-for: 2}
                peers:
                  near: {upstreams: [seed], play: check}
                  far: {upstreams: [seed, near], play: check}
                links:
                  - {between: [seed, far], delay: 20ms, jitter: 5ms}
                """);

        StepVerifier.create(TopologySwarm.of(topology, 1).run())
                .assertNext(outcomes -> {
                    assertThat(outcomes.keySet()).containsExactly("seed", "near", "far");
                    assertThat(outcomes.values())
                            .allMatch(outcome ->
                                    outcome.consistent() && outcome.first().delivered() == 500);
                })
                .expectComplete()
                .verify(Duration.ofSeconds(30));
    }

    private static final String ISLAND = """
            streams:
              numbers: {mode: lossless}
            seeders:
              seed: {counter: 500, segment-size: 1k, wait-for: 2}
            peers:
              a: {upstreams: [seed], play: check, linger: 1s}
              b: {upstreams: [seed], play: check, linger: 1s}
              c: {play: check, linger: 1s}
            islands:
              lan: {members: [a, b, c], GROUP}
            """;

    @ParameterizedTest
    @ValueSource(strings = {"loss: 5%, delay: 1ms", "group: 239.1.83.7:5047", "group: \"239.1.83.8:5048@lo\""})
    void playsEverythingOnAnIsland(String group) {
        Topology topology = TopologyFile.parse("swarm.yaml", ISLAND.replace("GROUP", group));

        StepVerifier.create(TopologySwarm.of(topology, 1).run())
                .assertNext(outcomes -> {
                    assertThat(outcomes.values()).allMatch(Outcome::consistent);
                    for (String member : List.of("a", "b", "c")) {
                        Outcome outcome = Objects.requireNonNull(outcomes.get(member));
                        assertThat(outcome.first().missing()).isZero();
                        assertThat(outcome.snapshot().group()).as(member).isNotNull();
                    }
                    assertThat(outcomes.values().stream()
                                    .map(outcome -> outcome.snapshot().group())
                                    .filter(Objects::nonNull)
                                    .mapToLong(PeerSnapshot.Group::received)
                                    .sum())
                            .as(
                                    "how many of 500 segments the group has carried to the two members that do not feed them")
                            .isGreaterThan(500);
                })
                .expectComplete()
                .verify(Duration.ofSeconds(30));
    }

    @Test
    void listensInsideTheProcessOnlyWhereALinkHasConditions() {
        Wires wires = Wires.of(TopologyFile.parse("swarm.yaml", """
                streams:
                  numbers:
                seeders:
                  seed: {counter: 5}
                peers:
                  near: {upstreams: [seed], listen: "127.0.0.1:9001"}
                  far: {upstreams: [seed, near]}
                links:
                  - {between: [seed, far], delay: 20ms}
                """), 1);

        assertThat(wires.listens("near")).containsExactly("127.0.0.1:9001");
        assertThat(wires.listens("seed")).hasSize(2).contains("loop:seed");
        assertThat(wires.address("far", "seed")).isEqualTo("loop:seed");
        assertThat(wires.address("far", "near")).isEqualTo("127.0.0.1:9001");
        assertThat(wires.address("near", "seed")).startsWith("127.0.0.1:");
    }

    @Test
    void namesWhatCannotBeRun() {
        Topology raw = TopologyFile.parse("swarm.yaml", """
                streams:
                  news:
                seeders:
                  studio: {input: pom.xml}
                peers:
                  p: {upstreams: [studio]}
                """);

        assertThatThrownBy(() -> TopologySwarm.of(raw, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'studio'")
                .hasMessageContaining("pace: 2Mbit");
    }

    @Test
    void refusesWhatCanOnlyBeSimulated() {
        String text = """
                streams: {s: }
                seeders: {seed: {counter: 5}}
                """;

        assertThatThrownBy(() -> TopologySwarm.of(
                        TopologyFile.parse("swarm.yaml", text + "groups: {crowd: {peers: 3, neighbours: 2}}"), 1))
                .hasMessageContaining("'crowd' cannot be run; simulate it");
        assertThatThrownBy(() -> TopologySwarm.of(
                        TopologyFile.parse("swarm.yaml", text + "peers: {p: {upstreams: seed, upload: 1Mbit}}"), 1))
                .hasMessageContaining("the access link of 'p' cannot be built");
    }
}
