package io.swarmflux.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Code in documents is code that the build compiles: each java block stands, line for line, in a source file here. */
class DocumentsTest {
    private static final Path ROOT = Path.of("..");
    private static final List<Path> DOCUMENTS = List.of(
            ROOT.resolve("README.md"),
            ROOT.resolve("docs/tutorial.md"),
            ROOT.resolve("docs/media.md"),
            ROOT.resolve("docs/observing.md"),
            ROOT.resolve("docs/islands.md"));

    @TestFactory
    Stream<DynamicTest> showsOnlyCompiledCode() throws IOException {
        List<String> sources = sources();
        List<DynamicTest> tests = new ArrayList<>();
        for (Path document : DOCUMENTS) {
            List<String> blocks = javaBlocks(Files.readAllLines(document));
            assertThat(blocks).as("java blocks of %s", document).isNotEmpty();
            for (String block : blocks) {
                String name = document.getFileName() + ": "
                        + block.lines().findFirst().orElse("");
                tests.add(DynamicTest.dynamicTest(
                        name, () -> assertThat(sources).anyMatch(source -> source.contains(block))));
            }
        }
        return tests.stream();
    }

    private static List<String> sources() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src"))) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .map(DocumentsTest::read)
                    .toList();
        }
    }

    private static String read(Path file) {
        try {
            return stripped(Files.readAllLines(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> javaBlocks(List<String> lines) {
        List<String> blocks = new ArrayList<>();
        int start = -1;
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).equals("```java")) {
                start = i + 1;
            } else if (lines.get(i).equals("```") && start >= 0) {
                blocks.add(stripped(lines.subList(start, i)));
                start = -1;
            }
        }
        return blocks;
    }

    /** Indentation may differ, words may not. */
    private static String stripped(List<String> lines) {
        return String.join("\n", lines.stream().map(String::strip).toList()) + "\n";
    }
}
