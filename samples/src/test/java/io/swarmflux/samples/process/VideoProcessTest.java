package io.swarmflux.samples.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.swarmflux.testing.Acceptance;
import io.swarmflux.testing.Needed;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Real video through peers that come and go, judged by a player of somebody else's. */
class VideoProcessTest {
    private static final Path CLIP = Path.of("src/main/resources/io/swarmflux/samples/demo/clip.ts");
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int FRAMES_PER_SECOND = 25;
    private static final Pattern FRAMES = Pattern.compile("(?m)^frame=(\\d+)");

    @RegisterExtension
    final SwarmProcesses processes = new SwarmProcesses();

    @TempDir
    Path dir;

    @BeforeEach
    void ffmpegIsThere() throws Exception {
        Needed.ffmpeg();
    }

    private SwarmProcess start(String line) {
        return processes.add(SwarmProcess.start(dir, line));
    }

    private Path ffmpeg(String... arguments) throws Exception {
        List<String> line = new ArrayList<>(List.of("ffmpeg", "-v", "warning", "-nostdin"));
        line.addAll(List.of(arguments));
        Path said = dir.resolve("ffmpeg-" + System.nanoTime());
        Process process = new ProcessBuilder(line)
                .redirectError(said.toFile())
                .redirectOutput(dir.resolve("progress").toFile())
                .start();
        try {
            assertThat(process.waitFor(180, TimeUnit.SECONDS)).as("ffmpeg ends").isTrue();
        } finally {
            process.destroyForcibly();
        }
        return said;
    }

    // ------------------------------------------------------------------ HLS

    /** What ffmpeg saw of a playlist. */
    private record Watched(String said, long frames, String playlist) {
        /** Breaks that the playlist has marked. */
        long marked() {
            return playlist.lines()
                    .filter(line -> line.equals("#EXT-X-DISCONTINUITY"))
                    .count();
        }
    }

    /** A player behind three relays, one of which is killed each few seconds and started again. */
    private Watched watch(Duration time, Duration each) throws Exception {
        Map<String, String> at = SwarmProcess.addresses("seed", "r0", "r1", "r2");
        start("seed --stream tv --loop --input " + CLIP + " --name seed --listen " + at.get("seed"));
        Map<String, SwarmProcess> relays = new LinkedHashMap<>();
        for (int i = 0; i < 3; i++) {
            relays.put("r" + i, start(relay("r" + i, at)));
        }
        SwarmProcess peer = start("peer --stream tv --name me --play http:0 --playout-delay 2s --upstream "
                + at.get("r0") + " --upstream " + at.get("r1") + " --upstream " + at.get("r2"));
        String playlist = peer.awaitLog("watch tv on ").replaceFirst(".* on ", "") + "live.m3u8";
        awaitPart(playlist);
        Thread churn = new Thread(() -> churn(relays, at, time, each), "churn");
        churn.start();
        Path said = ffmpeg(
                "-i",
                playlist,
                "-t",
                Long.toString(time.toSeconds()),
                "-progress",
                "-",
                "-f",
                "null",
                "-y",
                "/dev/null");
        churn.interrupt();
        churn.join();
        String body = playlist(playlist);
        long frames = 0;
        Matcher progress = FRAMES.matcher(Files.readString(dir.resolve("progress"), UTF_8));
        while (progress.find()) {
            frames = Long.parseLong(progress.group(1));
        }
        return new Watched(Files.readString(said, UTF_8).strip(), frames, body);
    }

    private static String playlist(String url) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    /** Before the first part is whole there is no playlist. */
    private static void awaitPart(String url) throws IOException, InterruptedException {
        long deadlineNs = System.nanoTime() + SOON.toNanos();
        while (!playlist(url).contains("#EXTINF")) {
            assertThat(System.nanoTime()).as("a part in time").isLessThan(deadlineNs);
            Thread.sleep(100);
        }
    }

    private static String relay(String name, Map<String, String> at) {
        return "peer --stream tv --name " + name + " --upstream " + at.get("seed") + " --listen " + at.get(name);
    }

