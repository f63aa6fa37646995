package io.swarmflux.media.http;

import io.netty.channel.ChannelOption;
import io.swarmflux.flux.ReaderSpec;
import io.swarmflux.flux.StreamSignal;
import io.swarmflux.segment.Segment;
import java.time.Duration;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.server.HttpServer;

/**
 * A stream to watch over HTTP. Immutable: each step returns a new value, and nothing happens before {@link #listen}.
 *
 * <table>
 *   <caption>What is served</caption>
 *   <tr><td>{@code /}</td><td>a page with a player and what the peer is doing</td></tr>
 *   <tr><td>{@code /stream}</td><td>the stream from the newest place where a player may start on, without end</td></tr>
 *   <tr><td>{@code /live.m3u8}</td><td>the same as HLS, when it is an MPEG transport stream or a fragmented MP4</td></tr>
 *   <tr><td>{@code /state}</td><td>what the peer is doing, as server-sent events</td></tr>
 * </table>
 */
public final class HttpOutput {
    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final int MAX_LINE = 2_048;
    private static final int MAX_HEADERS = 8_192;

    private final String name;
    private final Function<ReaderSpec, Flux<StreamSignal<Segment>>> readers;
    private final Flux<String> state;
    private final Function<String, Mono<Void>> commands;
    private final Function<Segment, byte[]> headers;

    private HttpOutput(
            String name,
            Function<ReaderSpec, Flux<StreamSignal<Segment>>> readers,
            Flux<String> state,
            Function<String, Mono<Void>> commands,
            Function<Segment, byte[]> headers) {
        this.headers = headers;
        this.name = name;
        this.readers = readers;
        this.state = state;
        this.commands = commands;
    }

    /**
     * An output for a stream.
     *
     * @param name the stream's name, for people
     * @param readers gives everybody who fetches {@code /stream} a reader of their own, for example
     *     {@code peer::signals}
     * @return the output
     */
    public static HttpOutput of(String name, Function<ReaderSpec, Flux<StreamSignal<Segment>>> readers) {
        return new HttpOutput(
                name,
                readers,
                Flux.never(),
                command -> Mono.error(new IllegalArgumentException("there is nothing to command here")),
                segment -> new byte[0]);
    }

    /**
     * Sets what the page shows of the peer.
     *
     * @param lines JSON objects, one after the other, each as the page knows it (see {@code docs/media.md}); subscribed once for each
     *     page that is open
     * @return the output with the state
     */
    public HttpOutput state(Flux<String> lines) {
        return new HttpOutput(name, readers, lines, commands, headers);
    }

    /**
     * Sets what happens when somebody presses a button that the state tells of.
     *
     * @param taker is given what was posted to {@code /do/}, by a page of this server only; an error's message is shown
     * @return the output with the buttons
     */
    public HttpOutput commands(Function<String, Mono<Void>> taker) {
        return new HttpOutput(name, readers, state, taker, headers);
    }

    /**
     * Sets where the codec headers come from, which everybody is given first who begins in the middle.
     *
     * @param known gives what a player needs that begins with a segment, for example {@code peer::headers}; by default nothing
     * @return the output with the headers
     */
    public HttpOutput headers(Function<Segment, byte[]> known) {
        return new HttpOutput(name, readers, state, commands, known);
    }

    /**
     * Listens.
     *
     * @param host a name or an address of this host; {@code 0.0.0.0} for all
     * @param port 0 for a free one
     * @return what plays the stream to everybody who watches, once it listens; fails with {@link java.io.UncheckedIOException} when it
     *     cannot
     */
    public Mono<HttpPlayer> listen(String host, int port) {
        return Mono.fromCallable(WatchPage::assets)
                .subscribeOn(Schedulers.boundedElastic())
                .flatMap(assets -> {
                    HlsWindow window = new HlsWindow(headers);
                    Watching watching = new Watching();
                    Routes routes = new Routes(name, readers, state, commands, headers, window, watching, assets);
                    return HttpServer.create()
                            .host(host)
                            .port(port)
                            .option(ChannelOption.SO_REUSEADDR, true)
                            .idleTimeout(IDLE)
                            .httpRequestDecoder(spec -> spec.maxInitialLineLength(MAX_LINE)
                                    .maxHeaderSize(MAX_HEADERS)
                                    .h2cMaxContentLength(0))
                            .handle(routes::serve)
                            .bind()
                            .map(server -> new HttpPlayer(server, window, watching))
                            .onErrorMap(failure -> HttpPlayer.cannotListen(host, port, failure));
                });
    }
}
