package io.swarmflux.directory.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.directory.DirectoryEvent;
import io.swarmflux.directory.DirectoryException;
import io.swarmflux.directory.PeerRecord;
import io.swarmflux.segment.StreamId;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.test.StepVerifier;

/** What a broken or evil directory answers, and what a client makes of it. */
@Timeout(20)
class EvilServerTest {
    private static final StreamId NEWS = StreamId.of("news");

    private final ServerSocket listening;
    private final HttpDirectory client;

    EvilServerTest() throws IOException {
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        client =
                HttpDirectory.of("http://127.0.0.1:" + listening.getLocalPort()).askedBy("me");
    }

    @AfterEach
    void end() throws IOException {
        listening.close();
    }

    /** What it does with each connection, once the request has come. */
    private interface Evil {
        void answer(OutputStream out) throws IOException, InterruptedException;
    }

    private void serve(Evil evil) {
        Thread thread = new Thread(
                () -> {
                    while (true) {
                        try (Socket socket = listening.accept()) {
                            int unused = socket.getInputStream().read(new byte[8_192]);
                            evil.answer(socket.getOutputStream());
                        } catch (SocketException closed) {
                            if (listening.isClosed()) {
                                return;
                            }
                        } catch (IOException | InterruptedException e) {
                            return;
                        }
                    }
                },
                "evil directory");
        thread.setDaemon(true);
        thread.start();
    }

    private void serve(int status, String type, String body) {
        serve(out -> out.write(("HTTP/1.1 " + status + " X\r\nContent-Type: " + type
                        + "\r\nConnection: close\r\nContent-Length: " + body.getBytes(UTF_8).length + "\r\n\r\n" + body)
                .getBytes(UTF_8)));
    }

    private static String peer(String name) {
        return "{\"stream\":\"news\",\"name\":\"" + name + "\",\"incarnation\":1,\"addresses\":[\"192.0.2.1:9\"]}";
    }

    private List<PeerRecord> find() {
        return Objects.requireNonNull(client.find(NEWS, 32).block());
    }

    private void assertRefused(DirectoryException.Reason reason, String told) {
        StepVerifier.create(client.find(NEWS, 32))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOfSatisfying(DirectoryException.class, why -> assertThat(why.reason())
                                .isEqualTo(reason))
                        .hasMessageContaining(told))
                .verify(Duration.ofSeconds(9));
    }

    @Test
    void takesNoMorePeersThanItAskedFor() {
        serve(
                200,
                "application/json",
                "{\"peers\":["
                        + IntStream.range(0, 10_000)
                                .mapToObj(i -> peer("p" + i))
                                .collect(Collectors.joining(",")) + "]}");
        assertThat(find()).hasSize(32);
        assertThat(client.ignored()).containsEntry("too-many-peers", 9_968L);
    }

    @Test
    void leavesOutWhatIsWrongAndKeepsTheRest() {
        serve(
                200,
                "application/json",
                "{\"peers\":[" + peer("a") + "," + peer("me") + "," + peer("b").replace("news", "old")
                        + ",7,{\"name\":\"c\"}," + peer("d\\u0000") + ","
                        + peer("e").replace("192.0.2.1:9", "x".repeat(300)) + "]}");
        assertThat(find()).extracting(PeerRecord::name).containsExactly("a");
        assertThat(client.ignored())
                .containsEntry("myself", 1L)
                .containsEntry("wrong-stream", 1L)
                .containsEntry("malformed-peer", 4L);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
        200 | not json                 | MALFORMED   | malformed-answer
        200 | []                       | MALFORMED   | malformed-answer
        200 | {"peers":7}              | MALFORMED   | peers must be an array
        200 | {"peers":[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]} | MALFORMED | malformed-answer
        302 | moved                    | MALFORMED   | HTTP 302
        404 | <html>                   | MALFORMED   | no reason that can be read
        500 | {"error":"x","cure":"y"} | UNAVAILABLE | x: y
        """)
    void namesAnAnswerThatIsNone(int status, String body, DirectoryException.Reason reason, String told) {
        serve(status, "application/json", body);
        assertRefused(reason, told);
    }

    @Test
    void readsNoMoreThanABoundOfAnEndlessAnswer() {
        byte[] block = " ".repeat(65_536).getBytes(UTF_8);
        serve(out -> {
            out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(UTF_8));
            while (true) {
                out.write(block);
            }
        });
        assertRefused(DirectoryException.Reason.MALFORMED, "answer-too-long");
        assertThat(client.ignored()).containsEntry("answer-too-long", 1L);
    }

    @Test
    void waitsNoLongerThanABoundForASlowAnswer() {
        serve(out -> {
            out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(UTF_8));
            while (true) {
                out.write(' ');
                Thread.sleep(50); // this is what a slow server does
            }
        });
        assertRefused(DirectoryException.Reason.UNAVAILABLE, "answer-too-slow");
    }

    @Test
    void breaksAWatchThatIsNoneAndGoesOn() {
        serve(200, "text/event-stream", "event: joined\ndata: " + peer("a") + "\n\n");
        StepVerifier.create(client.watch(NEWS).take(2))
                .expectNextMatches(event -> event instanceof DirectoryEvent.Broken broken
                        && broken.why().toString().contains("begins with a snapshot"))
                .expectNextMatches(event -> event instanceof DirectoryEvent.Broken)
                .verifyComplete();
    }

    @Test
    void believesOfAWatchWhatCanBe() {
        serve(
                200,
                "text/event-stream",
                ": hello\nevent: snapshot\ndata: {\"peers\":[" + peer("a") + "],\"more\":true}\n\n"
                        + "event: snapshot\r\ndata: {\"peers\":[" + peer("b") + "," + peer("me")
                        + "],\"more\":false}\r\n\r\n"
                        + "event: left\ndata: {\"name\":\"nobody\",\"incarnation\":1}\n\n"
                        + "event: surprise\ndata: {}\n\n"
                        + "event: joined\ndata: " + peer("a").replace(":1,", ":0,") + "\n\n"
                        + "event: left\ndata: {\"name\":\"b\",\"incarnation\":1}\n\n");
        StepVerifier.create(client.watch(NEWS).take(3))
                .expectNextMatches(event -> event instanceof DirectoryEvent.Snapshot all
                        && all.peers().size() == 2)
                .expectNext(new DirectoryEvent.Left("b", 1))
                .expectNextMatches(event -> event instanceof DirectoryEvent.Broken)
                .verifyComplete();
        assertThat(client.ignored())
                .containsEntry("unknown-event", 1L)
                .containsEntry("stale-incarnation", 1L)
                .containsEntry("myself", 1L);
    }

    @Test
    void readsNoEndlessEvent() {
        byte[] block = "x".repeat(65_536).getBytes(UTF_8);
        serve(out -> {
            out.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: ".getBytes(UTF_8));
            while (true) {
                out.write(block);
            }
        });
        StepVerifier.create(client.watch(NEWS).take(1))
                .expectNextMatches(event -> event instanceof DirectoryEvent.Broken broken
                        && broken.why().toString().contains("answer-too-long"))
                .verifyComplete();
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1:80", "ftp://a", "http:///x", "http://u:p@a:1", "http://a b", "https://"})
    void saysThatAnAddressIsNoDirectory(String url) {
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> HttpDirectory.of(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(url)
                .hasMessageContaining("http://HOST:PORT");
    }
}
