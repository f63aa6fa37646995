package io.swarmflux.media.source;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Ends what was asked for more and has given nothing for too long. While nobody asks, nothing is expected. */
final class Stall {
    private Stall() {}

    /** The same elements; fails when the next one has been wanted for longer than the patience. */
    static <T> Flux<T> watch(Flux<T> source, Duration patience, Scheduler timer) {
        return Flux.defer(() -> {
            AtomicLong wanted = new AtomicLong();
            AtomicLong sinceNs = new AtomicLong(timer.now(TimeUnit.NANOSECONDS));
            AtomicBoolean stalled = new AtomicBoolean();
            Mono<Long> tooLong = Flux.interval(patience.dividedBy(4), timer)
                    .onBackpressureDrop()
                    .filter(tick ->
                            wanted.get() > 0 && timer.now(TimeUnit.NANOSECONDS) - sinceNs.get() >= patience.toNanos())
                    .next()
                    .doOnNext(tick -> stalled.set(true));
            return source.doOnNext(element -> {
                        wanted.decrementAndGet();
                        sinceNs.set(timer.now(TimeUnit.NANOSECONDS));
                    })
                    .doOnRequest(n -> {
                        if (wanted.getAndUpdate(before -> before + n < 0 ? Long.MAX_VALUE : before + n) <= 0) {
                            sinceNs.set(timer.now(TimeUnit.NANOSECONDS));
                        }
                    })
                    .takeUntilOther(tooLong) // with an error it would not cancel the source
                    .concatWith(Mono.defer(() -> stalled.get()
                            ? Mono.error(new IOException("nothing has come for " + patience.toMillis() / 1000.0 + " s"))
                            : Mono.empty()));
        });
    }
}
