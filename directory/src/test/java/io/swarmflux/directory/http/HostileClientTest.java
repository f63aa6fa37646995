package io.swarmflux.directory.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.directory.Announcement;
import io.swarmflux.directory.DirectoryException;
import io.swarmflux.directory.InMemoryDirectory;
import io.swarmflux.directory.PeerRecord;
import io.swarmflux.segment.StreamId;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** What strangers do to a server, and what they are told. */
@Timeout(30)
class HostileClientTest {
    private static final StreamId NEWS = StreamId.of("news");
    private static final Duration LEASE = Duration.ofSeconds(30);

    private final InMemoryDirectory store = InMemoryDirectory.create();
    private final List<RunningDirectory> servers = new ArrayList<>();

    private RunningDirectory start(DirectoryServer server) {
        RunningDirectory running =
                Objects.requireNonNull(server.store(store).bind("127.0.0.1", 0).block());
        servers.add(running);
        return running;
    }

    @AfterEach
    void end() {
        servers.forEach(RunningDirectory::dispose);
    }

    private static PeerRecord peer(String name, long incarnation) {
        return PeerRecord.of(NEWS, name, incarnation, "192.0.2.1:9000");
    }

    private static void awaitMetric(RunningDirectory server, String line) {
        StepVerifier.create(Flux.interval(Duration.ofMillis(20))
                        .filter(tick -> server.metrics().contains(line)))
                .expectNextCount(1)
                .thenCancel()
                .verify();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        GET /                                          |                                        | 404 | not-found
        GET /v1/streams/news                           |                                        | 404 | not-found
        POST /v1/streams/news/peers                    | {}                                     | 405 | method-not-allowed
        GET /v1/streams/news/peers?limit=0             |                                        | 400 | limit must be positive
        GET /v1/streams/news/peers?limit=ten           |                                        | 400 | limit must be a whole number
        GET /v1/streams/%zz/peers                      |                                        | 400 | malformed
        GET /v1/streams/a%20b/peers                    |                                        | 400 | no white space
        PUT /v1/streams/news/peers/p1                  | {                                      | 400 | no valid JSON at line 1
        PUT /v1/streams/news/peers/p1                  | []                                     | 400 | one JSON object
        PUT /v1/streams/news/peers/p1                  | {} {}                                  | 400 | no valid JSON
        PUT /v1/streams/news/peers/p1                  | {"incarnation":1}                      | 400 | addresses must be an array
        PUT /v1/streams/news/peers/p1                  | {"incarnation":1,"addresses":[1]}      | 400 | addresses must be texts
        PUT /v1/streams/news/peers/p1                  | {"incarnation":1,"addresses":["a b"]}  | 400 | no white space
        PUT /v1/streams/news/peers/p1                  | {"incarnation":-1,"addresses":["a:1"]} | 400 | incarnation is 0 to
        PUT /v1/streams/news/peers/p1                  | {"incarnation":"1","addresses":["a:1"]} | 400 | incarnation must be a whole number
        PUT /v1/streams/news/peers/p1                  | {"incarnation":99999999999999999999,"addresses":["a:1"]} | 400 | incarnation must be a whole number
        PUT /v1/streams/news/peers/p1                  | {"incarnation":1,"addresses":["a:1"],"ttlMillis":1.5} | 400 | ttlMillis
        PUT /v1/streams/news/peers/p1                  | {"name":"p2","incarnation":1,"addresses":["a:1"]} | 400 | in the path
        PUT /v1/streams/news/peers/p1                  | {"stream":"old","incarnation":1,"addresses":["a:1"]} | 400 | asked was news
        """)
    void saysWhatIsWrongWithARequest(String line, String body, int status, String told) {
        RawHttp raw = new RawHttp(start(DirectoryServer.create()));
        String answer = raw.send(line.strip() + " HTTP/1.1", body == null ? "" : body);
        assertThat(answer).startsWith("HTTP/1.1 " + status).contains("\"error\":", "\"limit\":", "\"cure\":", told);
        assertThat(store.size()).isZero();
    }

    @Test
    void refusesABodyThatIsTooLongOrTooDeep() {
        RunningDirectory server = start(DirectoryServer.create());
        RawHttp raw = new RawHttp(server);
        String put = "PUT /v1/streams/news/peers/p1 HTTP/1.1";
        assertThat(raw.send(put, "[".repeat(10_000))).contains("400", "no valid JSON");
        assertThat(raw.send(put, " ".repeat(1 << 20))).contains("413").contains("body-too-long", "16384");
        awaitMetric(server, "swarmflux_directory_refusals_total{error=\"body-too-long\"} 1.0");
    }

    @Test
    void refusesAFloodOfRequests() {
        RunningDirectory server =
                start(DirectoryServer.create().limits(ServerLimits.defaults().perAddress(1, 100, 100, 1_000)));
        HttpDirectory client = HttpDirectory.of(server.url());
        List<Throwable> failures = Objects.requireNonNull(Flux.range(0, 100)
                .flatMap(
                        i -> client.register(peer("p" + i, 1), LEASE)
                                .then()
                                .cast(Throwable.class)
                                .onErrorResume(reactor.core.publisher.Mono::just),
                        8)
                .collectList()
                .block());
        assertThat(failures).hasSizeGreaterThan(50).allSatisfy(failure -> assertThat(failure)
                .isInstanceOfSatisfying(DirectoryException.class, why -> {
                    assertThat(why.reason()).isEqualTo(DirectoryException.Reason.BUSY);
                    assertThat(why.retryAfter()).isEqualTo(Duration.ofSeconds(1));
                })
                .hasMessageContaining("too-many-requests"));
        assertThat(store.size()).isLessThan(50);
    }

    @Test
    void refusesMoreLeasesThanAnAddressMayHave() {
        RunningDirectory server =
                start(DirectoryServer.create().limits(ServerLimits.defaults().perAddress(1_000, 3, 100, 100)));
        HttpDirectory client = HttpDirectory.of(server.url());
        for (int i = 0; i < 3; i++) {
            client.register(peer("p" + i, 1), LEASE).block();
        }
        StepVerifier.create(client.register(peer("p3", 1), LEASE))
                .expectErrorSatisfies(failure -> assertThat(failure).hasMessageContaining("too-many-leases"))
                .verify();
        assertThat(Objects.requireNonNull(client.register(peer("p0", 1), LEASE).block())
                        .renewed())
                .isTrue();
        client.withdraw(peer("p1", 1)).block();
        client.register(peer("p3", 1), LEASE).block();
        assertThat(store.size()).isEqualTo(3);
    }

    @Test
    void refusesAReplayOfAnOlderIncarnation() {
        RawHttp raw = new RawHttp(start(DirectoryServer.create()));
        String put = "PUT /v1/streams/news/peers/p1 HTTP/1.1";
        String old = "{\"incarnation\":1,\"addresses\":[\"a:1\"]}";
        assertThat(raw.send(put, old)).contains("201 Created");
        assertThat(raw.send(put, old)).contains("200 OK");
        assertThat(raw.send(put, "{\"incarnation\":2,\"addresses\":[\"a:2\"]}")).contains("201 Created");
        assertThat(raw.send(put, old)).contains("409 Conflict", "stale-incarnation");
        assertThat(raw.send("DELETE /v1/streams/news/peers/p1?incarnation=1 HTTP/1.1", ""))
                .contains("204");
        assertThat(raw.send("GET /v1/streams/news/peers HTTP/1.1", "")).contains("\"incarnation\":2");
        assertThat(raw.send("DELETE /v1/streams/news/peers/p1 HTTP/1.1", "")).contains("204");
        assertThat(raw.send(put, old)).contains("409 Conflict");
    }

    @Test
    void refusesMoreWatchesThanAnAddressMayHave() {
        RunningDirectory server =
                start(DirectoryServer.create().limits(ServerLimits.defaults().perAddress(10_000, 10, 20, 2_000)));
        HttpDirectory client = HttpDirectory.of(server.url());
        var watches = Flux.range(0, 100).flatMap(i -> client.watch(NEWS), 100).subscribe();
        awaitMetric(server, "swarmflux_directory_watches 20.0");
        awaitMetric(server, "swarmflux_directory_refusals_total{error=\"too-many-watches\"}");
        watches.dispose();
        awaitMetric(server, "swarmflux_directory_watches 0.0");
        StepVerifier.create(client.watch(NEWS)).expectNextCount(1).thenCancel().verify();
    }

    @Test
    void disconnectsAWatcherThatDoesNotRead() throws IOException {
        RunningDirectory server = start(DirectoryServer.create().slowestWatcher(Duration.ofMillis(300)));
        String[] addresses = new String[8];
        for (int i = 0; i < 8; i++) {
            addresses[i] = "a".repeat(250) + ":" + i;
        }
        Flux.range(0, 5_000)
                .concatMap(i -> store.register(PeerRecord.of(NEWS, "p" + i, 1, addresses), LEASE))
                .blockLast();
        try (Socket slow = new RawHttp(server).open()) {
            slow.getOutputStream()
                    .write("GET /v1/streams/news/events HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(ISO_8859_1));
            awaitMetric(server, "swarmflux_directory_refusals_total{error=\"slow-watch\"} 1.0");
            awaitMetric(server, "swarmflux_directory_watches 0.0");
        }
        assertThat(HttpDirectory.of(server.url()).find(NEWS, 32).block()).hasSize(32);
    }

    @Test
    void opensNoMoreConnectionsThanAnAddressMayHave() throws IOException {
        RunningDirectory server =
                start(DirectoryServer.create().limits(ServerLimits.defaults().perAddress(100, 10, 10, 5)));
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < 10; i++) {
                sockets.add(new RawHttp(server).open());
            }
            awaitMetric(server, "swarmflux_directory_refusals_total{error=\"too-many-connections\"} 5.0");
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
        awaitMetric(server, "swarmflux_directory_connections 0.0");
    }

    @Test
    void wantsTheTokensOfItsFile(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(
                folder.resolve("tokens"), "# who may\nannounce announce-secret\n\nfind find-secret\n");
        RunningDirectory server = start(DirectoryServer.create().tokens(DirectoryTokens.read(file)));
        HttpDirectory nobody = HttpDirectory.of(server.url());
        HttpDirectory finder = nobody.token("find-secret");
        HttpDirectory announcer = nobody.token("announce-secret");
        assertForbidden(nobody.find(NEWS, 1));
        assertForbidden(nobody.token("find-secreT").find(NEWS, 1));
        assertForbidden(finder.register(peer("p1", 1), LEASE));
        assertForbidden(finder.withdraw(peer("p1", 1)));
        assertThat(announcer.announce(Announcement.of(peer("p1", 1))).blockFirst())
                .isNotNull();
        announcer.register(peer("p2", 1), LEASE).block();
        assertThat(finder.find(NEWS, 10).block()).isNotEmpty();
        assertThat(announcer.find(NEWS, 10).block()).isNotEmpty();
        assertThat(new RawHttp(server).send("GET /v1/streams/news/events HTTP/1.1", ""))
                .contains("401", "Bearer");
    }

    private static void assertForbidden(reactor.core.publisher.Mono<?> step) {
        StepVerifier.create(step)
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOfSatisfying(DirectoryException.class, why -> assertThat(why.reason())
                                .isEqualTo(DirectoryException.Reason.FORBIDDEN)))
                .verify();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        announce                     | :1: expected
        announce secret-one two      | :1: expected
        allow secret-one             | :1: expected
        find short                   | :1: a token has 8 to 512
        # nothing                    | there is no token in it
        """)
    void saysWhatIsWrongWithATokenFile(String line, String told, @TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("tokens"), line + "\n");
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> DirectoryTokens.read(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(told)
                .hasMessageNotContaining("secret-one");
    }

    @Test
    void tellsPeopleWithCurlWhatThereIs() {
        RawHttp raw = new RawHttp(start(DirectoryServer.create()));
        assertThat(raw.send("GET /health HTTP/1.1", "")).contains("200 OK", "\"status\":\"ok\"");
        assertThat(raw.send("GET /openapi.json HTTP/1.1", "")).contains("200 OK", "\"openapi\":");
        assertThat(raw.send("GET /metrics HTTP/1.1", ""))
                .contains("200 OK", "swarmflux_directory_leases", "swarmflux_directory_requests_seconds_count");
    }
}
