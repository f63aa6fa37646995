package io.swarmflux.samples.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.testing.Acceptance;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A {@link Crowd} misses nothing. */
class CrowdProcessTest {
    @Test
    void fortyPeersMissNothing() throws Exception {
        assertThat(played(40, 4)).startsWith("missing 0, ").doesNotContain("end");
    }

    @Test
    @Tag("acceptance")
    void measuresTwoHundredPeers() throws Exception {
        String played = played(200, 30);
        Acceptance.figure(
                3,
                "200 peers with 15 neighbours each in one JVM over TCP, 1 Mbit/s for 30 s",
                "missing 0",
                played,
                played.startsWith("missing 0, ") && !played.contains("end"));
    }

    private static String played(int peers, int seconds) throws IOException, InterruptedException {
        Process crowd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx2g",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Crowd.class.getName(),
                        Integer.toString(peers),
                        Integer.toString(seconds))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            String said = new String(crowd.getInputStream().readAllBytes(), UTF_8).strip();
            assertThat(crowd.waitFor()).as(said).isZero();
            return said;
        } finally {
            crowd.destroyForcibly();
        }
    }
}
