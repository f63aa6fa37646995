package io.swarmflux.media.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.swarmflux.media.segmenter.MediaFormat;
import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.test.StepVerifier;

/** What servers do, over real sockets. */
class HttpFeedTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    private final byte[] file = new byte[300_000];
    private final List<String> told = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch hungUp = new CountDownLatch(2);
    private final AtomicInteger requests = new AtomicInteger();
    private final DisposableServer server = HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .route(routes -> routes.get("/file", this::wholeFile)
                    .get("/live", this::live)
                    .get("/stalls", this::stalls)
                    .get("/moved", (request, response) -> response.sendRedirect("/moved-again"))
                    .get("/moved-again", (request, response) -> response.sendRedirect("/file"))
                    .get("/round", (request, response) -> response.sendRedirect("/round"))
                    .get("/later", this::later)
                    .get("/endless", this::endless))
            .bindNow();
    private final AtomicLong sent = new AtomicLong();

    HttpFeedTest() {
        new Random(5).nextBytes(file);
    }

    @AfterEach
    void close() {
        server.disposeNow();
    }

    @Test
    void readsAFileToItsEnd() {
        assertThat(bytes(source("/file"))).isEqualTo(file);
        assertThat(told).isEmpty();
    }

    @Test
    void followsRedirects() {
        assertThat(bytes(source("/moved"))).isEqualTo(file);
    }

    @Test
    void goesOnAtTheSameByteWhereAFileBreaksOff() throws Exception {
        byte[] rest = Arrays.copyOfRange(file, 100_000, file.length);
        try (AnswerByHand breaks = new AnswerByHand(number -> number == 0
                ? brokenFile()
                : AnswerByHand.answer(
                        "206 Partial Content\nContent-Length: 200000\n" + "Content-Range: bytes 100000-299999/300000",
                        rest))) {
            List<Cut> cuts = cuts(LiveSource.of(breaks.url()).telling(told::add));

            assertThat(joined(cuts)).isEqualTo(file);
            assertThat(cuts).noneMatch(cut -> (cut.flags() & Segment.DISCONTINUITY) != 0);
            assertThat(breaks.requests()).hasSize(2);
            assertThat(breaks.requests().get(0)).doesNotContainIgnoringCase("range");
            assertThat(breaks.requests().get(1))
                    .containsIgnoringCase("range: bytes=100000-\r\n")
                    .containsIgnoringCase("if-range: \"v1\"\r\n");
        }
        assertThat(told).hasSize(2);
        assertThat(told.get(0)).contains("/x: ", "prematurely closed", "trying again in 0.2 s");
        assertThat(told.get(1)).contains("/x: is back after ");
    }

    @Test
    void asksForTheRestWhenAServerGivesASmallerPartThanWasAskedFor() throws Exception {
        try (AnswerByHand breaks = new AnswerByHand(number -> number == 0 ? brokenFile() : part(number * 100_000))) {
            List<Cut> cuts = cuts(LiveSource.of(breaks.url()).telling(told::add));

            assertThat(joined(cuts)).isEqualTo(file);
            assertThat(breaks.requests()).hasSize(3);
        }
        assertThat(told).anyMatch(line -> line.contains("it has ended at byte 200000 of 300000"));
    }

    private byte[] part(int from) {
        return AnswerByHand.answer(
                "206 Partial Content\nContent-Length: 100000\nContent-Range: bytes " + from + "-" + (from + 99_999)
                        + "/300000",
                Arrays.copyOfRange(file, from, from + 100_000));
    }

    @Test
    void doesNotGoOnInAFileThatHasAnotherLengthNow() throws Exception {
        byte[] other = Arrays.copyOf(file, 150_000);
        try (AnswerByHand breaks = new AnswerByHand(number -> switch (number) {
            case 0 -> brokenFile();
            case 1 ->
                AnswerByHand.answer(
                        "206 Partial Content\nContent-Length: 50000\nContent-Range: bytes 100000-149999/150000",
                        new byte[50_000]);
            default -> AnswerByHand.answer("200 OK\nContent-Length: 150000", other);
        })) {
            List<Cut> cuts = cuts(LiveSource.of(breaks.url()).telling(told::add));

            assertThat(joined(cuts.subList(7, cuts.size()))).isEqualTo(other);
        }
        assertThat(told).anyMatch(line -> line.contains("it has changed"));
    }

    @Test
    void goesOnAtTheSameByteAlsoWithAServerThatBeginsAgain() throws Exception {
        try (AnswerByHand breaks = new AnswerByHand(number -> number == 0
                ? brokenFile()
                : AnswerByHand.answer("200 OK\nContent-Length: 300000\nETag: \"v1\"", file))) {
            List<Cut> cuts = cuts(LiveSource.of(breaks.url()).telling(told::add));

            assertThat(joined(cuts)).isEqualTo(file);
            assertThat(cuts).noneMatch(cut -> (cut.flags() & Segment.DISCONTINUITY) != 0);
        }
    }

    @Test
    void beginsAgainWithAFileThatIsAnotherOneNow() throws Exception {
        byte[] other = Arrays.copyOf(file, 50_000);
        try (AnswerByHand breaks = new AnswerByHand(number -> number == 0
                ? brokenFile()
                : AnswerByHand.answer("200 OK\nContent-Length: 50000\nETag: \"v2\"", other))) {
            List<Cut> cuts = cuts(LiveSource.of(breaks.url()).telling(told::add));

            assertThat(joined(cuts.subList(0, 7))).isEqualTo(Arrays.copyOf(file, 100_000));
            assertThat(joined(cuts.subList(7, cuts.size()))).isEqualTo(other);
            assertThat(cuts.stream().filter(cut -> (cut.flags() & Segment.DISCONTINUITY) != 0))
                    .containsExactly(cuts.get(7));
        }
        assertThat(told).anyMatch(line -> line.contains("it has changed"));
    }

    @Test
    void beginsAgainWithALiveStreamThatBreaksOff() {
        List<Cut> cuts = Objects.requireNonNull(
                source("/live").cuts(0).take(5).collectList().block(SOON));

        assertThat(cuts)
                .extracting(cut -> cut.flags() & Segment.DISCONTINUITY)
                .containsExactly(
                        0,
                        0,
                        Segment.DISCONTINUITY,
                        0,
                        Segment.DISCONTINUITY); // two pieces, the second not a whole one
        assertThat(cuts.get(1).payload()).hasSize(20_000 - RawSegmenter.DEFAULT_SEGMENT_BYTES);
        assertThat(told.get(0)).contains("/live: it has ended, and a live stream has no end");
    }

    @Test
    void beginsAgainWithAnAnswerThatStalls() throws Exception {
        List<Cut> cuts = Objects.requireNonNull(source("/stalls")
                .patience(Duration.ofMillis(400))
                .cuts(0)
                .take(2)
                .collectList()
                .block(SOON));

        assertThat(cuts.get(1).flags() & Segment.DISCONTINUITY).isNotZero();
        assertThat(cuts.get(1).mediaTimeUs()).isGreaterThanOrEqualTo(400_000);
        assertThat(told.get(0)).contains("/stalls: nothing has come for 0.4 s");
        assertThat(hungUp.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void namesTheStatusAndTriesAgain() {
        assertThat(bytes(source("/later"))).isEqualTo(file);
        assertThat(told.get(0)).contains("/later: it answers 404 Not Found; trying again");
        assertThat(told.get(1)).contains("/later: it answers 503 Service Unavailable; trying again");
        assertThat(told.get(2)).contains("/later: is back after ");
    }

    @Test
    void readsOnlyAsMuchAsIsAskedFor() {
        StepVerifier.create(source("/endless").cuts(0), 3)
                .expectNextCount(3)
                .thenAwait(Duration.ofMillis(500))
                .then(() -> assertThat(sent.get()).isLessThan(64 << 20))
                .thenCancel()
                .verify(SOON);
    }

    @Test
    void looksWhatIsThere() throws Exception {
        assertThat(source("/file").format().block(SOON)).isEqualTo(MediaFormat.RAW);
        Arrays.fill(file, (byte) 0);
        for (int at = 0; at < file.length; at += 188) {
            file[at] = 0x47;
        }
        assertThat(source("/moved").format().block(SOON)).isEqualTo(MediaFormat.MPEG_TS);
        assertThat(source("/live").format().block(SOON)).isEqualTo(MediaFormat.MPEG_TS);
        assertThatThrownBy(() -> source("/nothing").format().block(SOON))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageEndingWith("/nothing: it answers 404 Not Found");
        assertThatThrownBy(() -> source("/round").format().block(SOON)).hasMessageEndingWith("it answers 302 Found");
        int free;
        try (ServerSocket closed = new ServerSocket(0)) {
            free = closed.getLocalPort();
        }
        assertThatThrownBy(() -> LiveSource.of("http://127.0.0.1:" + free + "/x")
                        .format()
                        .block(SOON))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("Connection refused");
    }

    @Test
    void namesWhatIsNoUrl() {
        assertThatThrownBy(() -> LiveSource.of("http:///x.ts")).hasMessageContaining("'http:///x.ts', expected a host");
        assertThatThrownBy(() -> LiveSource.of("http://h:99999/"))
                .hasMessageContaining("expected a host, and a port from 1 to 65535");
        assertThatThrownBy(() -> LiveSource.of("http://me:secret@h/a b.ts"))
                .hasMessageContaining("'http://h/a b.ts'")
                .hasMessageContaining("%20")
                .hasMessageNotContaining("secret");
        assertThat(LiveSource.of("HTTP://me:secret@h:80/x?a=b")).hasToString("http://h:80/x?a=b");
    }

    private LiveSource source(String path) {
        return LiveSource.of("http://127.0.0.1:" + server.port() + path).telling(told::add);
    }

    private Mono<Void> wholeFile(HttpServerRequest request, HttpServerResponse response) {
        return response.header(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(file.length))
                .sendByteArray(Mono.just(file))
                .then();
    }

    /** What breaks off in the middle. */
    private byte[] brokenFile() {
        return AnswerByHand.answer("200 OK\nContent-Length: 300000\nETag: \"v1\"", Arrays.copyOf(file, 100_000));
    }

    private Mono<Void> live(HttpServerRequest request, HttpServerResponse response) {
        return response.sendByteArray(Flux.just(Arrays.copyOf(file, 10_000), Arrays.copyOfRange(file, 10_000, 20_000)))
                .then();
    }

    private Mono<Void> stalls(HttpServerRequest request, HttpServerResponse response) {
        return response.sendByteArray(Flux.just(Arrays.copyOf(file, 16_384))
                        .concatWith(Flux.<byte[]>never().doOnCancel(hungUp::countDown)))
                .then();
    }

    private Mono<Void> later(HttpServerRequest request, HttpServerResponse response) {
        return switch (requests.incrementAndGet()) {
            case 1 -> response.sendNotFound();
            case 2 -> response.status(503).send();
            default -> wholeFile(request, response);
        };
    }

    private Mono<Void> endless(HttpServerRequest request, HttpServerResponse response) {
        return response.sendByteArray(Flux.generate(sink -> {
                    sent.addAndGet(16_384);
                    sink.next(Arrays.copyOf(file, 16_384));
                }))
                .then();
    }

    private static byte[] bytes(LiveSource source) {
        return joined(cuts(source));
    }

    private static List<Cut> cuts(LiveSource source) {
        return Objects.requireNonNull(source.cuts(0).collectList().block(SOON));
    }

    private static byte[] joined(List<Cut> cuts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        cuts.forEach(cut -> all.writeBytes(cut.payload()));
        return all.toByteArray();
    }
}
