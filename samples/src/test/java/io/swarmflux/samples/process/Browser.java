package io.swarmflux.samples.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** The installed Chromium, without a window. */
final class Browser implements AutoCloseable {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

    private final ChromeDriver driver;

    private Browser(ChromeDriver driver) {
        this.driver = driver;
    }

    /** Opens a page; skips the test where there is no Chromium. */
    static Browser open(String address) {
        Assumptions.assumeTrue(
                Files.isExecutable(CHROMIUM) && Files.isExecutable(DRIVER),
                "the Debian packages chromium and chromium-driver are not installed");
        ChromeOptions options = new ChromeOptions();
        options.setBinary(CHROMIUM.toFile());
        options.addArguments(
                "--headless=new",
                "--no-sandbox", // Chromium refuses its sandbox to root
                "--disable-dev-shm-usage",
                "--disable-gpu",
                "--mute-audio",
                "--autoplay-policy=no-user-gesture-required",
                "--window-size=1280,1100");
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        ChromeDriver driver = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(DRIVER.toFile())
                        .build(),
                options);
        Browser browser = new Browser(driver);
        driver.get(address);
        return browser;
    }

    void resize(int width, int height) {
        driver.manage().window().setSize(new Dimension(width, height));
    }

    double number(String script) {
        Object value = driver.executeScript("return " + script);
        return ((Number) Objects.requireNonNull(value, script)).doubleValue();
    }

    String text(String id) {
        return driver.findElement(By.id(id)).getText();
    }

    /** Where the video is, in seconds. */
    double currentTime() {
        return number("document.getElementById('player').currentTime");
    }

    double framesDecoded() {
        return number("document.getElementById('player').getVideoPlaybackQuality().totalVideoFrames");
    }

    void click(String buttonText) {
        driver.findElement(By.xpath("//button[normalize-space()='" + buttonText + "']"))
                .click();
    }

    boolean shows(String text) {
        return driver.findElement(By.tagName("body")).getText().contains(text);
    }

    /** Everything on the console that is worse than information. */
    List<String> consoleErrors() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                .map(LogEntry::toString)
                .toList();
    }

    /** Hosts that anything was fetched from. */
    List<String> hosts() {
        Object hosts = driver.executeScript("return [...new Set(performance.getEntriesByType('resource')"
                + ".map(entry => new URL(entry.name).host))]");
        return ((List<?>) Objects.requireNonNull(hosts))
                .stream().map(String::valueOf).toList();
    }

    void screenshot(Path file) throws IOException {
        Files.write(file, driver.getScreenshotAs(OutputType.BYTES));
    }

    /** Waits until something holds. */
    void await(String what, Duration atMost, BooleanSupplier holds) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime())
                    .as("waited " + atMost + " for: " + what)
                    .isLessThan(deadline);
            Thread.sleep(100);
        }
    }

    @Override
    public void close() {
        driver.quit();
    }
}
