package io.swarmflux.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TopologyDotTest {
    private static final String ID = "(\"(?:[^\"\\\\\n]|\\\\.)*\"|[A-Za-z_][A-Za-z0-9_]*|[0-9.]+)";
    private static final String SET = ID + "=" + ID;
    private static final String ATTRIBUTES = " \\[" + SET + "(?:, " + SET + ")*]";

    /** The few forms of DOT's grammar that a drawing uses, one on a line. */
    private static final Pattern LINE = Pattern.compile("\\s*(?:digraph topology \\{|subgraph " + ID + " \\{|}|" + ID
            + ATTRIBUTES + ";|" + ID + " -> " + ID + ATTRIBUTES + ";|" + SET + ";(?: " + SET + ";)*)");

    @ParameterizedTest
    @MethodSource("io.swarmflux.topology.TopologyFileTest#samples")
    void drawsEverySampleAsDotAndAlwaysTheSame(Path file) throws IOException {
        String dot = TopologyDot.of(TopologyFile.read(file));

        assertThat(dot).isEqualTo(TopologyDot.of(TopologyFile.read(file)));
        assertThat(dot.lines()).allMatch(line -> LINE.matcher(line).matches());
        assertThat(dot.chars().filter(c -> c == '{').count())
                .isEqualTo(dot.chars().filter(c -> c == '}').count());
    }

    @Test
    void drawsWhoIsUpstreamOfWhom() {
        String dot = TopologyDot.of(TopologyFile.parse("small.yaml", """
            streams: {news: }
            seeders: {seed: {input: 'a "b"\\c', pace: 2Mbit}}
            peers:
              p1: {upstreams: [seed, p2], play: check, upload-limit: 5Mbit}
              p2: {upstreams: [p1]}
            links: [{between: [p1, p2], delay: 20ms, loss: 1%}]
            islands: {lan: {group: "239.1.2.3:5000@lo", members: [p2]}}
            """));

        assertThat(dot).isEqualTo("""
            digraph topology {
              graph [rankdir=TB, fontname="sans-serif", nodesep=0.4, ranksep=0.7];
              node [fontname="sans-serif", fontsize=12, style=filled, fillcolor="#ffffff"];
              edge [fontname="sans-serif", fontsize=10];
              "seed" [label="seed\\nnews (live)\\ninput a \\"b\\"\\\\c\\npace 2Mbit", shape=doubleoctagon, color="#0b5394", penwidth=2];
              "p1" [label="p1\\ncheck\\nuploads at most 5Mbit", shape=box, color="#0b5394", penwidth=1];
              subgraph "cluster_lan" {
                label="island lan\\n239.1.2.3:5000@lo, 1 gateway";
                style="dashed,rounded"; color="#555555"; fontsize=11;
                "p2" [label="p2", shape=ellipse, color="#0b5394", penwidth=1];
              }
              "seed" -> "p1" [color="#0b5394"];
              "p2" -> "p1" [label="delay 20ms, loss 1%", style=dashed, color="#0b5394"];
              "p1" -> "p2" [label="delay 20ms, loss 1%", style=dashed, color="#0b5394"];
            }
            """);
    }
}
