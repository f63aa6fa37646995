package io.swarmflux.media.http;

import io.swarmflux.flux.ReaderSpec;
import io.swarmflux.flux.StreamSignal;
import io.swarmflux.media.player.ConsistencyCheck;
import io.swarmflux.media.player.PlayReport;
import io.swarmflux.media.player.Player;
import io.swarmflux.segment.Segment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;

/**
 * Plays a stream to everybody who watches it over HTTP, and counts like {@link ConsistencyCheck}. When the stream has ended it serves
 * on while somebody still fetches what is left, at most 30 s, and closes then.
 */
public final class HttpPlayer implements Player, Disposable {
    private static final Duration LOOK_EVERY = Duration.ofMillis(250);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final long QUIET_MILLIS = 4_000;
    private static final Duration AT_MOST = Duration.ofSeconds(30);

    private final DisposableServer server;
    private final HlsWindow window;
    private final Watching watching;
    private final ConsistencyCheck check = ConsistencyCheck.create();
    private volatile boolean disposed;

    HttpPlayer(DisposableServer server, HlsWindow window, Watching watching) {
        this.server = server;
        this.window = window;
        this.watching = watching;
    }

    /**
     * Where it listens.
     *
     * @return the page's address, with the port really taken; where it listens on every address, the one of this host to itself
     */
    public String address() {
        InetSocketAddress at = (InetSocketAddress) server.address();
        String host = at.getAddress().isAnyLocalAddress()
                ? "localhost"
                : at.getAddress().getHostAddress();
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + at.getPort() + "/";
    }

    @Override
    public Mono<PlayReport> play(Flux<StreamSignal<Segment>> stream) {
        Mono<PlayReport> watched = check.play(stream.doOnNext(window::take))
                .doOnNext(report -> window.end())
                .delayUntil(report -> watchedToTheEnd());
        return Mono.using(() -> this, unused -> watched, HttpPlayer::dispose); // closed before the report is out
    }

    private Mono<Void> watchedToTheEnd() {
        return Flux.interval(LOOK_EVERY)
                .takeUntil(tick -> watching.quietMillis() > QUIET_MILLIS)
                .take(AT_MOST)
                .takeUntilOther(watching.onEnd())
                .then();
    }

    @Override
    public PlayReport soFar() {
        return check.soFar();
    }

    /**
     * Waits longer for what is missing than others: who watches HLS is seconds behind all the same, and a hole costs them all up to the
     * next place where a player may start.
     *
     * @param spec how it would be read for any player
     * @return with a patience of 2 s, where it has none
     */
    @Override
    public ReaderSpec reader(ReaderSpec spec) {
        return spec.patience() == null ? spec.holePatience(PATIENCE) : spec;
    }

    /** Closes everything that is open, and listens no more. */
    @Override
    public void dispose() {
        disposed = true;
        watching.end();
        server.dispose();
    }

    @Override
    public boolean isDisposed() {
        return disposed;
    }

    static Throwable cannotListen(String host, int port, Throwable failure) {
        String why = String.valueOf(
                failure.getCause() == null
                        ? failure.getMessage()
                        : failure.getCause().getMessage());
        IOException cause = (IOException) new BindException(why).initCause(failure);
        return new UncheckedIOException(
                "cannot listen on " + host + ":" + port + " for HTTP: " + why + "; give another port", cause);
    }
}
