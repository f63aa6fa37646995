package io.swarmflux.flux;

import java.util.List;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.util.context.Context;

/**
 * Merges several publishers of one numbered stream into one that is in order and has no duplicates.
 *
 * <p>All operators here share these rules.
 * <ul>
 *   <li><b>Order:</b> elements come in rising sequence within an epoch, epochs in rising order. A hole is waited for as the spec
 *       says, and always passed when no source can bring it any more.
 *   <li><b>Back-pressure:</b> lossless. The one subscriber holds the window, the window holds the sources; each source is
 *       requested {@link MergeSpec.Intakes#prefetch()} elements ahead. Nothing is lost but what is late.
 *   <li><b>Errors:</b> a source that fails counts as ended. When every source failed, the first failure is passed on after
 *       everything else.
 *   <li><b>End:</b> when every source has ended and everything was emitted.
 *   <li><b>Discard:</b> duplicates, late elements and, when cancelled, what was not emitted go to the discard hook of the
 *       subscriber's context.
 *   <li><b>Threads:</b> emits on whichever source's thread, the timer's, or the one that requests.
 * </ul>
 */
public final class SequencedFlux {
    private SequencedFlux() {}

    /**
     * Merges sources that are each in order.
     *
     * @param spec bounds and rules
     * @param sources each brings rising sequences
     * @param <T> the element
     * @return the elements in order; one merge for each subscriber
     */
    @SafeVarargs
    @SuppressWarnings({"varargs", "overloads"}) // only read; the names are those of Flux.merge
    public static <T> Flux<T> merge(MergeSpec<T> spec, Publisher<? extends T>... sources) {
        return merge(spec, List.of(sources));
    }

    /**
     * Merges sources that are each in order.
     *
     * @param spec bounds and rules
     * @param sources each brings rising sequences
     * @param <T> the element
     * @return the elements in order; one merge for each subscriber
     */
    public static <T> Flux<T> merge(MergeSpec<T> spec, List<? extends Publisher<? extends T>> sources) {
        return FluxMerge.of(spec, sources, OrderedReader.Elements::new);
    }

    /**
     * Merges sources that come and go. A source leaves when it ends.
     *
     * @param spec bounds and rules; more sources at once than it allows fail the merge with an
     *     {@code IllegalStateException}, so that none is silently never heard
     * @param sources the sources, each bringing rising sequences; requested without bound
     * @param <T> the element
     * @return the elements in order; ends when {@code sources} and all it brought have ended; when {@code sources} fails it fails
     *     too, at once
     */
    @SuppressWarnings("overloads") // the names are those of Flux.merge
    public static <T> Flux<T> merge(MergeSpec<T> spec, Publisher<? extends Publisher<? extends T>> sources) {
        return FluxMerge.of(
                spec, hub -> Flux.from(sources).subscribe(new Sources<>(hub)), null, OrderedReader.Elements::new);
    }

    /**
     * Like {@link #merge(MergeSpec, List)}, with the gaps in band.
     *
     * @param spec bounds and rules
     * @param sources each brings rising sequences
     * @param <T> the element
     * @return elements and gaps in order
     */
    public static <T> Flux<StreamSignal<T>> mergeSignals(
            MergeSpec<T> spec, List<? extends Publisher<? extends T>> sources) {
        return FluxMerge.of(spec, sources, OrderedReader.Signals::new);
    }

    /**
     * Puts one source in order, for {@code transform}.
     *
     * @param spec bounds and rules; an element that comes more than window and prefetch too late is lost
     * @param <T> the element
     * @return a function from a flux in any order to one in order
     */
    public static <T> Function<Flux<T>, Flux<T>> resequence(MergeSpec<T> spec) {
        return source -> FluxMerge.of(
                spec,
                hub -> {
                    Upstream only = hub.subscribe("source", source, false);
                    assert only.name().equals("source");
                    hub.loop().upstreams.expect(1);
                },
                source,
                OrderedReader.Elements::new);
    }

    /** Attaches what a publisher of publishers brings. */
    private static final class Sources<T> extends BaseSubscriber<Publisher<? extends T>> {
        private final StreamHub<T> hub;
        private int number;

        Sources(StreamHub<T> hub) {
            this.hub = hub;
        }

        @Override
        public Context currentContext() {
            return hub.loop().context;
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            hub.loop().onDispose(this);
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        protected void hookOnNext(Publisher<? extends T> source) {
            if (hub.isDisposed()) {
                return;
            }
            try {
                Upstream added = hub.subscribe("source " + number++, source, true);
                assert !added.name().isEmpty();
            } catch (IllegalStateException full) {
                cancel();
                hub.loop().fail(full);
            }
        }

        @Override
        protected void hookOnComplete() {
            int all = number;
            hub.loop().execute(() -> hub.loop().upstreams.expect(all));
        }

        @Override
        protected void hookOnError(Throwable failure) {
            hub.loop().fail(failure);
        }
    }
}
