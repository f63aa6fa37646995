package io.swarmflux.media.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.swarmflux.flux.Join;
import io.swarmflux.flux.LagPolicy;
import io.swarmflux.flux.ReaderSpec;
import io.swarmflux.flux.StreamSignal;
import io.swarmflux.media.player.HeadersFirst;
import io.swarmflux.media.segmenter.MediaFormat;
import io.swarmflux.segment.Segment;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** What is answered to whom. */
final class Routes {
    private static final Duration MEDIA_EVERY = Duration.ofSeconds(1);
    private static final int MAX_COMMAND = 64;

    /** The page fetches from here and nowhere else; hls.js works in a worker and plays through a blob. */
    private static final String POLICY = "default-src 'self'; media-src 'self' blob:; worker-src 'self' blob:;"
            + " frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    private final String name;
    private final Function<ReaderSpec, Flux<StreamSignal<Segment>>> readers;
    private final Flux<String> state;
    private final Function<String, Mono<Void>> commands;
    private final Function<Segment, byte[]> headers;
    private final HlsWindow window;
    private final Watching watching;
    private final Map<String, WatchPage.Asset> assets;

    Routes(
            String name,
            Function<ReaderSpec, Flux<StreamSignal<Segment>>> readers,
            Flux<String> state,
            Function<String, Mono<Void>> commands,
            Function<Segment, byte[]> headers,
            HlsWindow window,
            Watching watching,
            Map<String, WatchPage.Asset> assets) {
        this.name = name;
        this.readers = readers;
        this.state = state;
        this.commands = commands;
        this.headers = headers;
        this.window = window;
        this.watching = watching;
        this.assets = assets;
    }

