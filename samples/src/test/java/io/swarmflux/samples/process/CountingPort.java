package io.swarmflux.samples.process;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** A port on the loopback interface that leads to another one, and counts the bytes that come from there. */
final class CountingPort implements AutoCloseable {
    private final ServerSocket here;
    private final String there;
    private final AtomicLong bytes = new AtomicLong();
    private final Set<Closeable> open = ConcurrentHashMap.newKeySet();

    private CountingPort(ServerSocket here, String there) {
        this.here = here;
        this.there = there;
        open.add(here);
    }

    /** Opens a port that leads to {@code HOST:PORT}, where somebody may listen later. */
    static CountingPort to(String there) {
        try {
            CountingPort port = new CountingPort(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), there);
            port.run(port::accept);
            return port;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where to dial. */
    String address() {
        return "127.0.0.1:" + here.getLocalPort();
    }

    /** How many bytes have come from the other end, over all connections. */
    long bytes() {
        return bytes.get();
    }

    /** What runs in a thread until its sockets close. */
    private interface Loop {
        void run() throws IOException;
    }

    private void accept() throws IOException {
        while (true) {
            Socket one = here.accept();
            open.add(one);
            run(() -> connect(one));
        }
    }

    private void connect(Socket one) throws IOException {
        int colon = there.lastIndexOf(':');
        try (one;
                Socket other = new Socket(there.substring(0, colon), Integer.parseInt(there.substring(colon + 1)))) {
            open.add(other);
            one.setTcpNoDelay(true);
            other.setTcpNoDelay(true);
            run(() -> copy(one, other, new AtomicLong()));
            copy(other, one, bytes);
        } finally {
            open.remove(one);
        }
    }

    /** Both sockets close when one direction ends, as they do when a process dies. */
    private static void copy(Socket from, Socket to, AtomicLong count) throws IOException {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[64 * 1024];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                count.addAndGet(read);
                out.write(buffer, 0, read);
            }
        }
    }

    private void run(Loop loop) {
        Thread thread = new Thread(
                () -> {
                    try {
                        loop.run();
                    } catch (IOException closed) {
                        // one of the two ends is gone, or this port is: the connection is over
                    }
                },
                "port to " + there);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        for (Closeable one : open) {
            one.close();
        }
    }
}
