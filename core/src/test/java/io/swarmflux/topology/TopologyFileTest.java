package io.swarmflux.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmflux.segment.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TopologyFileTest {
    static final List<Path> SAMPLES = List.of(Path.of("../samples/topologies"), Path.of("../samples/simulations"));

    static Stream<Path> samples() throws IOException {
        List<Path> all = new ArrayList<>();
        for (Path directory : SAMPLES) {
            try (Stream<Path> files = Files.list(directory)) {
                files.filter(file -> file.toString().endsWith(".yaml")).sorted().forEach(all::add);
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void readsEverySample(Path file) throws IOException {
        Topology topology = TopologyFile.read(file);

        assertThat(topology.peers().size() + topology.groups().size()).isPositive();
        assertThat(topology.seeders()).isNotEmpty();
    }

    @Test
    void readsTheExamplesOfItsPage() throws IOException {
        String page = Files.readString(Path.of("../docs/topology-file.md"));
        List<String> examples = Stream.of(page.split("```yaml\n", -1))
                .skip(1)
                .map(text -> text.substring(0, text.indexOf("```")))
                .toList();

        assertThat(examples).hasSize(3);
        examples.forEach(example -> TopologyFile.parse("topology-file.md", example));
    }

    @Test
    void givesDefaultsToWhatIsNotWritten() {
        Topology topology = TopologyFile.parse("small.yaml", """
            streams: {news: }
            seeders: {seed: {counter: 10}}
            peers: {p1: {upstreams: seed}}
            """);

        Topology.Stream stream = topology.streams().get(0);
        assertThat(stream.mode()).isEqualTo(Mode.LOSSLESS);
        assertThat(stream.subStreams()).isEqualTo(8);
        Topology.Feed feed = topology.seeders().get(0).feed();
        assertThat(feed.source()).isEqualTo(new Source.Counter(10));
        assertThat(feed.pace()).isEqualTo(new Pace.None());
        assertThat(feed.segmentBytes()).isEqualTo(16 * 1024);
        assertThat(feed.epoch()).isEmpty();
        Topology.Peer peer = topology.peers().get(0);
        assertThat(peer.upstreams()).containsExactly("seed");
        assertThat(peer.stream().name()).isEqualTo("news");
        assertThat(peer.playing().players()).isEmpty();
        assertThat(peer.playing().playoutDelay()).isEqualTo(Duration.ofSeconds(2));
        assertThat(peer.serving().listen()).isEqualTo("127.0.0.1:0");
        assertThat(peer.serving().uploadLimit()).isEmpty();
        assertThat(peer.serving().linger()).isEqualTo(Duration.ofSeconds(5));
        assertThat(topology.condition("seed", "p1")).isSameAs(Condition.NONE);
    }

    @Test
    void readsEveryField() {
        Topology topology = TopologyFile.parse("full.yaml", """
            streams:
              news: {mode: live, sub-streams: 16}
              music: {mode: lossless}
            seeders:
              studio:
                stream: news
                input: news.ts
                loop: true
                pace: 2.5Mbit
                segment-size: 32k
                epoch: 7
                listen: 127.0.0.1:9000
                upload-limit: 20Mbit
                downstream-limit: 5Mbit
                max-downstreams: 8
                wait-for: 2
                linger: 10s
              band: {stream: music, input: "-", pace: none}
            peers:
              p1:
                stream: news
                upstreams: [studio, p2]
                play: [check, {file: out/p1.ts}, "http:8080", "-"]
                player-rate: 500kbit
                playout-delay: 1500ms
                lossless: true
                listen: "[::1]:9001"
              p2: {stream: news, upstreams: [p1], play: {http: 8081}}
              p3: {stream: music, upstreams: [band], wait-for: 1}
            links:
              - {between: [p1, studio], delay: 20ms, jitter: 5ms, loss: 2%, reorder: 0.01, duplicate: 1%, rate: 8Mbit}
            islands:
              lan: {group: "[FF05::1:3]:5000@eth0", members: [p1, p2], gateways: 1, secret-file: lan.key}
            """);

        Topology.Seeder studio = topology.seeders().get(0);
        assertThat(studio.feed().source()).isEqualTo(new Source.Input("news.ts", true));
        assertThat(studio.feed().pace()).isEqualTo(new Pace.Rate(2_500_000));
        assertThat(studio.feed().segmentBytes()).isEqualTo(32 * 1024);
        assertThat(studio.feed().epoch()).hasValue(7);
        Topology.Serving serving = studio.serving();
        assertThat(serving.listen()).isEqualTo("127.0.0.1:9000");
        assertThat(serving.uploadLimit()).hasValue(20_000_000);
        assertThat(serving.downstreamLimit()).hasValue(5_000_000);
        assertThat(serving.maxDownstreams()).hasValue(8);
        assertThat(serving.waitFor()).isEqualTo(2);
        assertThat(serving.linger()).isEqualTo(Duration.ofSeconds(10));
        Topology.Playing playing = topology.peers().get(0).playing();
        assertThat(playing.players())
                .containsExactly(
                        new Player.Check(),
                        new Player.ToFile("out/p1.ts"),
                        new Player.Http(8080),
                        new Player.ToStandardOutput());
        assertThat(playing.rate()).hasValue(500_000);
        assertThat(playing.playoutDelay()).isEqualTo(Duration.ofMillis(1500));
        assertThat(playing.lossless()).isTrue();
        assertThat(topology.streams()).extracting(Topology.Stream::mode).containsExactly(Mode.LIVE, Mode.LOSSLESS);
        assertThat(topology.condition("studio", "p1"))
                .hasToString("delay 20ms, jitter 5ms, loss 2%, reorder 1%, duplicate 1%, rate 8Mbit");
        Topology.Island island = topology.islands().get(0);
        assertThat(island.place()).isEqualTo("[ff05::1:3]:5000@eth0");
        assertThat(island.members()).containsExactly("p1", "p2");
        assertThat(island.secretFile()).hasValue("lan.key");
    }

    @Test
    void readsGroupsAndHowTheyAreSimulated() {
        Topology topology = TopologyFile.parse("crowd.yaml", """
            streams: {s: {mode: live}}
            seeders: {seed: {counter: 10, pace: 1Mbit, upload: 25Mbit, download: 150Mbit}}
            peers: {p1: {upstreams: seed}}
            groups:
              crowd: {peers: 300, neighbours: 14, upload-limit: 1250kbit, upload: 2Mbit, upstreams: p1, play: check}
            simulation:
              for: 60s
              seeds: [1, -2]
              delay: 10ms
              loss: 1%
              deadline: 40 slots
              measure-from: 10s
              events:
                - {at: 20s, kill: 50%, silently: true}
                - {at: 21s, kill: [crowd, crowd-7, p1, seed]}
                - {at: 22s, cut: crowd}
                - {at: 23s, restore: {between: [p1, seed]}}
                - {at: 24s, throttle: {between: [p1, crowd-3]}, rate: 1Mbit}
                - {at: 25s, throttle: crowd, upload: 500kbit}
              goals: {continuity: 99.98%, skipped: 0, survivors: 1, duplicates: 1%, control: 2%, median: 11, p99: 22}
            """);

        assertThat(topology.seeders().get(0).host())
                .isEqualTo(new Host(OptionalLong.of(25_000_000), OptionalLong.of(150_000_000)));
        Topology.Group crowd = topology.groups().get(0);
        assertThat(crowd.name()).isEqualTo("crowd");
        assertThat(crowd.peers()).isEqualTo(300);
        assertThat(crowd.neighbours()).isEqualTo(14);
        assertThat(crowd.each().upstreams()).containsExactly("p1");
        assertThat(crowd.each().serving().uploadLimit()).hasValue(1_250_000);
        assertThat(crowd.each().host().upload()).hasValue(2_000_000);
        Simulation simulation = topology.simulation().orElseThrow();
        assertThat(simulation.length()).hasValue(Duration.ofSeconds(60));
        assertThat(simulation.seeds()).containsExactly(1L, -2L);
        assertThat(simulation.links()).hasToString("delay 10ms, loss 1%");
        assertThat(simulation.deadline()).hasValue(new Simulation.Deadline.Slots(40));
        assertThat(simulation.measureFrom()).isEqualTo(Duration.ofSeconds(10));
        assertThat(simulation.events())
                .extracting(Simulation.Event::action)
                .containsExactly(
                        new Simulation.Kill(List.of(), 0.5, true),
                        new Simulation.Kill(List.of("crowd", "crowd-7", "p1", "seed"), 0, false),
                        new Simulation.Cut(new Simulation.Target.Hosts(List.of("crowd"))),
                        new Simulation.Restore(new Simulation.Target.Between("p1", "seed")),
                        new Simulation.Throttle(
                                new Simulation.Target.Between("p1", "crowd-3"),
                                OptionalLong.of(1_000_000),
                                Host.UNLIMITED),
                        new Simulation.Throttle(
                                new Simulation.Target.Hosts(List.of("crowd")),
                                OptionalLong.empty(),
                                new Host(OptionalLong.of(500_000), OptionalLong.empty())));
        assertThat(simulation.goals().continuity()).hasValue(0.9998);
        assertThat(simulation.goals().p99()).hasValue(22);
    }

    @Test
    void readsAFileWithValuesChanged(@TempDir Path dir) throws IOException {
        Path file = dir.resolve("small.yaml");
        Files.writeString(file, "streams: {s: }\nseeders: {seed: {counter: 10}}\npeers: {p1: {upstreams: seed}}\n");

        Topology topology = TopologyFile.read(
                file, Map.of("seeders.seed.counter", "20", "simulation.seeds", "[4, 5]", "streams.s.mode", "live"));
        assertThat(topology.seeders().get(0).feed().source()).isEqualTo(new Source.Counter(20));
        assertThat(topology.simulation().orElseThrow().seeds()).containsExactly(4L, 5L);
        assertThat(topology.streams().get(0).mode()).isEqualTo(Mode.LIVE);

        assertThatThrownBy(() -> TopologyFile.read(file, Map.of("seeders.seed.counter", "many")))
                .hasMessage(file + ":2:27: found 'many', expected a whole number from 1");
        assertThatThrownBy(() -> TopologyFile.read(file, Map.of("peers.p1.uploads", "3Mbit")))
                .hasMessageStartingWith(file + ":3:13: found the field 'uploads', expected a field of a peer: ");
    }

    @Test
    void takesAMeshOfTenThousandPeers() {
        StringBuilder text = new StringBuilder("streams: {s: }\nseeders: {seed: {counter: 1}}\npeers:\n");
        for (int i = 1; i < TopologyFile.MAX_PEERS; i++) {
            String up = i < 3 ? "seed" : "p" + i / 2 + ", p" + (i - 1);
            text.append("  p").append(i).append(": {upstreams: [").append(up).append("], play: check}\n");
        }

        assertThat(TopologyFile.parse("large.yaml", text.toString()).peers()).hasSize(TopologyFile.MAX_PEERS - 1);
    }

    @Test
    void takesAliasesThatDoNotMultiply() {
        Topology topology = TopologyFile.parse("alias.yaml", """
            streams: {s: }
            seeders: {seed: {counter: 1}}
            peers:
              p1: &leaf {upstreams: [seed], play: check}
              p2: *leaf
            """);

        assertThat(topology.peers().get(1).upstreams()).isEqualTo(List.of("seed"));
    }

    @Test
    void readsTheFileByItsPath(@TempDir Path dir) throws IOException {
        Path file = dir.resolve("bad.yaml");
        Files.write(file, new byte[] {'a', ':', ' ', '\n', (byte) 0xff});

        assertThatThrownBy(() -> TopologyFile.read(file))
                .isInstanceOf(TopologyException.class)
                .hasMessage(file + ":2:1: found bytes that are no UTF-8, expected a file in UTF-8");
        assertThatThrownBy(() -> TopologyFile.read(dir.resolve("none.yaml"))).isInstanceOf(NoSuchFileException.class);
    }
}
