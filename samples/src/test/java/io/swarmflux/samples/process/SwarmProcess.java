package io.swarmflux.samples.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.swarmflux.samples.run.Addresses;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The command in a process of its own, as a person would start it. */
final class SwarmProcess implements AutoCloseable {
    static final Path JAR = Path.of("target", "swarmflux.jar");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final String typed;
    private final Path report;
    private final List<String> log = new ArrayList<>();
    private final BlockingQueue<String> unread = new LinkedBlockingQueue<>();
    private final Thread reader;
    private @Nullable BufferedReader statusLines;

    private SwarmProcess(Process process, String typed, Path report) {
        this.process = process;
        this.typed = typed;
        this.report = report;
        this.reader = new Thread(this::readLog, "log of " + typed);
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts the command with a report, 256 MiB of heap, its results thrown away unless they are wanted. */
    static SwarmProcess start(Path dir, boolean keepOutput, String... args) {
        return start(List.of(), dir, keepOutput, args);
    }

    /** The same behind a command that runs another one in its own place, such as one that enters a network. */
    static SwarmProcess start(List<String> enter, Path dir, boolean keepOutput, String... args) {
        List<String> line = new ArrayList<>(enter);
        line.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                JAR.toString()));
        line.addAll(List.of(args));
        Path report = dir.resolve("report-" + System.nanoTime() + ".json");
        if (args[0].equals("seed") || args[0].equals("peer")) {
            line.addAll(List.of("--report", report.toString()));
        }
        try {
            ProcessBuilder builder = new ProcessBuilder(line);
            builder.redirectOutput(keepOutput ? ProcessBuilder.Redirect.PIPE : ProcessBuilder.Redirect.DISCARD);
            return new SwarmProcess(builder.start(), String.join(" ", args), report);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts what is written on one line. */
    static SwarmProcess start(Path dir, String line) {
        return start(dir, false, line.split(" "));
    }

    /** Addresses for peers that must know of each other beforehand. */
    static Map<String, String> addresses(String... names) {
        return Addresses.free(List.of(names));
    }

    InputStream output() {
        return process.getInputStream();
    }

    /** Waits for a line that holds a text, from where the last wait ended. */
    String awaitLog(String text) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (true) {
            String line = unread.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (line == null) {
                throw new AssertionError("'" + typed + "' never said '" + text + "'; it said\n" + log());
            }
            if (line.contains(text)) {
                return line;
            }
        }
    }

    /** The next line of JSON on standard output. */
    JsonNode nextStatus() throws IOException {
        if (statusLines == null) {
            statusLines = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        }
        String line = statusLines.readLine();
        if (line == null) {
            throw new AssertionError("'" + typed + "' ended; it said\n" + log());
        }
        return JSON.readTree(line);
    }

    /** Waits for the end. */
    int exit(Duration atMost) throws InterruptedException {
        if (!process.waitFor(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new AssertionError("'" + typed + "' did not end within " + atMost + "; it said\n" + log());
        }
        reader.join();
        return process.exitValue();
    }

    /** What it said on standard error, so far. */
    List<String> log() {
        synchronized (log) {
            return List.copyOf(log);
        }
    }

    JsonNode report() throws IOException {
        return JSON.readTree(report.toFile());
    }

    /** How much processor time it has used. */
    Duration used() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** Asks it politely to end, as {@code kill} does. */
    void terminate() {
        process.destroy();
    }

    /** Stops it where it is: it says nothing more, and its sockets stay open. */
    void freeze() throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-STOP", Long.toString(process.pid()))
                .inheritIO()
                .start();
        assertThat(kill.waitFor()).as("kill -STOP of '" + typed + "'").isZero();
    }

    /** Kills it, as {@code kill -9} does. */
    @Override
    public void close() {
        process.destroyForcibly();
    }

    @Override
    public String toString() {
        return typed + "\n  " + String.join("\n  ", log());
    }

    private void readLog() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(process.getErrorStream(), UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                synchronized (log) {
                    log.add(line);
                }
                unread.add(line);
            }
        } catch (IOException e) {
            unread.add("the log broke: " + e);
        }
    }
}
