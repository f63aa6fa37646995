package io.swarmflux.directory.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.swarmflux.directory.Lease;
import io.swarmflux.directory.LeaseDirectory;
import io.swarmflux.directory.PeerRecord;
import io.swarmflux.segment.StreamId;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.util.Logger;
import reactor.util.Loggers;

/** Serves requests: counts them by address, checks tokens, asks the store, and says what is wrong. */
final class Api {
    private static final Logger log = Loggers.getLogger(DirectoryServer.class);
    private static final Duration STORE = Duration.ofSeconds(3);
    private static final Duration BODY = Duration.ofSeconds(5);
    private static final int FOUND = 32;
    private static final long TTL_MS = 10_000;
    /** A body that is not read to its end takes the connection with it. */
    private static final Set<String> UNREAD = Set.of("body-too-long", "slow-request");

    private static final StreamId NO_STREAM = StreamId.of("health");

    private final LeaseDirectory store;
    private final ServerLimits limits;
    private final DirectoryTokens tokens;
    private final Addresses addresses;
    private final ServerMeters meters;
    private final Watching watching;
    private final String openApi;

    Api(
            LeaseDirectory store,
            ServerLimits limits,
            DirectoryTokens tokens,
            Addresses addresses,
            ServerMeters meters,
            Duration slowest,
            String openApi) {
        this.openApi = openApi;
        this.store = store;
        this.limits = limits;
        this.tokens = tokens;
        this.addresses = addresses;
        this.meters = meters;
        this.watching = new Watching(store, meters, slowest);
    }

    /** What is sent back when all went well. */
    private record Reply(HttpResponseStatus status, String type, String text) {
        static Reply json(HttpResponseStatus status, JsonNode node) {
            return new Reply(status, "application/json", RecordJson.text(node) + "\n");
        }
    }

    Mono<Void> serve(HttpServerRequest request, HttpServerResponse response) {
        long startedNs = System.nanoTime();
        String address = Addresses.key(request.remoteAddress());
        try {
            addresses.request(address, startedNs);
            Route route = Route.of(request.uri());
            HttpMethod method = request.method();
            if (route.kind() == Route.Kind.EVENTS && method.equals(HttpMethod.GET)) {
                mayFind(request);
                return watch(stream(route), address, response, startedNs);
            }
            String operation = operation(route.kind(), method);
            return reply(operation, route, request, address)
                    .map(reply -> {
                        meters.served(operation, startedNs);
                        return reply;
                    })
                    .onErrorResume(failure -> Mono.just(refused(operation, failure, response, startedNs)))
                    .flatMap(reply -> send(response, reply));
        } catch (RuntimeException failure) {
            return afterTheBody(request, response)
                    .then(Mono.defer(() -> send(response, refused("none", failure, response, startedNs))));
        }
    }

    /** A watch begins only when the store answers; while it is away this is refused like anything else. */
    private Mono<Void> watch(StreamId stream, String address, HttpServerResponse response, long startedNs) {
        addresses.watch(address, startedNs);
        return store.find(stream, 1)
                .timeout(STORE)
                .thenReturn(true)
                .onErrorResume(failure -> send(response, refused("watch", failure, response, startedNs))
                        .thenReturn(false))
                .flatMap(there -> there ? watching.serve(stream, response, startedNs) : Mono.empty())
                .doFinally(end -> addresses.unwatch(address));
    }

    private static String operation(Route.Kind kind, HttpMethod method) {
        if (kind == Route.Kind.PEER && method.equals(HttpMethod.PUT)) {
            return "announce";
        }
        if (kind == Route.Kind.PEER && method.equals(HttpMethod.DELETE)) {
            return "withdraw";
        }
        boolean get = method.equals(HttpMethod.GET);
        return switch (kind) {
            case PEERS -> allowed(get, "find", "GET");
            case PEER -> allowed(false, "", "PUT and DELETE");
            case EVENTS -> allowed(false, "", "GET");
            case HEALTH -> allowed(get, "health", "GET");
            case METRICS -> allowed(get, "metrics", "GET");
            case OPENAPI -> allowed(get, "openapi", "GET");
        };
    }

