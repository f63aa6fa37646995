package io.swarmflux.samples.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.swarmflux.testing.Acceptance;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A seeder and three peers, each with two upstreams, in processes of their own: nothing is lost. */
class LosslessProcessTest {
    private static final Map<String, String> AT = SwarmProcess.addresses("seed", "p1", "p2");

    private final List<SwarmProcess> processes = new ArrayList<>();

    @TempDir
    Path dir;

    @AfterEach
    void endProcesses() {
        processes.forEach(SwarmProcess::close);
    }

    @Test
    void playsEveryInteger() throws Exception {
        List<SwarmProcess> swarm = counter(20_000, Duration.ofSeconds(60));

        assertThat(swarm).allSatisfy(one -> assertThat(wrong(one, 20_000)).isEmpty());
    }

    @Test
    void copiesAFileToEverybody() throws Exception {
        assertThat(differing(file(20_000_001), Duration.ofSeconds(60))).isEmpty();
    }

    @Test
    @Tag("acceptance")
    void playsTwoHundredThousandIntegers() throws Exception {
        List<String> wrong = new ArrayList<>();
        for (SwarmProcess one : counter(200_000, Duration.ofMinutes(2))) {
            wrong.addAll(wrong(one, 200_000));
        }
        Acceptance.figure(
                2,
                "Lossless counter of 200,000, three peers with two upstreams each, -Xmx256m",
                "missing 0, outOfOrder 0, exit 0 everywhere",
                wrong.isEmpty() ? "missing 0, outOfOrder 0, exit 0 everywhere" : String.join("; ", wrong),
                wrong.isEmpty());
    }

    @Test
    @Tag("acceptance")
    void copiesTwoHundredMegabytes() throws Exception {
        List<String> differing = differing(file(200_000_000), Duration.ofMinutes(4));
        Acceptance.figure(
                2,
                "A random file of 200 MB to three peers with two upstreams each, -Xmx256m",
                "cmp equal everywhere",
                differing.isEmpty() ? "equal everywhere" : "different: " + String.join(", ", differing),
                differing.isEmpty());
    }

    private List<SwarmProcess> counter(int count, Duration atMost) throws InterruptedException {
        start("peer --stream s --name p3 --play check" + upstreams("p1", "p2"));
        start("peer --stream s --name p1 --wait-for 2 --play check --listen " + AT.get("p1") + upstreams("seed", "p2"));
        start("seed --stream s --name seed --wait-for 2 --pace none --counter " + count + " --listen "
                + AT.get("seed"));
        start("peer --stream s --name p2 --wait-for 2 --play check --listen " + AT.get("p2") + upstreams("seed", "p1"));
        await(atMost);
        return processes;
    }

    /** What is wrong with one of them. */
    private static List<String> wrong(SwarmProcess one, int count) throws IOException, InterruptedException {
        JsonNode report = one.report();
        List<String> wrong = new ArrayList<>();
        String name = report.get("peer").asText();
        if (one.exit(Duration.ZERO) != 0) {
            wrong.add(name + ": exit " + one.exit(Duration.ZERO));
        }
        if (report.get("delivered").asLong() != count
                || report.get("missing").asLong() != 0
                || report.get("outOfOrder").asLong() != 0) {
            wrong.add(name + ": " + report);
        }
        return wrong;
    }

    /** The names of the copies that differ from the file. */
    private List<String> differing(Path file, Duration atMost) throws InterruptedException, IOException {
        start("peer --stream f --name p3 --play " + dir.resolve("p3") + upstreams("p1", "p2"));
        start("peer --stream f --name p1 --wait-for 2 --play " + dir.resolve("p1") + " --listen " + AT.get("p1")
                + upstreams("seed", "p2"));
        start("peer --stream f --name p2 --wait-for 2 --play " + dir.resolve("p2") + " --listen " + AT.get("p2")
                + upstreams("seed", "p1"));
        start("seed --stream f --name seed --wait-for 2 --pace none --input " + file + " --listen " + AT.get("seed"));
        await(atMost);
        List<String> differing = new ArrayList<>();
        for (String copy : List.of("p1", "p2", "p3")) {
            if (Files.mismatch(file, dir.resolve(copy)) >= 0) {
                differing.add(copy);
            }
        }
        return differing;
    }

    private void start(String line) {
        processes.add(SwarmProcess.start(dir, line));
    }

    private void await(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        for (SwarmProcess one : processes) {
            int code = one.exit(Duration.ofNanos(deadline - System.nanoTime()));
            assertThat(code).as(one.toString()).isBetween(0, 1);
        }
    }

    private static String upstreams(String one, String other) {
        return " --upstream " + AT.get(one) + " --upstream " + AT.get(other);
    }

    private Path file(int bytes) throws IOException {
        Path file = dir.resolve("file.bin");
        Random random = new Random(42);
        byte[] block = new byte[64 * 1024];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int left = bytes; left > 0; left -= block.length) {
                random.nextBytes(block);
                out.write(block, 0, Math.min(left, block.length));
            }
        }
        return file;
    }
}
