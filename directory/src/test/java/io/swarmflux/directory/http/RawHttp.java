package io.swarmflux.directory.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;

/** A client that sends what it likes, one connection for each request. */
final class RawHttp {
    private final int port;

    RawHttp(RunningDirectory server) {
        this.port = URI.create(server.url()).getPort();
    }

    /** A connection, to be closed by the caller. */
    Socket open() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(8_000);
        return socket;
    }

    /** Sends these lines and a body, and answers with everything that comes back; what is cut off is enough. */
    String send(String lines, String body) {
        byte[] bytes = body.getBytes(UTF_8);
        String head = lines + "\r\nHost: x\r\nConnection: close\r\nContent-Length: " + bytes.length + "\r\n\r\n";
        try (Socket socket = open()) {
            socket.getOutputStream().write(head.getBytes(ISO_8859_1));
            socket.getOutputStream().write(bytes);
            return readAll(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String readAll(Socket socket) {
        StringBuilder text = new StringBuilder();
        byte[] buffer = new byte[8_192];
        try {
            for (int n = socket.getInputStream().read(buffer);
                    n >= 0;
                    n = socket.getInputStream().read(buffer)) {
                text.append(new String(buffer, 0, n, UTF_8));
            }
        } catch (IOException reset) {
            // whoever is refused may be cut off
        }
        return text.toString();
    }
}
