package io.swarmflux.directory.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.ssl.SslContext;
import io.swarmflux.directory.BackOff;
import io.swarmflux.directory.DirectoryEvent;
import io.swarmflux.directory.DirectoryException;
import io.swarmflux.directory.DirectoryException.Reason;
import io.swarmflux.directory.Lease;
import io.swarmflux.directory.LeaseDirectory;
import io.swarmflux.directory.PeerRecord;
import io.swarmflux.segment.StreamId;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;

/**
 * A directory that is reached over HTTP or HTTPS. Believes nothing that it is told: an answer has a bound in bytes, in time and in
 * entries, and what is wrong in it is left out and counted by name. Immutable but for these counts: each step returns a new value.
 *
 * <p>What it emits comes on event loops, which must not block.
 */
public final class HttpDirectory implements LeaseDirectory {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final Duration LONGEST_BACK_OFF = Duration.ofSeconds(10);
    private static final int MAX_BODY = 1 << 20;
    private static final int MAX_LEASE_MS = 3_600_000;

    private final URI url;
    private final @Nullable String token;
    private final @Nullable String self;
    private final TlsFiles tls;
    private final Ignored ignored = new Ignored();

    /** Closes its connection when an answer is not read to its end. */
    private final HttpClient client;

    private HttpDirectory(URI url, @Nullable String token, @Nullable String self, TlsFiles tls) {
        this.url = url;
        this.token = token;
        this.self = self;
        this.tls = tls;
        this.client = client(url, token, tls);
    }

