package io.swarmflux.media.http;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/** Who is watching: how many have something open, and when anybody last fetched something. */
final class Watching {
    /** Each of them costs a reader, or a snapshot twice a second. */
    static final int MAX_OPEN = 256;

    private final AtomicInteger open = new AtomicInteger();
    private final Sinks.Empty<Void> over = Sinks.empty();
    private volatile long fetchedNs = nowNs() - TimeUnit.HOURS.toNanos(1);

    /** Somebody fetched a piece of the stream. */
    void fetched() {
        fetchedNs = nowNs();
    }

    /** For how long nobody has. */
    long quietMillis() {
        return TimeUnit.NANOSECONDS.toMillis(nowNs() - fetchedNs);
    }

    /** Lets something through while there is room; otherwise {@code full}. It ends when everything does. */
    <T> Flux<T> open(Flux<T> what) {
        return Flux.defer(() -> {
                    if (open.incrementAndGet() > MAX_OPEN) {
                        return Flux.<T>error(new IllegalStateException("there are " + MAX_OPEN + " watching already"));
                    }
                    return what.takeUntilOther(over.asMono());
                })
                .doFinally(signal -> open.decrementAndGet());
    }

    boolean isFull() {
        return open.get() >= MAX_OPEN;
    }

    int count() {
        return open.get();
    }

    /** Everything that is open ends. */
    void end() {
        Sinks.EmitResult unused = over.tryEmitEmpty();
    }

    /** When everything has ended. */
    Mono<Void> onEnd() {
        return over.asMono();
    }

    private static long nowNs() {
        return Schedulers.parallel().now(TimeUnit.NANOSECONDS);
    }
}
