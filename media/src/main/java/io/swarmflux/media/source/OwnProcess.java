package io.swarmflux.media.source;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import reactor.core.scheduler.Schedulers;

/** A process that ends with whoever started it, also when this program is told to end. What it says on standard error is read. */
final class OwnProcess {
    private static final long PATIENCE_SECONDS = 2;
    private static final Set<OwnProcess> RUNNING = ConcurrentHashMap.newKeySet();
    private static final int LONGEST_LINE = 300;

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(OwnProcess::kill), "ends own processes"));
    }

    private final Process process;
    private final CountDownLatch listened = new CountDownLatch(1);
    private volatile String lastLine = "";
    private volatile boolean endedByUs;

    private OwnProcess(Process process) {
        this.process = process;
    }

    /** Starts a program, which is given nothing to read. Blocks. */
    static OwnProcess start(List<String> command) throws IOException {
        OwnProcess started = new OwnProcess(new ProcessBuilder(command).start());
        RUNNING.add(started);
        CompletableFuture<Void> unused = started.process.onExit().thenRun(() -> RUNNING.remove(started));
        started.process.getOutputStream().close();
        Schedulers.boundedElastic().schedule(started::listen);
        return started;
    }

    InputStream output() {
        return process.getInputStream();
    }

    /** Waits until it has ended, and a moment for what it said. Blocks. */
    int exitCode() throws InterruptedException {
        int code = process.waitFor();
        boolean unused = listened.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        return code;
    }

    /** The last line that it said. */
    String lastLine() {
        return lastLine;
    }

    /** Whether it was told to end. */
    boolean endedByUs() {
        return endedByUs;
    }

    /** Tells it to end, and ends it if it does not. Returns at once. */
    void end() {
        endedByUs = true;
        if (process.toHandle().destroy() && process.isAlive()) {
            Schedulers.boundedElastic().schedule(process::destroyForcibly, PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    private void kill() {
        endedByUs = true;
        process.destroyForcibly();
    }

    private void listen() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getErrorStream(), Charset.defaultCharset()))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String text = line.strip();
                if (!text.isEmpty()) {
                    lastLine = text.substring(0, Math.min(LONGEST_LINE, text.length()));
                }
            }
        } catch (IOException e) {
            lastLine = "what it said cannot be read: " + e.getMessage();
        } finally {
            listened.countDown();
        }
    }
}