    Publisher<Void> serve(HttpServerRequest request, HttpServerResponse response) {
        response.header("X-Content-Type-Options", "nosniff")
                .header("Content-Security-Policy", POLICY)
                .header("Referrer-Policy", "no-referrer")
                .header("Cache-Control", "no-store");
        String path = request.fullPath();
        if (path.startsWith("/do/")) {
            return command(request, response, path.substring("/do/".length()));
        }
        if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
            return refuse(response, HttpResponseStatus.METHOD_NOT_ALLOWED, "only GET and HEAD here");
        }
        WatchPage.Asset asset = assets.get(path);
        if (asset != null) {
            return bytes(response, asset.type(), asset.bytes());
        }
        return switch (path) {
            case "/live.m3u8" -> playlist(response);
            case "/stream", "/stream.ts", "/stream.mp4" -> stream(request, response);
            case "/state" -> state(response);
            default ->
                path.startsWith("/part/")
                        ? part(response, path)
                        : path.startsWith("/init/") ? headers(response, path) : notThere(response, path);
        };
    }

    private Publisher<Void> playlist(HttpServerResponse response) {
        watching.fetched();
        String list = window.playlist();
        if (list == null) {
            response.header("Retry-After", "1");
            return refuse(
                    response,
                    HttpResponseStatus.NOT_FOUND,
                    window.format() == null || window.listable()
                            ? "nothing came yet to list"
                            : "there is no HLS of " + window.format() + "; fetch /stream");
        }
        return bytes(response, "application/vnd.apple.mpegurl", list.getBytes(UTF_8));
    }

    private Publisher<Void> part(HttpServerResponse response, String path) {
        watching.fetched();
        String digits = path.replaceFirst("^/part/(\\d{1,18})\\.(ts|m4s)$", "$1");
        HlsWindow.Part part = digits.startsWith("/") ? null : window.part(Long.parseLong(digits));
        if (part == null) {
            return notThere(response, path);
        }
        return response.header("Content-Type", mediaType())
                .header("Content-Length", Long.toString(part.bytes()))
                .send(Flux.fromIterable(part.segments()).map(Routes::payload));
    }

    /** What a player needs before the parts that name it. */
    private Publisher<Void> headers(HttpServerResponse response, String path) {
        watching.fetched();
        String digits = path.replaceFirst("^/init/(\\d{1,18})\\.mp4$", "$1");
        byte[] found = digits.startsWith("/") ? null : window.headers(Long.parseLong(digits));
        return found == null ? notThere(response, path) : bytes(response, mediaType(), found);
    }

    private String mediaType() {
        MediaFormat format = window.format();
        return format == null ? MediaFormat.RAW.mediaType() : format.mediaType();
    }

    private Publisher<Void> stream(HttpServerRequest request, HttpServerResponse response) {
        response.header("Content-Type", mediaType());
        if (request.method().equals(HttpMethod.HEAD)) {
            return response.send();
        }
        if (watching.isFull()) {
            return refuse(response, HttpResponseStatus.SERVICE_UNAVAILABLE, "too many are watching");
        }
        ReaderSpec spec =
                ReaderSpec.defaults().named("http").joinAt(Join.randomAccess()).onLag(LagPolicy.skip());
        HeadersFirst first = HeadersFirst.of(headers);
        Flux<ByteBuf> bytes = fromStarts(readers.apply(spec))
                .doOnNext(segment -> watching.fetched())
                .map(segment -> payload(first.before(segment), segment));
        return response.send(watching.open(bytes), buffer -> true);
    }

    /** What a player can do something with: from a place where it may start on, and again after each gap. */
    private static Flux<Segment> fromStarts(Flux<StreamSignal<Segment>> signals) {
        return Flux.defer(() -> {
            boolean[] playing = {false};
            return signals.<Segment>handle((signal, sink) -> {
                Segment segment = signal instanceof StreamSignal.Element<Segment> element ? element.value() : null;
                playing[0] = segment != null && (playing[0] || segment.randomAccess());
                if (segment != null && playing[0]) {
                    sink.next(segment);
                }
            });
        });
    }

    private Publisher<Void> state(HttpServerResponse response) {
        if (watching.isFull()) {
            return refuse(response, HttpResponseStatus.SERVICE_UNAVAILABLE, "too many are watching");
        }
        Flux<String> media = Flux.interval(Duration.ZERO, MEDIA_EVERY)
                .onBackpressureDrop()
                .map(tick -> event("media", mediaJson()))
                .distinctUntilChanged();
        Flux<String> told = state.onBackpressureLatest().map(line -> event("state", line));
        return response.sse().sendString(watching.open(Flux.merge(media, told)), UTF_8);
    }

    private static String event(String kind, String json) {
        return "event: " + kind + "\ndata: " + json.replace('\n', ' ') + "\n\n";
    }

    private String mediaJson() {
        MediaFormat format = window.format();
        return "{\"name\":\"" + escaped(name) + "\",\"type\":\""
                + (format == null ? "" : format.mediaType()) + "\",\"hls\":"
                + (window.playlist() != null) + "}";
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    /** Buttons work from our own page only: another one's request has another origin, or none at all. */
    private Publisher<Void> command(HttpServerRequest request, HttpServerResponse response, String command) {
        String origin = request.requestHeaders().get("Origin");
        String host = request.requestHeaders().get("Host");
        if (!request.method().equals(HttpMethod.POST)) {
            return refuse(response, HttpResponseStatus.METHOD_NOT_ALLOWED, "only POST here");
        }
        if (origin == null || host == null || !host.equals(authority(origin)) || command.length() > MAX_COMMAND) {
            return refuse(response, HttpResponseStatus.FORBIDDEN, "only this server's own page may do that");
        }
        return commands.apply(command)
                .then(Mono.defer(
                        () -> Mono.from(bytes(response, "text/plain; charset=utf-8", "done\n".getBytes(UTF_8)))))
                .onErrorResume(
                        IllegalArgumentException.class,
                        e -> Mono.from(
                                refuse(response, HttpResponseStatus.BAD_REQUEST, String.valueOf(e.getMessage()))));
    }

    private static @Nullable String authority(String origin) {
        try {
            return URI.create(origin).getAuthority();
        } catch (IllegalArgumentException e) {
            return null; // which is nobody's
        }
    }

    private static ByteBuf payload(ByteBuffer before, Segment segment) {
        return before.hasRemaining() ? Unpooled.wrappedBuffer(before, segment.payload()) : payload(segment);
    }

    private static ByteBuf payload(Segment segment) {
        return Unpooled.wrappedBuffer(segment.payload());
    }

    private static Publisher<Void> bytes(HttpServerResponse response, String type, byte[] bytes) {
        return response.header("Content-Type", type)
                .header("Content-Length", Integer.toString(bytes.length))
                .sendByteArray(Mono.just(bytes));
    }

    private static Publisher<Void> notThere(HttpServerResponse response, String path) {
        return refuse(response, HttpResponseStatus.NOT_FOUND, "there is no " + path + " here");
    }

    private static Publisher<Void> refuse(HttpServerResponse response, HttpResponseStatus status, String why) {
        return response.status(status)
                .header("Content-Type", "text/plain; charset=utf-8")
                .sendString(Mono.just(why + "\n"), UTF_8);
    }
}
