package io.swarmflux.samples.draw;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.topology.Topology;
import io.swarmflux.topology.TopologyFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

class TopologySvgTest {
    static List<Path> samples() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("topologies"))) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }

    private static Document parsed(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void drawsEverySampleAndAlwaysTheSame(Path file) throws Exception {
        Topology topology = TopologyFile.read(file);
        String svg = TopologySvg.of(topology);

        NodeList texts = parsed(svg).getElementsByTagName("text");
        List<String> written = Stream.iterate(0, i -> i + 1)
                .limit(texts.getLength())
                .map(i -> texts.item(i).getTextContent())
                .toList();
        assertThat(written)
                .containsAll(topology.peers().stream().map(Topology.Peer::name).toList());
        assertThat(written)
                .containsAll(
                        topology.seeders().stream().map(Topology.Seeder::name).toList());
        assertThat(written)
                .containsAll(
                        topology.islands().stream().map(Topology.Island::name).toList());
        assertThat(written)
                .containsAll(topology.links().stream()
                        .map(link -> link.condition().toString())
                        .toList());
        assertThat(svg).isEqualTo(TopologySvg.of(topology));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void keepsBoxesApartAndMembersOnTheirIsland(Path file) throws IOException {
        Topology topology = TopologyFile.read(file);
        Picture picture = Layout.of(topology);

        for (Picture.Box one : picture.members()) {
            assertThat(picture.members())
                    .filteredOn(other -> !other.equals(one))
                    .noneMatch(other -> one.x() < other.x() + other.width()
                            && other.x() < one.x() + one.width()
                            && one.y() < other.y() + other.height()
                            && other.y() < one.y() + one.height());
        }
        for (Topology.Island island : topology.islands()) {
            Picture.Box sea = picture.islands().stream()
                    .filter(box -> box.face().heading().equals(island.name()))
                    .findFirst()
                    .orElseThrow();
            assertThat(picture.members())
                    .allMatch(box -> island.members().contains(box.face().heading())
                            == (box.x() > sea.x()
                                    && box.y() > sea.y()
                                    && box.x() + box.width() < sea.x() + sea.width()
                                    && box.y() + box.height() < sea.y() + sea.height()));
        }
    }

    @Test
    void writesWhatNeedsEscaping() throws Exception {
        Topology topology = TopologyFile.parse(
                "t.yaml",
                "streams: {s: }\nseeders: {seed: {input: 'a<b>&\"c\".ts'}}\npeers: {p1: {upstreams: [seed]}}\n");

        assertThat(parsed(TopologySvg.of(topology)).getDocumentElement().getTextContent())
                .contains("a<b>&\"c\".ts");
    }
}
