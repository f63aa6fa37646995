package io.swarmflux.benchmarks.hub;

import io.swarmflux.benchmarks.Element;
import io.swarmflux.benchmarks.Lane;
import io.swarmflux.flux.LagPolicy;
import io.swarmflux.flux.MergeSpec;
import io.swarmflux.flux.Numbering;
import io.swarmflux.flux.ReaderSpec;
import io.swarmflux.flux.StartPolicy;
import io.swarmflux.flux.StreamHub;
import io.swarmflux.flux.Upstream;
import java.util.List;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.core.publisher.Sinks;

/** The ways to give one stream to many: ours, and those of Reactor. */
public enum Sharing {
    /** {@code StreamHub}: each reader has a place, a patience and a lag policy of its own. */
    SWARMFLUX {
        @Override
        Disposable share(Lane source, List<? extends CoreSubscriber<Element>> readers) {
            StreamHub<Element> hub = StreamHub.create(
                    MergeSpec.of(Numbering.<Element>of(Element::sequence)).startingAt(StartPolicy.at(0)));
            for (CoreSubscriber<Element> reader : readers) {
                hub.flux(ReaderSpec.defaults().onLag(LagPolicy.waiting())).subscribe(reader);
            }
            Upstream attached = hub.attach("source", source, true);
            return Disposables.composite(attached, hub);
        }
    },
    /** {@code Flux.publish}: everybody at the pace of the slowest. */
    PUBLISH {
        @Override
        Disposable share(Lane source, List<? extends CoreSubscriber<Element>> readers) {
            Flux<Element> shared = Flux.from(source).publish().autoConnect(readers.size());
            readers.forEach(shared::subscribe);
            return source::cancel;
        }
    },
    /** {@code directBestEffort}: who is not ready misses it, and is not told. */
    BEST_EFFORT {
        @Override
        Disposable share(Lane source, List<? extends CoreSubscriber<Element>> readers) {
            return through(Sinks.many().multicast().directBestEffort(), source, readers);
        }
    },
    /** {@code onBackpressureBuffer}: a bounded buffer for all together. */
    SINK_BUFFER {
        @Override
        Disposable share(Lane source, List<? extends CoreSubscriber<Element>> readers) {
            return through(Sinks.many().multicast().onBackpressureBuffer(256, false), source, readers);
        }
    },
    /** A loop over all: the limit. Nobody comes, goes or says how much it wants. */
    PLAIN_LOOP {
        @Override
        Disposable share(Lane source, List<? extends CoreSubscriber<Element>> readers) {
            List<CoreSubscriber<Element>> all = List.copyOf(readers);
            all.forEach(reader -> reader.onSubscribe(Operators.emptySubscription()));
            return Flux.from(source).subscribe(element -> {
                for (int i = 0; i < all.size(); i++) {
                    all.get(i).onNext(element);
                }
            });
        }
    };

    /** Subscribes the readers, and then to the source. What is returned lets go of it. */
    abstract Disposable share(Lane source, List<? extends CoreSubscriber<Element>> readers);

    private static Disposable through(
            Sinks.Many<Element> sink, Lane source, List<? extends CoreSubscriber<Element>> readers) {
        readers.forEach(reader -> sink.asFlux().subscribe(reader));
        return Flux.from(source).subscribe(sink::tryEmitNext, failure -> {}, sink::tryEmitComplete);
    }
}
