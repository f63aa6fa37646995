package io.swarmflux.samples.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.testing.Acceptance;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A seeder that may upload 10 Mbit/s, and three downstreams that want 10 Mbit/s each. Counted at the sockets. */
class UploadLimitProcessTest {
    private static final int DOWNSTREAMS = 3;
    private static final double CAP_BYTES_PER_SECOND = 10_000_000 / 8.0;
    private static final Duration SAMPLE = Duration.ofMillis(100);
    private static final Duration WINDOW = Duration.ofSeconds(5);

    private final List<SwarmProcess> processes = new ArrayList<>();
    private final List<CountingPort> ports = new ArrayList<>();
    private final List<Sample> samples = new ArrayList<>();

    @TempDir
    Path dir;

    /** How much had come by some time, to each downstream. */
    private record Sample(long atNs, List<Long> bytes) {
        long all() {
            return bytes.stream().mapToLong(Long::longValue).sum();
        }
    }

    @AfterEach
    void end() throws Exception {
        processes.forEach(SwarmProcess::close);
        for (CountingPort port : ports) {
            port.close();
        }
    }

    @Test
    void uploadsWhatItMayAndSharesItOut() throws Exception {
        upload(Duration.ofSeconds(6));

        // a busy machine may hold up the seeder for a moment, which costs more of a short run
        assertThat(worstWindow()).isLessThanOrEqualTo(0.05);
        assertThat(worstShare()).isLessThanOrEqualTo(0.1);
    }

    @Test
    @Tag("acceptance")
    void measuresTheUpload() throws Exception {
        upload(Duration.ofSeconds(60));
        String what = "Upload cap 10 Mbit/s, 3 downstreams of a stream of 10 Mbit/s, 60 s";
        Acceptance.atMost(3, what + ": off the cap in any 5 s, at the sockets", 2, worstWindow() * 100, "% of the cap");
        Acceptance.atMost(3, what + ": off an equal share", 10, worstShare() * 100, "% of the share");
    }

    /** Uploads, and counts from one second after the first bytes for so long. */
    private void upload(Duration counted) throws Exception {
        int seconds = (int) counted.toSeconds() + 4;
        Path source = Files.write(dir.resolve("source.bin"), new byte[(int) (CAP_BYTES_PER_SECOND * seconds)]);
        String seeder = SwarmProcess.addresses("seed").get("seed");
        start("seed --stream s --pace 10Mbit --upload-limit 10Mbit --wait-for " + DOWNSTREAMS + " --input " + source
                + " --listen " + seeder);
        for (int i = 0; i < DOWNSTREAMS; i++) {
            CountingPort port = CountingPort.to(seeder);
            ports.add(port);
            start("peer --stream s --play check --upstream " + port.address());
        }
        CountDownLatch never = new CountDownLatch(1);
        long deadlineNs = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!ports.stream().allMatch(port -> port.bytes() > CAP_BYTES_PER_SECOND / DOWNSTREAMS)) {
            assertThat(System.nanoTime()).as("nothing came: " + processes).isLessThan(deadlineNs);
            boolean unused = never.await(10, TimeUnit.MILLISECONDS);
        }
        long endNs = System.nanoTime() + counted.toNanos();
        while (System.nanoTime() < endNs) {
            samples.add(new Sample(
                    System.nanoTime(), ports.stream().map(CountingPort::bytes).toList()));
            boolean unused = never.await(SAMPLE.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void start(String line) {
        processes.add(SwarmProcess.start(dir, line));
    }

    /** By what share of the cap the upload was off it, in the worst of all windows. */
    private double worstWindow() {
        double worst = 0;
        for (Sample from : samples) {
            for (Sample to : samples) {
                if (to.atNs() - from.atNs() >= WINDOW.toNanos()) {
                    double rate = (to.all() - from.all()) * 1e9 / (to.atNs() - from.atNs());
                    worst = Math.max(worst, Math.abs(rate / CAP_BYTES_PER_SECOND - 1));
                    break;
                }
            }
        }
        return worst;
    }

    /** By what share of an equal part the downstream was off it that was off most. */
    private double worstShare() {
        Sample first = samples.get(0);
        Sample last = samples.get(samples.size() - 1);
        double equal = (last.all() - first.all()) / (double) DOWNSTREAMS;
        double worst = 0;
        for (int i = 0; i < DOWNSTREAMS; i++) {
            long one = last.bytes().get(i) - first.bytes().get(i);
            worst = Math.max(worst, Math.abs(one / equal - 1));
        }
        return worst;
    }
}
