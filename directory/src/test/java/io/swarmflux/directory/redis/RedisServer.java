package io.swarmflux.directory.redis;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A redis-server of our own, on a free port of the loopback interface, which keeps nothing on disk. */
public final class RedisServer implements AutoCloseable {
    private static final Path[] PLACES = {Path.of("/usr/bin/redis-server"), Path.of("/usr/local/bin/redis-server")};

    private final int port;
    private Process process;

    private RedisServer(int port, Process process) {
        this.port = port;
        this.process = process;
    }

    /** Starts one; skips the test when it is not installed. */
    public static RedisServer start() {
        assumeTrue(
                Stream.of(PLACES).anyMatch(Files::isExecutable),
                "needs redis-server (Debian: apt-get install redis-server)");
        int port = freePort();
        RedisServer server = new RedisServer(port, run(port));
        server.awaitPort();
        return server;
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Process run(int port) {
        String program = Stream.of(PLACES)
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow()
                .toString();
        try {
            return new ProcessBuilder(
                            program,
                            "--port",
                            Integer.toString(port),
                            "--bind",
                            "127.0.0.1",
                            "--save",
                            "",
                            "--appendonly",
                            "no")
                    .directory(Files.createTempDirectory("swarmflux-redis").toFile())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitPort() {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(8);
        while (true) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
                if (socket.getInputStream().read() == '+') {
                    return;
                }
            } catch (IOException notYet) {
                if (System.nanoTime() - endNs > 0) {
                    throw new UncheckedIOException("redis-server does not listen on " + port, notYet);
                }
                Thread.onSpinWait();
            }
        }
    }

    /** For {@link RedisDirectory#open}. */
    public String url() {
        return "redis://127.0.0.1:" + port;
    }

    /** Sends one command, without waiting for what it does. */
    void command(String words) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write((words + "\r\n").getBytes(StandardCharsets.US_ASCII));
            int first = socket.getInputStream().read();
            if (first != '+' && first != ':') {
                throw new IllegalStateException("redis-server refuses " + words);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Bytes that it uses. */
    public long usedMemory() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write("INFO memory\r\nQUIT\r\n".getBytes(StandardCharsets.US_ASCII));
            String info = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return info.lines()
                    .filter(line -> line.startsWith("used_memory:"))
                    .mapToLong(line -> Long.parseLong(line.substring("used_memory:".length())))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends it at once, as a crash does. */
    void kill() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Starts it again on the same port; it has forgotten everything. */
    void again() {
        process = run(port);
        awaitPort();
    }

    @Override
    public void close() {
        kill();
    }
}
