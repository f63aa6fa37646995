package io.swarmflux.media.player;

import io.swarmflux.flux.StreamSignal;
import io.swarmflux.segment.Segment;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Plays to nobody and checks everything: order, holes, bytes, and in the integer stream the payloads. A stream most of
 * whose payloads are their own sequence, as 8 bytes, is taken for the integer stream. It takes each segment on the
 * thread that brings it, as fast as it comes.
 */
public final class ConsistencyCheck implements Player {
    private final Tally tally;

    private ConsistencyCheck(Tally tally) {
        this.tally = tally;
    }

    /**
     * A check that knows only media times: its lag is what a segment took longer than the fastest one.
     *
     * @return a check for one play
     */
    public static ConsistencyCheck create() {
        return new ConsistencyCheck(new Tally(null));
    }

    /**
     * A check that is told the lag.
     *
     * @param lagMillis how late a segment is at the moment of the call, in milliseconds
     * @return a check for one play
     */
    public static ConsistencyCheck withLag(ToLongFunction<Segment> lagMillis) {
        return new ConsistencyCheck(new Tally(lagMillis));
    }

    @Override
    public Mono<PlayReport> play(Flux<StreamSignal<Segment>> stream) {
        return played(stream, tally, signal -> {});
    }

    @Override
    public PlayReport soFar() {
        return tally.report();
    }

    /** Counts every signal and plays what counts, on the thread that brings it. */
    static Mono<PlayReport> played(Flux<StreamSignal<Segment>> stream, Tally tally, Output output) {
        return Mono.defer(() -> {
            Scheduler clock = Schedulers.parallel();
            if (!tally.start(clock.now(TimeUnit.NANOSECONDS))) {
                return Mono.error(new IllegalStateException("a player plays once"));
            }
            return stream.doOnNext(signal -> {
                        if (tally.count(signal, clock.now(TimeUnit.NANOSECONDS))) {
                            output.play(((StreamSignal.Element<Segment>) signal).value());
                        }
                    })
                    .then(Mono.fromSupplier(tally::report));
        });
    }

    /** Where a counted segment goes. */
    interface Output {
        void play(Segment segment);
    }
}
