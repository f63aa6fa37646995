package io.swarmflux.media.source;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;

/** An HTTP server that gives each connection the bytes it is told to, and then hangs up, whatever was promised. */
final class AnswerByHand implements AutoCloseable {
    private final ServerSocket socket;
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());

    /** @param answers the whole answer to each request, counted from 0 */
    AnswerByHand(IntFunction<byte[]> answers) throws IOException {
        socket = new ServerSocket(0, 5, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        Thread thread = new Thread(() -> serve(answers), "answers by hand");
        thread.setDaemon(true);
        thread.start();
    }

    String url() {
        return "http://127.0.0.1:" + socket.getLocalPort() + "/x";
    }

    List<String> requests() {
        return requests;
    }

    static byte[] answer(String head, byte[] body) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(("HTTP/1.1 " + head.replace("\n", "\r\n") + "\r\n\r\n").getBytes(ISO_8859_1));
        all.writeBytes(body);
        return all.toByteArray();
    }

    private void serve(IntFunction<byte[]> answers) {
        while (!socket.isClosed()) {
            try (Socket connection = socket.accept()) {
                requests.add(head(connection.getInputStream()));
                connection.getOutputStream().write(answers.apply(requests.size() - 1));
            } catch (IOException e) {
                requests.add("failed: " + e);
            }
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the client hung up after " + head);
            }
            head.append((char) next);
        }
        return head.toString();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
