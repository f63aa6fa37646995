package io.swarmflux.directory.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.swarmflux.directory.LeaseDirectory;
import io.swarmflux.segment.StreamId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Serves watches as server-sent events. The next event is written only when the socket takes it: a watcher that does not read
 * holds one socket's buffer and the {@link io.swarmflux.directory.Watchers} behind it, and is disconnected in the end.
 */
final class Watching {
    private static final Duration ALIVE = Duration.ofSeconds(10);
    private static final Duration LOOK = Duration.ofMillis(50);

    private final LeaseDirectory store;
    private final ServerMeters meters;
    private final Duration slowest;

    Watching(LeaseDirectory store, ServerMeters meters, Duration slowest) {
        this.store = store;
        this.meters = meters;
        this.slowest = slowest;
    }

    Mono<Void> serve(StreamId stream, HttpServerResponse response, long startedNs) {
        AtomicReference<@Nullable Channel> connected = new AtomicReference<>();
        response.withConnection(connection -> connected.set(connection.channel()));
        Channel channel = Objects.requireNonNull(connected.get());
        Flux<String> changes = store.watch(stream).concatMapIterable(EventText::of, 1);
        Flux<String> alive = Flux.interval(ALIVE).onBackpressureDrop().map(tick -> ": still here\n\n");
        Flux<ByteBuf> frames = Flux.merge(1, changes, alive)
                .concatMap(frame -> writable(channel).thenReturn(frame), 1)
                .map(frame -> Unpooled.wrappedBuffer(frame.getBytes(StandardCharsets.UTF_8)));
        return response.sse()
                .header(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .send(frames, frame -> true)
                .then()
                .doFinally(end -> meters.served("watch", startedNs));
    }

    private Mono<Void> writable(Channel channel) {
        return Mono.defer(() -> channel.isWritable()
                ? Mono.empty()
                : Flux.interval(LOOK)
                        .filter(tick -> channel.isWritable())
                        .next()
                        .then()
                        .timeout(slowest)
                        .onErrorMap(TimeoutException.class, late -> slow(channel)));
    }

    private Refusal slow(Channel channel) {
        meters.refused("slow-watch");
        Closing.of(channel);
        return Refusal.tooMany("slow-watch", slowest.toMillis(), "read what a watch tells", Duration.ZERO);
    }
}