    private static String allowed(boolean allowed, String operation, String methods) {
        if (!allowed) {
            throw Refusal.of(HttpResponseStatus.METHOD_NOT_ALLOWED, "method-not-allowed", "use " + methods + " here");
        }
        return operation;
    }

    private Mono<Reply> reply(String operation, Route route, HttpServerRequest request, String address) {
        return switch (operation) {
            case "announce" -> announce(route, request, address);
            case "withdraw" -> withdraw(route, request, address);
            case "find" -> find(route, request);
            case "health" -> health();
            case "metrics" ->
                Mono.fromSupplier(meters::text)
                        .subscribeOn(Schedulers.boundedElastic())
                        .map(text ->
                                new Reply(HttpResponseStatus.OK, "text/plain; version=0.0.4; charset=utf-8", text));
            default -> Mono.just(new Reply(HttpResponseStatus.OK, "application/json", openApi));
        };
    }

    private Mono<Reply> announce(Route route, HttpServerRequest request, String address) {
        mayAnnounce(request);
        StreamId stream = stream(route);
        String name = Objects.requireNonNull(route.name());
        return body(request).flatMap(bytes -> {
            JsonNode body = RecordJson.parse(bytes);
            PeerRecord peer = RecordJson.read(body, stream, name);
            Duration asked = Duration.ofMillis(Math.max(1, RecordJson.number(body, "ttlMillis", TTL_MS)));
            return register(peer, asked, address);
        });
    }

    private Mono<Reply> register(PeerRecord peer, Duration asked, String address) {
        String key = peer.stream() + " " + peer.name();
        long nowNs = System.nanoTime();
        long askedNs = Math.min(asked.toMillis(), Duration.ofMinutes(10).toMillis()) * 1_000_000;
        boolean counted = addresses.lease(address, key, nowNs + askedNs, nowNs);
        return store.register(peer, asked)
                .timeout(STORE)
                .doOnNext(lease ->
                        addresses.granted(address, key, nowNs + lease.ttl().toNanos()))
                .doOnError(failure -> {
                    if (!counted) {
                        addresses.withdrawn(address, key);
                    }
                })
                .map(Api::granted);
    }

    private static Reply granted(Lease lease) {
        ObjectNode node = RecordJson.object();
        node.put("ttlMillis", lease.ttl().toMillis());
        node.put("renewAfterMillis", lease.ttl().toMillis() / 3);
        return Reply.json(lease.renewed() ? HttpResponseStatus.OK : HttpResponseStatus.CREATED, node);
    }

    private Mono<Reply> withdraw(Route route, HttpServerRequest request, String address) {
        mayAnnounce(request);
        StreamId stream = stream(route);
        String name = Objects.requireNonNull(route.name());
        // any address will do: only stream, name and incarnation count
        PeerRecord peer =
                PeerRecord.of(stream, name, route.number("incarnation", PeerRecord.MAX_INCARNATION), "none:0");
        return store.withdraw(peer).timeout(STORE).then(Mono.fromSupplier(() -> {
            addresses.withdrawn(address, stream + " " + name);
            return new Reply(HttpResponseStatus.NO_CONTENT, "application/json", "");
        }));
    }