    private static HttpClient client(URI url, @Nullable String token, TlsFiles tls) {
        HttpClient plain = HttpClient.create()
                .baseUrl(url.toString())
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT.toMillis())
                .headers(headers -> headers(headers, token));
        if (!url.getScheme().equals("https")) {
            return plain;
        }
        SslContext context = tls.client();
        return plain.secure(spec -> spec.sslContext(context));
    }

    private static void headers(HttpHeaders headers, @Nullable String token) {
        if (token != null) {
            headers.set(HttpHeaderNames.AUTHORIZATION, "Bearer " + token);
        }
    }

    /**
     * A directory.
     *
     * @param url for example {@code http://192.0.2.7:8480} or {@code https://directory.example.org}
     * @return it, with no token
     */
    public static HttpDirectory of(String url) {
        try {
            URI parsed = new URI(url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
            boolean http = "http".equals(parsed.getScheme()) || "https".equals(parsed.getScheme());
            if (http && parsed.getHost() != null && parsed.getQuery() == null && parsed.getUserInfo() == null) {
                return new HttpDirectory(parsed, null, null, new TlsFiles(null, null, null));
            }
        } catch (URISyntaxException e) {
            throw wrong(url, e);
        }
        throw wrong(url, null);
    }

    private static IllegalArgumentException wrong(String url, @Nullable Exception cause) {
        return new IllegalArgumentException(
                "'" + url + "' is no directory: expected http://HOST:PORT or https://HOST:PORT", cause);
    }

    /**
     * Sets the token to show.
     *
     * @param text as the directory's token file names it
     * @return the same otherwise
     */
    public HttpDirectory token(String text) {
        if (text.isEmpty() || text.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new IllegalArgumentException("a token has visible ASCII characters only");
        }
        return new HttpDirectory(url, text, self, tls);
    }

    /**
     * Sets who asks; a directory's answer must not send a peer to itself.
     *
     * @param name the name of the peer, which is then left out of answers
     * @return the same otherwise
     */
    public HttpDirectory askedBy(String name) {
        return new HttpDirectory(url, token, name, tls);
    }

    /**
     * Sets what HTTPS trusts and shows. Reads the files, so it blocks.
     *
     * @param authority PEM file: who must have issued the directory's certificate; null for the authorities of the Java installation
     * @param certificate PEM file: what to show when the directory asks for it; null for nothing
     * @param key PEM file: its key; null without a certificate
     * @return the same otherwise
     */
    public HttpDirectory tls(@Nullable Path authority, @Nullable Path certificate, @Nullable Path key) {
        return new HttpDirectory(url, token, self, new TlsFiles(certificate, key, authority));
    }

    @Override
    public String name() {
        return url.toString();
    }

    @Override
    public String address() {
        int port = url.getPort();
        return url.getHost() + ":" + (port >= 0 ? port : url.getScheme().equals("https") ? 443 : 80);
    }

    /**
     * What was left out of the directory's answers, by name: {@code wrong-stream}, {@code myself}, {@code too-many-peers}, {@code
     * malformed-peer}, {@code stale-incarnation}, {@code unknown-event}; and what was refused whole: {@code malformed-answer}, {@code
     * answer-too-long}, {@code answer-too-slow}.
     *
     * @return how often each has happened; not those that have not
     */
    public Map<String, Long> ignored() {
        return ignored.counts();
    }

    private static String path(StreamId stream, String rest) {
        return "/v1/streams/" + encoded(stream.name()) + rest;
    }

    private static String encoded(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public Mono<Lease> register(PeerRecord peer, Duration ttl) {
        return Mono.defer(() -> {
            ObjectNode body = RecordJson.write(peer);
            body.remove("ageMillis");
            body.put("ttlMillis", ttl.toMillis());
            return exchange(client.headers(headers -> headers.set(HttpHeaderNames.CONTENT_TYPE, "application/json"))
                            .put()
                            .uri(path(peer.stream(), "/peers/" + encoded(peer.name())))
                            .send(ByteBufFlux.fromString(Mono.just(RecordJson.text(body)))))
                    .map(this::lease);
        });
    }

    private Lease lease(Answer answer) {
        long ttlMs = RecordJson.number(RecordJson.parse(answer.body), "ttlMillis", null);
        if (ttlMs < 1 || ttlMs > MAX_LEASE_MS) {
            throw new IllegalArgumentException("ttlMillis must be from 1 to " + MAX_LEASE_MS + ", was " + ttlMs);
        }
        return new Lease(Duration.ofMillis(ttlMs), answer.status == 200);
    }

    @Override
    public Mono<Void> withdraw(PeerRecord peer) {
        return Mono.defer(() -> exchange(client.delete()
                        .uri(path(peer.stream(), "/peers/" + encoded(peer.name())) + "?incarnation="
                                + peer.incarnation())))
                .then();
    }

    @Override
    public Mono<List<PeerRecord>> find(StreamId stream, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be positive, was " + limit);
        }
        return Mono.defer(() -> exchange(client.get().uri(path(stream, "/peers?limit=" + limit))))
                .map(answer -> found(RecordJson.parse(answer.body), stream, limit))
                .onErrorMap(this::named);
    }

    private List<PeerRecord> found(JsonNode answer, StreamId stream, int limit) {
        JsonNode peers = answer.get("peers");
        if (peers == null || !peers.isArray()) {
            throw new IllegalArgumentException("peers must be an array");
        }
        return new HeardPeers(stream, self, limit, ignored).of(peers);
    }

    @Override
    public Flux<DirectoryEvent> watch(StreamId stream) {
        return Flux.defer(() -> {
            BackOff backOff = new BackOff(() -> ThreadLocalRandom.current().nextDouble());
            Duration[] wait = {Duration.ZERO};
            return Flux.defer(() -> events(stream))
                    .doOnNext(event -> backOff.succeeded())
                    .concatWith(Mono.error(() -> new DirectoryException(
                            Reason.UNAVAILABLE, name(), "has ended the watch; it is begun again")))
                    .onErrorResume(failure -> {
                        DirectoryException why = named(failure);
                        if (why.isLasting()) {
                            return Mono.error(why);
                        }
                        Duration asked = why.retryAfter();
                        wait[0] = backOff.failed(
                                LONGEST_BACK_OFF, asked.compareTo(LONGEST_BACK_OFF) < 0 ? asked : LONGEST_BACK_OFF);
                        return Mono.just(new DirectoryEvent.Broken(why));
                    })
                    .concatWith(Mono.defer(() -> Mono.delay(wait[0])).then(Mono.empty()))
                    .repeat();
        });
    }

    private Flux<DirectoryEvent> events(StreamId stream) {
        return client.headers(headers -> headers.set(HttpHeaderNames.ACCEPT, "text/event-stream"))
                .get()
                .uri(path(stream, "/events"))
                .response((response, body) -> {
                    if (response.status().code() != 200) {
                        return refusal(response, body).flux().cast(DirectoryEvent.class);
                    }
                    return HeardEvents.of(body, new HeardPeers(stream, self, HeardPeers.MAX_WATCHED, ignored));
                });
    }

    /** What a directory answered. */
    private static final class Answer {
        private final int status;
        private final byte[] body;

        Answer(int status, byte[] body) {
            this.status = status;
            this.body = body;
        }
    }

    private Mono<Answer> exchange(HttpClient.ResponseReceiver<?> request) {
        return request.response((response, body) -> {
                    int status = response.status().code();
                    return status >= 200 && status < 300
                            ? bounded(body).map(bytes -> new Answer(status, bytes))
                            : refusal(response, body);
                })
                .single()
                .timeout(TIMEOUT)
                .onErrorMap(this::named);
    }

    private Mono<byte[]> bounded(ByteBufFlux body) {
        return BoundedBody.of(body, MAX_BODY, () -> ignored.refused(name(), "answer-too-long", MAX_BODY + " bytes"));
    }

    private <T> Mono<T> refusal(HttpClientResponse response, ByteBufFlux body) {
        int status = response.status().code();
        String retry = response.responseHeaders().get(HttpHeaderNames.RETRY_AFTER);
        return bounded(body).timeout(TIMEOUT).flatMap(bytes -> Mono.error(Refused.of(name(), status, retry, bytes)));
    }

    private DirectoryException named(Throwable failure) {
        if (failure instanceof DirectoryException known) {
            return known;
        }
        if (failure instanceof TimeoutException) {
            ignored.count("answer-too-slow");
            return new DirectoryException(
                    Reason.UNAVAILABLE, name(), "answer-too-slow: no whole answer in time", Duration.ZERO, failure);
        }
        if (failure instanceof IllegalArgumentException wrong) {
            ignored.count("malformed-answer");
            return new DirectoryException(
                    Reason.MALFORMED,
                    name(),
                    "malformed-answer: " + wrong.getMessage() + "; check that the URL is a directory's",
                    Duration.ZERO,
                    wrong);
        }
        return new DirectoryException(
                Reason.UNAVAILABLE, name(), "cannot be reached: " + failure.getMessage(), Duration.ZERO, failure);
    }
}
