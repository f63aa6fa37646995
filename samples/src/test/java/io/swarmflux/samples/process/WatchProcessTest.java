package io.swarmflux.samples.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.testing.Needed;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A person watches in a browser what came through the swarm. */
class WatchProcessTest {
    private static final Path CLIP = Path.of("src/main/resources/io/swarmflux/samples/demo/clip.ts");
    private static final Duration SOON = Duration.ofSeconds(60);

    @RegisterExtension
    final SwarmProcesses processes = new SwarmProcesses();

    private final Map<String, String> at = SwarmProcess.addresses("seed", "relay");

    @TempDir
    Path dir;

    @Test
    void playsInABrowserWhatCameThroughARelay() throws Exception {
        start("seed --stream news --loop --input " + CLIP + " --name seed --listen " + at.get("seed"));
        start("peer --stream news --name relay --upstream " + at.get("seed") + " --listen " + at.get("relay"));
        SwarmProcess peer = start("peer --stream news --name me --play http:0 --upstream " + at.get("relay"));
        String page = peer.awaitLog("watch news on ").replaceFirst(".* on ", "");

        try (Browser browser = Browser.open(page)) {
            browser.await("the video plays", SOON, () -> browser.currentTime() > 0 && browser.framesDecoded() > 0);
            double before = browser.currentTime();
            browser.await("it goes on", SOON, () -> browser.currentTime() > before + 2);
            browser.await("the state is told", SOON, () -> browser.shows("relay"));

            assertThat(browser.framesDecoded()).isGreaterThan(25);
            assertThat(browser.text("stream")).isEqualTo("news");
            assertThat(browser.hosts()).containsExactly(URI.create(page).getAuthority());
            assertThat(browser.consoleErrors()).isEmpty();
            browser.resize(390, 844);
            assertThat(browser.number("document.documentElement.scrollWidth - window.innerWidth"))
                    .as("nothing sticks out on a phone")
                    .isLessThanOrEqualTo(0);
        }
    }

    @Test
    void playsFragmentsOfAnMp4InABrowser() throws Exception {
        Needed.ffmpeg();
        Path video = dir.resolve("clip.mp4");
        Process ffmpeg = new ProcessBuilder(
                        ("ffmpeg -v error -nostdin -f lavfi -i testsrc2=s=320x180:r=25 -f lavfi -i sine"
                                        + " -t 60 -c:v libx264 -preset ultrafast -g 25 -c:a aac -movflags"
                                        + " +frag_keyframe+empty_moov+default_base_moof " + video)
                                .split(" "))
                .inheritIO()
                .start();
        assertThat(ffmpeg.waitFor()).isZero();
        start("seed --stream news --wait-for 1 --input " + video + " --name seed --listen " + at.get("seed"));
        SwarmProcess peer = start("peer --stream news --name me --play http:0 --upstream " + at.get("seed"));
        String page = peer.awaitLog("watch news on ").replaceFirst(".* on ", "");

        try (Browser browser = Browser.open(page)) {
            browser.await("the video plays", SOON, () -> browser.currentTime() > 1 && browser.framesDecoded() > 0);
            assertThat(browser.consoleErrors()).isEmpty();
        }
    }

    @Test
    void givesAnyPlayerTheStreamOverHttp() throws Exception {
        start("seed --stream news --loop --input " + CLIP + " --listen " + at.get("seed"));
        SwarmProcess peer = start("peer --stream news --play http:0 --upstream " + at.get("seed"));
        String page = peer.awaitLog("watch news on ").replaceFirst(".* on ", "");
        peer.awaitLog("plays epoch");

        HttpResponse<java.io.InputStream> stream = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(page + "stream")).build(),
                        HttpResponse.BodyHandlers.ofInputStream());
        try (var body = stream.body()) {
            byte[] some = body.readNBytes(188 * 1000);
            Files.write(dir.resolve("some.ts"), some);
            assertThat(some[0]).isEqualTo((byte) 0x47);
            assertThat(some[188 * 999]).isEqualTo((byte) 0x47);
        }
    }

    @Test
    void saysWhichPortIsTaken() throws Exception {
        start("seed --stream news --counter 1000 --listen " + at.get("seed"));
        SwarmProcess first = start("peer --stream news --play http:0 --upstream " + at.get("seed"));
        int port = URI.create(first.awaitLog("watch news on ").replaceFirst(".* on ", ""))
                .getPort();
        SwarmProcess second = start("peer --stream news --play http:" + port + " --upstream " + at.get("seed"));

        assertThat(second.exit(SOON)).isEqualTo(3);
        assertThat(second.log()).anyMatch(line -> line.contains("cannot listen on 127.0.0.1:" + port));
    }

    private SwarmProcess start(String line) {
        return processes.add(SwarmProcess.start(dir, line));
    }
}
