package io.swarmflux.samples.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.testing.Needed;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Seeds what comes from outside, in processes of their own; what was played is given to ffprobe. Skipped where there is no ffmpeg. */
class InputProcessTest {
    private static final Path CLIP = Path.of("src/main/resources/io/swarmflux/samples/demo/clip.ts");
    private static final Duration SOON = Duration.ofSeconds(20);

    @RegisterExtension
    final SwarmProcesses processes = new SwarmProcesses();

    private final Map<String, String> at = SwarmProcess.addresses("first", "seed");

    @TempDir
    Path dir;

    @BeforeEach
    void needsFfmpeg() throws Exception {
        Needed.ffmpeg();
    }

    @Test
    void playsWhatAnotherSwarmShowsOverHttp() throws Exception {
        start("seed", "--stream=a", "--loop", "--input=" + CLIP, "--listen=" + at.get("first"));
        SwarmProcess shows = start("peer", "--stream=a", "--play=http:0", "--upstream=" + at.get("first"));
        String page = shows.awaitLog("watch a on ").replaceFirst(".* on ", "");
        shows.awaitLog("plays epoch");
        seed(page + "stream");

        playsUntil(20);
    }

    @Test
    void playsWhatIsSentByUdp() throws Exception {
        int port;
        try (DatagramSocket free = new DatagramSocket(0, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            port = free.getLocalPort();
        }
        Process sender = new ProcessBuilder(("ffmpeg -v error -nostdin -re -stream_loop -1 -i " + CLIP
                                + " -c copy -f mpegts udp://127.0.0.1:" + port + "?pkt_size=1316")
                        .split(" "))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            seed("udp://127.0.0.1:" + port);

            playsUntil(20);
        } finally {
            sender.destroyForcibly();
        }
    }

    @Test
    void playsWhatFfmpegMakesToItsEnd() throws Exception {
        SwarmProcess seed = seed("ffmpeg:-re -f lavfi -i testsrc=size=160x120:rate=25 -f lavfi -i sine -t 2");
        Path file = dir.resolve("played.ts");
        SwarmProcess peer = start("peer", "--stream=s", "--play=" + file, "--upstream=" + at.get("seed"));

        assertThat(peer.exit(SOON)).as(peer.toString()).isZero();
        assertThat(seed.exit(SOON)).as(seed.toString()).isZero();
        assertThat(codecs(file)).containsExactlyInAnyOrder("h264", "aac");
    }

    @Test
    void playsOnWhenFfmpegIsKilledAndEndsItWithTheSeeder() throws Exception {
        SwarmProcess seed = seed("ffmpeg:-re -f lavfi -i testsrc=size=162x120:rate=25");
        Path file = dir.resolve("played.ts");
        SwarmProcess peer =
                start("peer", "--stream=s", "--play=" + file, "--status=100ms", "--upstream=" + at.get("seed"));
        awaitDelivered(peer, 4);
        ffmpegs("162x120").forEach(ProcessHandle::destroyForcibly);
        seed.awaitLog("it ended with signal 9");
        seed.awaitLog("is back after");
        awaitDelivered(peer, 12);
        List<ProcessHandle> ffmpeg = ffmpegs("162x120").toList();
        assertThat(ffmpeg).hasSize(1);
        seed.terminate();

        seed.exit(SOON);
        ffmpeg.get(0).onExit().get(SOON.toSeconds(), TimeUnit.SECONDS);
        peer.terminate();
        peer.exit(SOON);
        assertThat(codecs(file)).containsExactly("h264");
        assertThat(seed.log().stream().filter(line -> line.contains("trying again")))
                .hasSize(1);
    }

    @Test
    void saysInOneLineThatNobodyIsThere() throws Exception {
        SwarmProcess seed = start(
                "seed", "--stream=s", "--input=http://" + at.get("first") + "/live.ts", "--listen=" + at.get("seed"));

        assertThat(seed.exit(SOON)).isEqualTo(3);
        assertThat(seed.log()).hasSize(1);
        assertThat(seed.log().get(0))
                .contains("--input: http://" + at.get("first") + "/live.ts: ", "Connection refused");
    }

    private SwarmProcess seed(String input) {
        return start("seed", "--stream=s", "--wait-for=1", "--input=" + input, "--listen=" + at.get("seed"));
    }

    /** Plays so many segments into a file, which must be a film then. */
    private void playsUntil(long segments) throws Exception {
        Path file = dir.resolve("played.ts");
        SwarmProcess peer =
                start("peer", "--stream=s", "--play=" + file, "--status=100ms", "--upstream=" + at.get("seed"));
        awaitDelivered(peer, segments);
        peer.terminate();
        peer.exit(SOON);

        assertThat(codecs(file)).contains("h264");
    }

    private static void awaitDelivered(SwarmProcess peer, long atLeast) throws IOException {
        long delivered = 0;
        while (delivered < atLeast) {
            delivered = peer.nextStatus().get("delivered").asLong();
        }
    }

    private static List<String> codecs(Path film) throws Exception {
        return said("ffprobe", "-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0", film.toString())
                .lines()
                .map(line -> line.replace(",", "").strip())
                .filter(line -> !line.isEmpty())
                .distinct()
                .toList();
    }

    private static String said(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        process.waitFor();
        return said;
    }

    private static Stream<ProcessHandle> ffmpegs(String marker) {
        return ProcessHandle.current()
                .descendants()
                .filter(one -> one.info().command().orElse("").endsWith("ffmpeg")
                        && Arrays.stream(one.info().arguments().orElse(new String[0]))
                                .anyMatch(argument -> argument.contains(marker)));
    }

    private SwarmProcess start(String... args) {
        boolean status = Arrays.asList(args).contains("--status=100ms");
        return processes.add(SwarmProcess.start(dir, status, args));
    }
}
