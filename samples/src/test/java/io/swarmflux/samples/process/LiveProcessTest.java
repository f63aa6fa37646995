package io.swarmflux.samples.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.swarmflux.testing.Acceptance;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Late joins, slow players and polite ends, in processes of their own. */
class LiveProcessTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int SEGMENT_BYTES = 16 * 1024;

    @RegisterExtension
    final SwarmProcesses processes = new SwarmProcesses();

    private final Map<String, String> at = SwarmProcess.addresses("seed", "p1");

    @TempDir
    Path dir;

    @Test
    void playsALiveStreamFromItsEdgeWhenItJoinsLate() throws Exception {
        SwarmProcess seed = start("seed --stream s --counter 500 --wait-for 1 --listen " + at.get("seed"));
        SwarmProcess early = start("peer --stream s --play check --status 100ms --upstream " + at.get("seed"));
        seed.awaitLog("is up");
        awaitDelivered(early, 50);
        SwarmProcess late = start("peer --stream s --play check --upstream " + at.get("seed"));

        assertThat(late.exit(SOON)).as(late.toString()).isZero();
        assertThat(early.exit(SOON)).as(early.toString()).isZero();
        assertThat(seed.exit(SOON)).as(seed.toString()).isZero();
        assertThat(early.report().get("delivered").asLong()).isEqualTo(500);
        assertThat(late.report().get("firstSequence").asLong()).isBetween(50L, 499L);
        assertThat(late.report().get("delivered").asLong())
                .isEqualTo(500 - late.report().get("firstSequence").asLong());
    }

    @Test
    void playsALosslessStreamFromItsStartWhenItJoinsLate() throws Exception {
        start("seed --stream s --counter 5000 --pace none --wait-for 1 --downstream-limit 500kbit --listen "
                + at.get("seed"));
        SwarmProcess early = start("peer --stream s --play check --status 100ms --upstream " + at.get("seed"));
        awaitDelivered(early, 50);
        SwarmProcess late = start("peer --stream s --play check --upstream " + at.get("seed"));

        for (SwarmProcess one : List.of(early, late)) {
            assertThat(one.exit(SOON)).as(one.toString()).isZero();
            assertThat(one.report().get("firstSequence").asLong()).isZero();
            assertThat(one.report().get("delivered").asLong()).isEqualTo(5000);
        }
    }

    @Test
    void saysGoodbyeAndWritesItsReportWhenItIsInterrupted() throws Exception {
        SwarmProcess seed = start("seed --stream s --counter 100000 --wait-for 1 --listen " + at.get("seed"));
        SwarmProcess peer = start("peer --stream s --name p1 --play check --status 100ms --upstream " + at.get("seed"));
        awaitDelivered(peer, 20);
        peer.terminate();

        assertThat(peer.exit(SOON)).as(peer.toString()).isZero();
        assertThat(peer.report().get("delivered").asLong()).isGreaterThanOrEqualTo(20);
        assertThat(seed.awaitLog("is down")).contains("link to p1", "goodbye");
        seed.terminate();
        assertThat(seed.exit(SOON)).as(seed.toString()).isZero();
        assertThat(seed.report().get("downstreams").get(0).get("peer").asText()).isEqualTo("p1");
    }

    @Test
    void letsNobodyWaitForASlowPlayer() throws Exception {
        Path file = zeros(2_000_000);
        start("seed --stream s --input " + file + " --pace 4Mbit --wait-for 2 --listen " + at.get("seed"));
        SwarmProcess fast = start("peer --stream s --play check --upstream " + at.get("seed"));
        SwarmProcess slow =
                SwarmProcess.start(dir, true, ("peer --stream s --play - --upstream " + at.get("seed")).split(" "));
        processes.add(slow);

        assertThat(fast.exit(SOON)).as(fast.toString()).isZero();
        assertThat(slow.output().readAllBytes()).hasSizeLessThanOrEqualTo(2_000_000);
        assertThat(slow.exit(SOON)).isBetween(0, 1);
        JsonNode report = slow.report();
        assertThat(report.get("delivered").asLong() + report.get("missing").asLong())
                .isEqualTo(fast.report().get("delivered").asLong());
    }

    @Test
    @Tag("acceptance")
    void tellsASlowPlayerWhatItMissed() throws Exception {
        Path file = zeros(60_000_000);
        start("seed --stream s --input " + file + " --pace 8Mbit --wait-for 2 --listen " + at.get("seed"));
        SwarmProcess fast = start("peer --stream s --play check --upstream " + at.get("seed"));
        SwarmProcess slow =
                SwarmProcess.start(dir, true, ("peer --stream s --play - --upstream " + at.get("seed")).split(" "));
        processes.add(slow);
        readTenSegmentsASecond(slow.output());

        int fastCode = fast.exit(Duration.ofMinutes(2));
        int slowCode = slow.exit(Duration.ofMinutes(2));
        long missing = slow.report().get("missing").asLong();
        long due = slow.report().get("delivered").asLong() + missing;
        boolean met = fastCode == 0
                && slowCode == 1
                && missing > 0
                && due == fast.report().get("delivered").asLong();
        Acceptance.figure(
                2,
                "One player that reads 10 segments a second beside a fast one, 8 Mbit/s for 60 s, -Xmx256m",
                "the fast one misses nothing, the slow one reports its gaps",
                "fast: exit " + fastCode + "; slow: exit " + slowCode + ", " + missing + " of " + due + " missing in "
                        + slow.report().get("gaps").size() + " gaps",
                met);
    }

    @Test
    @Tag("acceptance")
    void closesAReaderThatStopsInALosslessStreamByName() throws Exception {
        Path file = zeros(200_000_000);
        start("seed --stream s --input " + file + " --pace none --wait-for 2 --listen " + at.get("seed"));
        SwarmProcess fast = start("peer --stream s --play check --upstream " + at.get("seed"));
        SwarmProcess stopped =
                SwarmProcess.start(dir, true, ("peer --stream s --play - --upstream " + at.get("seed")).split(" "));
        processes.add(stopped);

        String closed = stopped.awaitLog("closed 'player1'");
        int fastCode = fast.exit(Duration.ofMinutes(1));
        long missing = fast.report().get("missing").asLong();
        Acceptance.figure(
                2,
                "A reader that stops in a lossless stream of 200 MB, beside one that goes on, -Xmx256m",
                "closed by name after 10 s, the other one gets everything",
                closed.substring(closed.indexOf("closed")) + "; the other one: exit " + fastCode + ", missing "
                        + missing,
                fastCode == 0 && missing == 0);
    }

    private static void readTenSegmentsASecond(InputStream in) {
        Thread reader = new Thread(() -> {
            CountDownLatch never = new CountDownLatch(1);
            try {
                while (in.readNBytes(SEGMENT_BYTES).length > 0) {
                    boolean unused = never.await(100, TimeUnit.MILLISECONDS);
                }
            } catch (IOException | InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        reader.setDaemon(true);
        reader.start();
    }

    /** Waits until a status line of a peer says that it has played so much. */
    private static void awaitDelivered(SwarmProcess peer, long atLeast) throws InterruptedException, IOException {
        long delivered = 0;
        while (delivered < atLeast) {
            delivered = peer.nextStatus().get("delivered").asLong();
        }
    }

    private Path zeros(int bytes) throws IOException {
        return Files.write(dir.resolve("zeros.bin"), new byte[bytes]);
    }

    private SwarmProcess start(String line) {
        boolean status = line.contains("--status");
        return processes.add(SwarmProcess.start(dir, status, line.split(" ")));
    }
}
