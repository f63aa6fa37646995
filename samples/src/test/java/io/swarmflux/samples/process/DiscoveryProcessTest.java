package io.swarmflux.samples.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.swarmflux.testing.Acceptance;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Peers in processes of their own find each other in a directory: nobody types the address of anybody. */
class DiscoveryProcessTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @RegisterExtension
    final SwarmProcesses processes = new SwarmProcesses();

    private final Map<String, String> at = SwarmProcess.addresses("directory", "other");

    @TempDir
    Path dir;

    private SwarmProcess start(String line) {
        return processes.add(SwarmProcess.start(dir, line));
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

    /** Ten peers; then the directory is killed, and one more joins that knows one of them. */
    @Test
    @Tag("acceptance")
    @Timeout(240)
    void measuresTenPeersAndTheLossOfTheDirectory() throws Exception {
        String url = "http://" + at.get("directory");
        SwarmProcess directory = start("directory --listen " + at.get("directory"));
        directory.awaitLog("serves on");
        start("seed --stream news --name seed --counter 9000 --directory " + url)
                .awaitLog("is announced in");
        List<SwarmProcess> peers = new ArrayList<>();
        List<StatusLines> lines = new ArrayList<>();
        List<Long> startedNs = new ArrayList<>();
        String port = "";
        for (int i = 1; i <= 10; i++) {
            startedNs.add(System.nanoTime());
            SwarmProcess peer = processes.add(SwarmProcess.start(
                    dir,
                    true,
                    ("peer --stream news --name p" + i + " --play check --status 200ms --directory " + url)
                            .split(" ")));
            peers.add(peer);
            lines.add(StatusLines.of(peer)); // read all the while, or the peer would stand still
            String serves = peer.awaitLog("serves news on"); // ten that start at once would wait for the processor
            port = i == 3 ? serves.substring(serves.lastIndexOf(':') + 1) : port;
            peer.awaitLog("plays epoch");
        }
        long upstreamsMs = 0;
        long slowest = 0;
        for (int i = 0; i < 10; i++) {
            StatusLines.Line three = lines.get(i)
                    .await(
                            "has 3 upstreams",
                            line -> line.json().path("upstreams").size() >= 3
                                    && line.json().path("startupMillis").asLong() >= 0);
            slowest = Math.max(slowest, three.json().path("startupMillis").asLong());
            upstreamsMs = Math.max(
                    upstreamsMs,
                    (lines.get(i).firstNs(line -> line.json().path("upstreams").size() >= 3) - startedNs.get(i))
                            / 1_000_000);
        }
        directory.close();
        SwarmProcess late = start(
                "peer --stream news --name late --play check --upstream 127.0.0.1:" + port + " --directory " + url);
        peers.add(late);
        long missing = 0;
        for (SwarmProcess peer : peers) {
            int unused = peer.exit(Duration.ofSeconds(150));
            missing += peer.report().path("missing").asLong();
        }
        Acceptance.figure(
                5,
                "directory, seed and ten peers, each a process; then the directory is killed and one more peer joins by one neighbour",
                "missing 0, startup <= 2,000 ms, 3+ upstreams within 5 s",
                "missing " + missing + ", slowest startup " + slowest + " ms, 3 upstreams at most " + upstreamsMs
                        + " ms after the start of the JVM, the late peer had " + upstreams(late.report()),
                missing == 0 && slowest <= 2000 && upstreamsMs <= 5000 && upstreams(late.report()) >= 3);
    }

    /** One of two directories is killed, somebody new comes, and it is back: within a lease both know everybody. */
    @Test
    @Tag("acceptance")
    @Timeout(240)
    void measuresADirectoryThatComesAndGoes() throws Exception {
        String urls = " --directory http://" + at.get("directory") + " --directory http://" + at.get("other");
        SwarmProcess one = start("directory --listen " + at.get("directory"));
        SwarmProcess other = start("directory --listen " + at.get("other"));
        one.awaitLog("serves on");
        other.awaitLog("serves on");
        start("seed --stream news --name seed --counter 6000" + urls).awaitLog("is announced in");
        List<SwarmProcess> peers = new ArrayList<>();
        peers.add(start("peer --stream news --name p1 --play check" + urls));
        peers.add(start("peer --stream news --name p2 --play check" + urls));
        for (SwarmProcess peer : peers) {
            peer.awaitLog("plays epoch");
        }
        one.close();
        peers.add(start("peer --stream news --name p3 --play check" + urls));
        peers.get(2).awaitLog("is announced in");
        start("directory --listen " + at.get("directory")).awaitLog("serves on");
        long sinceNs = System.nanoTime();
        while (!knows(at.get("directory"), "p1", "p2", "p3", "seed")
                && System.nanoTime() - sinceNs < Duration.ofSeconds(60).toNanos()) {
            Thread.sleep(200);
        }
        long tookMs = (System.nanoTime() - sinceNs) / 1_000_000;
        boolean both = knows(at.get("directory"), "p1", "p2", "p3", "seed")
                && knows(at.get("other"), "p1", "p2", "p3", "seed");
        long missing = 0;
        for (SwarmProcess peer : peers) {
            int unused = peer.exit(Duration.ofSeconds(100));
            missing += peer.report().path("missing").asLong();
        }
        Acceptance.figure(
                5,
                "two directories, one killed, a peer joins, and the directory is back",
                "missing 0, both know everybody within a lease (30 s)",
                "missing " + missing + ", "
                        + (both ? "both know everybody after " + tookMs + " ms" : "not known to both"),
                missing == 0 && both && tookMs <= 30_000);
    }

    private static boolean knows(@Nullable String directory, String... names) throws Exception {
        String answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://" + directory + "/v1/streams/news/peers"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
        return List.of(names).stream().allMatch(name -> answer.contains("\"" + name + "\""));
    }

    private static int upstreams(JsonNode report) {
        return report.path("upstreams").size();
    }
}
