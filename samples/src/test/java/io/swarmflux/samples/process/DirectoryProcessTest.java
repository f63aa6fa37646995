package io.swarmflux.samples.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.directory.Announcement;
import io.swarmflux.directory.LeaseEvent;
import io.swarmflux.directory.PeerRecord;
import io.swarmflux.directory.http.HttpDirectory;
import io.swarmflux.segment.StreamId;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The directory in a process of its own. */
class DirectoryProcessTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final StreamId NEWS = StreamId.of("news");

    @RegisterExtension
    final SwarmProcesses processes = new SwarmProcesses();

    private final Map<String, String> at = SwarmProcess.addresses("directory");

    @TempDir
    Path dir;

    private SwarmProcess start(String line) {
        return processes.add(SwarmProcess.start(dir, line));
    }

    @Test
    void servesWhoHasAToken() throws Exception {
        Path tokens = Files.writeString(dir.resolve("tokens"), "# ours\nannounce 0123456789abcdef\n");
        SwarmProcess directory = start("directory --listen " + at.get("directory") + " --token-file " + tokens);
        directory.awaitLog("serves on http://" + at.get("directory"));

        HttpDirectory client = HttpDirectory.of("http://" + at.get("directory"));
        Announcement announcement = Announcement.of(PeerRecord.of(NEWS, "p1", 1, "127.0.0.1:9000"));
        // a machine that is busy may answer the first one late
        assertThat(client.announce(announcement)
                        .filter(event -> event.toString().contains("token-needed"))
                        .blockFirst(SOON))
                .isInstanceOf(LeaseEvent.Failing.class);
        assertThat(client.token("0123456789abcdef")
                        .register(PeerRecord.of(NEWS, "p1", 1, "127.0.0.1:9000"), SOON)
                        .block(SOON))
                .isNotNull();
        assertThat(client.find(NEWS, 10).block(SOON)).hasSize(1);
    }

    @Test
    void saysInOneLineThatAPortIsInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            SwarmProcess directory = start("directory --listen 127.0.0.1:" + taken.getLocalPort());

            assertThat(directory.exit(SOON)).isEqualTo(3);
            assertThat(directory.log()).hasSize(1);
            assertThat(directory.log().get(0)).contains("127.0.0.1:" + taken.getLocalPort(), "in use");
        }
    }

    @Test
    void saysInOneLineThatTheStoreIsAway() throws Exception {
        String store = "redis://" + at.get("directory");
        SwarmProcess directory = start("directory --listen 127.0.0.1:0 --store " + store);

        assertThat(directory.exit(SOON)).isEqualTo(3);
        assertThat(directory.log()).hasSize(1);
        assertThat(directory.log().get(0)).contains(store, "start it, or check the address");
    }
}
