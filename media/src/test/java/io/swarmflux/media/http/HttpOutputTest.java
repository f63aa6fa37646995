package io.swarmflux.media.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.flux.ReaderSpec;
import io.swarmflux.flux.StreamSignal;
import io.swarmflux.media.player.PlayReport;
import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.StreamId;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class HttpOutputTest {
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<String> commands = new ArrayList<>();
    private final Sinks.Many<StreamSignal<Segment>> sink =
            Sinks.many().unicast().onBackpressureBuffer();
    private final HttpPlayer player = Objects.requireNonNull(HttpOutput.of("news \"1\"", HttpOutputTest::reader)
            .state(Flux.just("{\"peer\":\"p1\"}").concatWith(Flux.never()))
            .commands(command -> command.equals("stop/p1")
                    ? Mono.fromRunnable(() -> commands.add(command))
                    : Mono.error(new IllegalArgumentException("there is no " + command)))
            .listen("127.0.0.1", 0)
            .block());

    @AfterEach
    void close() {
        player.dispose();
    }

    @Test
    void servesThePageAndAllThatItNeeds() throws Exception {
        HttpResponse<String> page = get("");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("content-security-policy"))
                .hasValueSatisfying(policy -> assertThat(policy).contains("default-src 'self'"));
        for (String asset : List.of("watch.js", "watch.css", "hls.js", "icon.svg")) {
            assertThat(page.body()).contains("\"/" + asset + "\"");
            assertThat(get(asset).statusCode()).as(asset).isEqualTo(200);
        }
        assertThat(page.body()).doesNotContain("http://").doesNotContain("https://");
        assertThat(get("nothing").statusCode()).isEqualTo(404);
        assertThat(get("part/x.ts").statusCode()).isEqualTo(404);
        assertThat(get("part/99999999999999999999.ts").statusCode()).isEqualTo(404);
    }

    @Test
    void servesHlsOfATransportStream() throws Exception {
        assertThat(get("live.m3u8").statusCode()).isEqualTo(404);
        Mono<PlayReport> plays = player.play(sink.asFlux());
        CompletableFuture<PlayReport> report = plays.toFuture();
        for (int i = 0; i < 25; i++) {
            sink.tryEmitNext(segment(i)).orThrow();
        }

        assertThat(get("live.m3u8").body()).contains("part/0.ts").contains("part/1.ts");
        assertThat(get("part/0.ts").headers().firstValue("content-length")).hasValue("18800");
        assertThat(get("part/0.ts").body()).startsWith("G");
        assertThat(get("part/2.ts").statusCode()).isEqualTo(404);
        sink.tryEmitComplete().orThrow();
        assertThat(get("live.m3u8").body()).contains("part/2.ts").endsWith("#EXT-X-ENDLIST\n");
        assertThat(report.get(9, TimeUnit.SECONDS).delivered()).isEqualTo(25);
        assertThat(player.isDisposed()).isTrue();
    }

    @Test
    void givesEverybodyTheStreamFromWhereAPlayerMayStart() throws Exception {
        HttpResponse<InputStream> stream =
                client.send(HttpRequest.newBuilder(at("stream")).build(), HttpResponse.BodyHandlers.ofInputStream());

        try (InputStream body = stream.body()) {
            assertThat(stream.statusCode()).isEqualTo(200);
            assertThat(body.readAllBytes())
                    .as("the reader's 7 to 11 and 20 to 24")
                    .hasSize(10 * 1880);
        }
    }

    @Test
    void tellsTheStateAsEvents() throws Exception {
        HttpResponse<InputStream> events =
                client.send(HttpRequest.newBuilder(at("state")).build(), HttpResponse.BodyHandlers.ofInputStream());

        try (InputStream body = events.body()) {
            assertThat(events.headers().firstValue("content-type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("text/event-stream"));
            StringBuilder read = new StringBuilder();
            while (!read.toString().contains("event: state\ndata: {\"peer\":\"p1\"}\n\n")
                    || !read.toString()
                            .matches("(?s).*event: media\ndata: [^\n]*\n\n.*")) { // whichever comes last, whole
                read.append((char) body.read());
            }
            assertThat(read.toString()).contains("\"name\":\"news \\\"1\\\"\"");
        }
    }

    @Test
    void takesCommandsFromItsOwnPageOnly() throws Exception {
        String own = player.address().replaceFirst("/$", "");

        assertThat(post("do/stop/p1", own)).isEqualTo(200);
        assertThat(post("do/stop/p9", own)).isEqualTo(400);
        assertThat(post("do/stop/p1", "http://example.org")).isEqualTo(403);
        assertThat(post("do/stop/p1", "no origin")).isEqualTo(403);
        assertThat(get("do/stop/p1").statusCode()).isEqualTo(405);
        assertThat(commands).containsExactly("stop/p1");
    }

    @Test
    void saysWhatIsInTheWay() {
        int taken = at("").getPort();

        assertThat(HttpOutput.of("s", HttpOutputTest::reader)
                        .listen("127.0.0.1", taken)
                        .map(unused -> (Throwable) new AssertionError("it listens"))
                        .onErrorResume(Mono::just)
                        .block())
                .isInstanceOf(UncheckedIOException.class)
                .hasCauseInstanceOf(BindException.class)
                .hasMessageContaining("127.0.0.1:" + taken);
    }

    /** Begins in the middle, and has a gap. */
    private static Flux<StreamSignal<Segment>> reader(ReaderSpec spec) {
        return Flux.concat(
                Flux.range(3, 9).map(i -> segment(i, i == 7)),
                Flux.just(new StreamSignal.Missing<>(
                        new io.swarmflux.flux.Gap(1, 12, 14, io.swarmflux.flux.Gap.Reason.LAG))),
                Flux.range(14, 11).map(i -> segment(i, i == 20)));
    }

    private static StreamSignal<Segment> segment(int i) {
        return segment(i, i % 10 == 0);
    }

    private static StreamSignal<Segment> segment(int i, boolean start) {
        byte[] payload = new byte[1880];
        for (int at = 0; at < payload.length; at += 188) {
            payload[at] = 0x47;
        }
        Cut cut = new Cut(payload, i * 200_000L, start ? Segment.RANDOM_ACCESS : 0);
        return new StreamSignal.Element<>(Segment.of(StreamId.of("s"), 1, i, cut, 0));
    }

    private URI at(String path) {
        return URI.create(player.address() + path);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(HttpRequest.newBuilder(at(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private int post(String path, String origin) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(at(path)).POST(HttpRequest.BodyPublishers.noBody());
        if (!origin.equals("no origin")) {
            request.header("Origin", origin);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }
}
