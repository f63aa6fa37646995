package io.swarmflux.samples.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.testing.Acceptance;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What comes over the sockets of peers with three upstreams: the stream once, and little else. */
class TrafficProcessTest {
    private static final Duration DELAY = Duration.ofSeconds(2);
    private static final double MOST = 1.02;

    @TempDir
    Path dir;

    @Test
    void bringsEachSegmentOnce() throws Exception {
        try (RelayMesh mesh = run(2, Duration.ofSeconds(5))) {
            assertThat(mesh.played()).isEqualTo("missing 0, stalls 0");
            assertThat(mesh.mostReceived()).isBetween(1.0, MOST);
        }
    }

    @Test
    @Tag("acceptance")
    void measuresWhatComesOverTheSockets() throws Exception {
        String what = "8 Mbit/s for 60 s, 4 players with 3 upstreams each";
        try (RelayMesh mesh = run(4, Duration.ofSeconds(60))) {
            String played = mesh.played();
            Acceptance.figure(3, what, "missing 0", played, played.startsWith("missing 0,"));
            Acceptance.atMost(
                    3, what + ": received at the sockets of a peer", MOST, mesh.mostReceived(), "times the stream");
        }
    }

    private RelayMesh run(int players, Duration streamTime) throws Exception {
        RelayMesh mesh = RelayMesh.start(
                dir, RelayMesh.Plan.local(players, streamTime, DELAY).countingBytes());
        mesh.awaitPlayers();
        return mesh;
    }
}
