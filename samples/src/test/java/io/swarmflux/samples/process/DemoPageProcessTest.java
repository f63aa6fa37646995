package io.swarmflux.samples.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo's page in a browser: the picture moves, and goes on when a relay is stopped from the page. */
class DemoPageProcessTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Path SCREENSHOTS = Path.of("target", "screenshots");

    @TempDir
    Path dir;

    @Test
    void playsOnWhenARelayIsStoppedFromThePage() throws Exception {
        try (SwarmProcess demo = SwarmProcess.start(dir, true, "demo", "--no-browser")) {
            String page = address(new BufferedReader(new InputStreamReader(demo.output(), UTF_8)));
            try (Browser browser = Browser.open(page)) {
                browser.await("the video plays", SOON, () -> browser.currentTime() > 2);
                browser.await("it has something ahead", SOON, () -> browser.number("ahead()") > 2);
                browser.await("the island is fed", SOON, () -> browser.shows("gateway"));
                double before = browser.currentTime();
                browser.number("(window.stalls = 0, document.getElementById('player').addEventListener('waiting',"
                        + " () => window.stalls++), 0)");
                browser.click("Stop p4");
                browser.await("p4 is stopped", SOON, () -> browser.shows("Start p4"));
                browser.await("it goes on", SOON, () -> browser.currentTime() > before + 8);
                Files.createDirectories(SCREENSHOTS);
                browser.screenshot(SCREENSHOTS.resolve("demo.png"));

                assertThat(browser.number("window.stalls"))
                        .as("stalls since p4 was stopped")
                        .isZero();
                assertThat(browser.framesDecoded()).isGreaterThan(100);
                assertThat(browser.text("continuity")).endsWith(" %");
                browser.click("Start p4");
                browser.await("p4 is back", SOON, () -> browser.shows("Stop p4"));
                assertThat(browser.hosts()).containsExactly(URI.create(page).getAuthority());
                assertThat(browser.consoleErrors()).isEmpty();
            }
        }
    }

    private static String address(BufferedReader lines) throws Exception {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            int at = line.indexOf("http://");
            if (at >= 0) {
                Thread drain = new Thread(() -> lines.lines().forEach(unused -> {}), "output of demo");
                drain.setDaemon(true);
                drain.start();
                return line.substring(at).replaceFirst("\\s.*", "");
            }
        }
        throw new AssertionError("the demo never said where its page is");
    }
}