    private Mono<Reply> find(Route route, HttpServerRequest request) {
        mayFind(request);
        StreamId stream = stream(route);
        long limit = route.number("limit", FOUND);
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be positive, was " + limit);
        }
        return store.find(stream, (int) Math.min(limit, limits.found()))
                .timeout(STORE)
                .map(peers -> {
                    ObjectNode node = RecordJson.object();
                    node.put("stream", stream.name());
                    node.set("peers", RecordJson.write(peers));
                    return Reply.json(HttpResponseStatus.OK, node);
                });
    }

    private Mono<Reply> health() {
        return store.find(NO_STREAM, 1)
                .timeout(STORE)
                .map(peers -> Reply.json(
                        HttpResponseStatus.OK,
                        RecordJson.object().put("status", "ok").put("store", store.name())));
    }

    private void mayAnnounce(HttpServerRequest request) {
        if (!tokens.mayAnnounce(request.requestHeaders().get(HttpHeaderNames.AUTHORIZATION))) {
            throw Refusal.of(
                    HttpResponseStatus.UNAUTHORIZED,
                    "token-needed",
                    "announcing needs a token of this directory: send Authorization: Bearer TOKEN");
        }
    }

    private void mayFind(HttpServerRequest request) {
        if (!tokens.mayFind(request.requestHeaders().get(HttpHeaderNames.AUTHORIZATION))) {
            throw Refusal.of(
                    HttpResponseStatus.UNAUTHORIZED,
                    "token-needed",
                    "finding needs a token of this directory: send Authorization: Bearer TOKEN");
        }
    }

    private static StreamId stream(Route route) {
        return Objects.requireNonNull(route.stream());
    }

    private Mono<byte[]> body(HttpServerRequest request) {
        return BoundedBody.of(request.receive(), limits.bodyBytes(), this::tooLong)
                .timeout(
                        BODY,
                        Mono.error(() -> Refusal.of(
                                HttpResponseStatus.REQUEST_TIMEOUT, "slow-request", "send the body within 5 s")));
    }

    /** Who is refused at once is answered when its body is read, so that the connection serves the next request too. */
    private Mono<Void> afterTheBody(HttpServerRequest request, HttpServerResponse response) {
        return body(request).then().onErrorResume(tooLongOrSlow -> {
            response.keepAlive(false);
            return Mono.empty();
        });
    }

    private Refusal tooLong() {
        return new Refusal(
                HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
                "body-too-long",
                (long) limits.bodyBytes(),
                "a record is at most " + limits.bodyBytes() + " bytes of JSON; say less",
                Duration.ZERO);
    }

    private Reply refused(String operation, Throwable failure, HttpServerResponse response, long startedNs) {
        Refusal refusal = Refusal.of(failure);
        if (refusal.status().equals(HttpResponseStatus.INTERNAL_SERVER_ERROR)) {
            log.warn("a request could not be served", failure);
        }
        if (UNREAD.contains(refusal.error())) {
            response.keepAlive(false);
        }
        meters.refused(operation, refusal.error(), startedNs);
        head(refusal, response);
        return Reply.json(refusal.status(), refusal.json());
    }

    /** What a refusal says in headers. */
    private static void head(Refusal refusal, HttpServerResponse response) {
        if (refusal.status().equals(HttpResponseStatus.UNAUTHORIZED)) {
            response.header(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer realm=\"swarmflux\"");
        }
        if (!refusal.retryAfter().isZero()) {
            long seconds = Math.max(1, refusal.retryAfter().toSeconds());
            response.header(HttpHeaderNames.RETRY_AFTER, Long.toString(seconds));
        }
    }

    private static Mono<Void> send(HttpServerResponse response, Reply reply) {
        ByteBuf text = Unpooled.wrappedBuffer(reply.text.getBytes(StandardCharsets.UTF_8));
        response.status(reply.status).header(HttpHeaderNames.CACHE_CONTROL, "no-store");
        if (reply.status.equals(HttpResponseStatus.NO_CONTENT)) {
            return response.send();
        }
        return response.header(HttpHeaderNames.CONTENT_TYPE, reply.type)
                .header(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(text.readableBytes()))
                .send(Flux.just(text))
                .then();
    }

    /** The document that describes all this. Blocks. */
    static String openApi() {
        try (InputStream resource = Api.class.getResourceAsStream("openapi.json")) {
            return new String(Objects.requireNonNull(resource).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
