package io.swarmflux.samples.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first thing that a newcomer runs. */
class DemoProcessTest {
    @TempDir
    Path dir;

    @Test
    void endsWithEveryPeerEqualToTheSource() throws Exception {
        try (SwarmProcess demo = SwarmProcess.start(dir, true, "demo", "--for", "3s", "--no-browser")) {
            String shown = new String(demo.output().readAllBytes(), UTF_8);

            assertThat(demo.exit(Duration.ofSeconds(60))).as(demo.toString()).isZero();
            assertThat(shown.lines().filter(line -> line.matches("  p[1-7] .* yes")))
                    .hasSize(7);
            assertThat(shown)
                    .contains("Every peer of the mesh played every byte, in order.")
                    .doesNotContain("\u001b");
            assertThat(demo.log()).noneMatch(line -> line.contains("LEAK") || line.contains("SEVERE"));
        }
    }
}
