package io.swarmflux.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TopologyFuzzTest {
    private static final String[] BITS = {
        "[",
        "]",
        "{",
        "}",
        ":",
        ",",
        "- ",
        "\n",
        "\n  ",
        "\t",
        "\"",
        "'",
        "*",
        "&a ",
        "*a",
        "!!str ",
        "!",
        "%",
        "---\n",
        "|",
        ">",
        "? ",
        "#",
        "~",
        "-1",
        "1e999",
        "99999999999999999999",
        "0x10",
        "\\U0010FFFF",
        "\"\\xZZ\"",
        "\u0000",
        "\u0085",
        "\uFEFF",
        "\uD800",
        "𝄞",
        "!<%zz> ",
        "%YAML 9.9\n",
        "\"\\UFFFFFFFF\"",
        "<<: ",
        "@",
        "`",
        "[::1]:80",
        "http:",
        "seed"
    };

    @Test
    void throwsNothingButTopologyException() throws IOException {
        long seed = Long.getLong("topology.fuzz.seed", System.nanoTime());
        Random random = new Random(seed);
        List<String> files = new ArrayList<>();
        for (Path sample : TopologyFileTest.samples().toList()) {
            files.add(Files.readString(sample));
        }
        TopologyProblemTest.cases().forEach(bad -> files.add(bad.file()));
        long end = System.nanoTime() + 4_000_000_000L;
        int good = 0;
        int runs = 0;
        while (runs < 200_000 && System.nanoTime() < end) {
            String text = mutated(files.get(random.nextInt(files.size())), random);
            runs++;
            try {
                TopologyFile.parse("fuzz.yaml", text);
                good++;
            } catch (TopologyException e) {
                assertThat(e.problem().line()).isPositive();
            } catch (RuntimeException | StackOverflowError e) {
                throw new AssertionError("seed " + seed + ", run " + runs + ", file:\n" + text, e);
            }
        }
        assertThat(good)
                .as("good files among %s, seed %s", runs, seed)
                .isPositive()
                .isLessThan(runs);
    }

    private static String mutated(String text, Random random) {
        StringBuilder out = new StringBuilder(text);
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(out.length() + 1);
            int to = Math.min(out.length(), at + random.nextInt(12));
            switch (random.nextInt(5)) {
                case 0 -> out.delete(at, to);
                case 1 -> out.insert(at, BITS[random.nextInt(BITS.length)]);
                case 2 -> out.replace(at, to, BITS[random.nextInt(BITS.length)]);
                case 3 -> out.insert(random.nextInt(out.length() + 1), out.substring(at, to));
                default -> out.insert(at, (char) random.nextInt(0x250));
            }
        }
        return out.toString();
    }
}
