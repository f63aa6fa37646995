package io.swarmflux.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.groups.Tuple.tuple;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of problem with its line and column: {@code problems.txt} is the list. */
class TopologyProblemTest {
    record Case(String name, String file, List<String> problems) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() throws IOException {
        try (InputStream in = Objects.requireNonNull(TopologyProblemTest.class.getResourceAsStream("problems.txt"))) {
            String all = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return Stream.of(all.split("\n== ", -1)).skip(1).map(TopologyProblemTest::parse);
        }
    }

    private static Case parse(String text) {
        StringBuilder file = new StringBuilder();
        List<String> problems = new ArrayList<>();
        text.lines().skip(1).forEach(line -> {
            if (line.startsWith("-> ")) {
                problems.add("bad.yaml:" + line.substring(3));
            } else {
                file.append(line).append('\n');
            }
        });
        return new Case(text.lines().findFirst().orElseThrow(), file.toString(), problems);
    }

    private static TopologyException refused(String file) {
        return Objects.requireNonNull(
                catchThrowableOfType(TopologyException.class, () -> TopologyFile.parse("bad.yaml", file)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void namesThePlaceAndTheCure(Case bad) {
        TopologyException refused = refused(bad.file());

        assertThat(refused.problems()).extracting(TopologyProblem::toString).containsExactlyElementsOf(bad.problems());
        assertThat(refused).hasMessage(bad.problems().get(0));
        assertThat(refused.problem()).isEqualTo(refused.problems().get(0));
        assertThat(refused.problems()).extracting(TopologyProblem::toString).noneMatch(line -> line.contains("\n"));
    }

    @Test
    void listsTheProblemsInTheOrderOfTheFile() {
        TopologyException refused = refused("""
            streams: {s: {sub-streams: 99}}
            seeders: {seed: {counter: -1}}
            peers:
              p1: {upstreams: [p9], linger: soon}
              p2: {upstreams: [p2]}
            """);

        assertThat(refused.problems())
                .extracting(TopologyProblem::line, TopologyProblem::column)
                .containsExactly(tuple(1, 28), tuple(2, 27), tuple(4, 20), tuple(4, 33), tuple(5, 20));
    }

    @Test
    void countsColumnsInCharacters() {
        assertThat(refused("# ünï𝄞ö\nstreams: {\"𝄞ü\": {mode: x}}\n")
                        .problem()
                        .column())
                .isEqualTo(24);
    }

    @Test
    void pointsAtACharacterThatCannotBePrinted() {
        assertThat(refused("streams: {s: }\n# \u0001\n"))
                .hasMessage("bad.yaml:2:3: found the character U+0001, expected printable text");
    }

    @Test
    void keepsMessagesShortAndOnOneLine() {
        String bad = "streams: {s: {mode: \"" + "x".repeat(1000)
                + "\"}}\nseeders: {seed: {input: \"a\", pace: \"1\\n2\\u2028\"}}\n";

        assertThat(refused(bad).problems())
                .extracting(TopologyProblem::found)
                .containsExactly("'" + "x".repeat(57) + "…'", "'1\\n2\\u2028'");
    }

    @Test
    void refusesAFileThatIsTooLarge() {
        assertThat(refused("#".repeat(TopologyFile.MAX_BYTES + 1)))
                .hasMessage("bad.yaml:1:1: found more than 1048576 bytes, expected a smaller file");
    }

    @Test
    void refusesTooManyPeers() {
        StringBuilder text = new StringBuilder("streams: {s: }\nseeders: {seed: {counter: 1}}\npeers:\n");
        for (int i = 0; i <= TopologyFile.MAX_PEERS; i++) {
            text.append("  p").append(i).append(": {upstreams: [seed]}\n");
        }

        assertThat(refused(text.toString()))
                .hasMessage("bad.yaml:10003:3: found more than 10000 peers and seeders, expected at most that many");
    }

    @Test
    void refusesAliasesThatMultiply() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x]\n");
        for (int i = 1; i < 40; i++) {
            String before = "*a" + (i - 1);
            bomb.append("a" + i + ": &a" + i + " [" + before + ", " + before + "]\n");
        }

        assertThat(refused(bomb.toString()).problem().found()).isEqualTo("more than 1000000 values");
    }

    @Test
    void refusesDeepNestingWithoutRecursingIntoIt() {
        assertThat(refused("streams: " + "[".repeat(500_000)))
                .hasMessage("bad.yaml:1:29: found lists and mappings nested 21 deep, expected at most 20");
    }

    @Test
    void reportsAHundredProblemsAtMost() {
        assertThat(refused("x: 1\n".repeat(1_000)).problems()).hasSize(TopologyFile.MAX_PROBLEMS);
    }
}