    private void churn(Map<String, SwarmProcess> relays, Map<String, String> at, Duration time, Duration each) {
        try {
            for (int i = 0; i < time.dividedBy(each); i++) {
                Thread.sleep(each.toMillis());
                String name = "r" + i % 3;
                Objects.requireNonNull(relays.get(name)).close();
                relays.put(name, start(relay(name, at)));
            }
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void playsHlsWhileARelayIsKilled() throws Exception {
        Watched seen = watch(Duration.ofSeconds(3), Duration.ofSeconds(1));
        assertThat(seen.said()).isEmpty();
        assertThat(seen.frames()).isBetween(2L * FRAMES_PER_SECOND, 4L * FRAMES_PER_SECOND);
        assertThat(seen.playlist()).contains("#EXT-X-TARGETDURATION", "#EXTINF");
    }

    @Test
    @Tag("acceptance")
    void measuresHlsUnderChurn() throws Exception {
        Watched seen = watch(Duration.ofSeconds(60), Duration.ofSeconds(5));
        long expected = 60L * FRAMES_PER_SECOND;
        Acceptance.figure(
                6,
                "ffmpeg plays 60 s of HLS while one of three relays is killed each 5 s and started again",
                "no complaint, " + expected + " frames, no break that is not marked",
                (seen.said().isEmpty() ? "no complaint" : seen.said().replace('\n', ' ')) + ", " + seen.frames()
                        + " frames, " + seen.marked() + " breaks marked in the last 48 s",
                seen.said().isEmpty() && seen.frames() >= expected - FRAMES_PER_SECOND);
    }

    // ------------------------------------------------------------------ three hops

    /** Video of a constant rate, as an encoder for broadcasting makes it. */
    private Path video(int megabits, int seconds) throws Exception {
        Path once = dir.resolve("once.ts");
        String rate = megabits * 9 / 10 + "M";
        Path said = ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=s=1280x720:r=25",
                "-t",
                "5",
                "-c:v",
                "libx264",
                "-preset",
                "ultrafast",
                "-g",
                "50",
                "-b:v",
                rate,
                "-minrate",
                rate,
                "-maxrate",
                rate,
                "-bufsize",
                rate,
                "-x264-params",
                "nal-hrd=cbr",
                "-muxrate",
                megabits + "M",
                once.toString());
        assertThat(once).as(Files.readString(said, UTF_8)).exists();
        Path all = dir.resolve("all.ts");
        Path joined = ffmpeg(
                "-stream_loop",
                Integer.toString(seconds / 5),
                "-i",
                once.toString(),
                "-t",
                Integer.toString(seconds),
                "-c",
                "copy",
                "-muxrate",
                megabits + "M",
                all.toString());
        assertThat(all).as(Files.readString(joined, UTF_8)).exists();
        return all;
    }

    private record Played(JsonNode report, double bitsPerSecond, String processors) {}

    private Played threeHops(int megabits, int seconds) throws Exception {
        Path video = video(megabits, seconds);
        Map<String, String> at = SwarmProcess.addresses("seed", "p1", "p2");
        Map<String, SwarmProcess> all = new LinkedHashMap<>();
        all.put(
                "seed",
                start("seed --stream tv --wait-for 1 --input " + video + " --name seed --listen " + at.get("seed")));
        all.put(
                "p1",
                start("peer --stream tv --wait-for 1 --name p1 --upstream " + at.get("seed") + " --listen "
                        + at.get("p1")));
        all.put(
                "p2",
                start("peer --stream tv --wait-for 1 --name p2 --upstream " + at.get("p1") + " --listen "
                        + at.get("p2")));
        SwarmProcess last = processes.add(SwarmProcess.start(
                dir,
                true,
                ("peer --stream tv --name p3 --play check --playout-delay 2s --status 200ms --upstream " + at.get("p2"))
                        .split(" ")));
        all.put("p3", last);
        long bytes = Files.size(video);
        long begunNs = System.nanoTime();
        StatusLines status = StatusLines.of(last);
        status.await("played half", line -> line.json().get("bytes").asLong() >= bytes / 2);
        status.await("played nine tenths", line -> line.json().get("bytes").asLong() >= bytes * 9 / 10);
        double tookSeconds = (System.nanoTime() - begunNs) / 1e9;
        StringBuilder processors = new StringBuilder();
        all.forEach((name, process) -> processors.append(
                String.format(Locale.ROOT, " %s %.2f", name, process.used().toMillis() / 1000.0 / tookSeconds)));
        assertThat(last.exit(SOON)).as(last.toString()).isBetween(0, 1);
        JsonNode report = last.report();
        return new Played(
                report, Files.size(video) * 8.0 / seconds, processors.toString().strip());
    }

    @Test
    void playsVideoThroughThreeHops() throws Exception {
        Played played = threeHops(4, 3);
        assertThat(played.report().get("missing").asLong()).isZero();
        assertThat(played.report().get("outOfOrder").asLong()).isZero();
    }

    @Test
    @Tag("acceptance")
    void measuresVideoThroughThreeHops() throws Exception {
        Played played = threeHops(20, 60);
        double continuity = played.report().get("continuity").asDouble();
        Acceptance.figure(
                6,
                "20 Mbit/s of H.264 in MPEG-TS for 60 s through three hops, playout delay 2 s",
                "continuity 1.0, playout delay met, CPU stated",
                String.format(
                        Locale.ROOT,
                        "%.1f Mbit/s, continuity %.5f, missing %d, stalls %d; processors, the start of each JVM included: %s",
                        played.bitsPerSecond() / 1e6,
                        continuity,
                        played.report().get("missing").asLong(),
                        played.report().get("stalls").asLong(),
                        played.processors()),
                continuity == 1.0);
    }

    // ------------------------------------------------------------------ joining

    @Test
    @Tag("acceptance")
    void measuresJoining() throws Exception {
        Path video = video(4, 60);
        Map<String, String> at = SwarmProcess.addresses("seed", "relay");
        start("seed --stream tv --input " + video + " --name seed --listen " + at.get("seed"));
        start("peer --stream tv --name relay --upstream " + at.get("seed") + " --listen " + at.get("relay"))
                .awaitLog("plays epoch");
        List<Long> took = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            try (SwarmProcess peer = SwarmProcess.start(
                    dir,
                    true,
                    ("peer --stream tv --name p" + i + " --play check --status 100ms --upstream " + at.get("relay"))
                            .split(" "))) {
                took.add(StatusLines.of(peer)
                        .await("played", line -> line.json().get("delivered").asLong() > 0)
                        .json()
                        .get("startupMillis")
                        .asLong());
            }
        }
        List<Long> sorted = took.stream().sorted().toList();
        Acceptance.figure(
                6,
                "start-up, from joining to the first frame released: nine processes join one after the other, a key frame each 2 s",
                "p50 <= 1,000 ms",
                "p50 " + sorted.get(4) + " ms, from " + sorted.get(0) + " to " + sorted.get(8)
                        + " ms, each in a JVM that has just started",
                sorted.get(4) <= 1_000);
    }
}
