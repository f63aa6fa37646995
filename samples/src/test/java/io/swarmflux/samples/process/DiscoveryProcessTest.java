package io.swarmflux.samples.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Peers in processes of their own find each other in a directory: nobody types the address of anybody. */
class DiscoveryProcessTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    private final List<SwarmProcess> processes = new ArrayList<>();
    private final Map<String, String> at = SwarmProcess.addresses("directory");

    @TempDir
    Path dir;

    @AfterEach
    void endProcesses() {
        processes.forEach(SwarmProcess::close);
    }

    private SwarmProcess start(String line) {
        SwarmProcess process = SwarmProcess.start(dir, line);
        processes.add(process);
        return process;
    }

    @Test
    void aSwarmFormsThroughADirectoryAlone() throws Exception {
        String url = "http://" + at.get("directory");
        SwarmProcess directory = start("directory --listen " + at.get("directory"));
        directory.awaitLog("serves on");
        // lossless, and it waits for everybody: whoever is slow misses nothing
        SwarmProcess seed =
                start("seed --stream news --name seed --counter 2000 --pace none --wait-for 3 --directory " + url);
        seed.awaitLog("is announced in " + url);
        List<SwarmProcess> peers = new ArrayList<>();
        for (String name : List.of("p1", "p2", "p3")) {
            peers.add(start("peer --stream news --name " + name + " --play check --directory " + url));
        }
        for (SwarmProcess peer : peers) {
            assertThat(peer.exit(SOON)).as(peer.toString()).isZero();
            JsonNode report = peer.report();
            assertThat(report.path("delivered").asLong()).as(peer.toString()).isEqualTo(2000);
            assertThat(report.path("missing").asLong()).isZero();
        }
        assertThat(seed.exit(SOON)).as(seed.toString()).isZero();
    }
}
