package io.swarmflux.flux;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;

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
        List<? extends Publisher<? extends T>> all = List.copyOf(sources);
        MergeSpec<T> wide =
                spec.taking(spec.intake().prefetch(), Math.max(spec.intake().maxUpstreams(), Math.max(1, all.size())));
        return FluxMerge.elements(wide, hub -> {
            int number = 0;
            for (Publisher<? extends T> source : all) {
                hub.attach("source " + number++, source, true);
            }
            hub.expect(all.size());
        });
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
        return FluxMerge.elements(spec, hub -> sources.subscribe(new Sources<>(hub)));
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
        List<? extends Publisher<? extends T>> all = List.copyOf(sources);
        MergeSpec<T> wide =
                spec.taking(spec.intake().prefetch(), Math.max(spec.intake().maxUpstreams(), Math.max(1, all.size())));
        return FluxMerge.signals(wide, hub -> {
            int number = 0;
            for (Publisher<? extends T> source : all) {
                hub.attach("source " + number++, source, true);
            }
            hub.expect(all.size());
        });
    }

    /**
     * Puts one source in order, for {@code transform}.
     *
     * @param spec bounds and rules; an element that comes more than window and prefetch too late is lost
     * @param <T> the element
     * @return a function from a flux in any order to one in order
     */
    public static <T> Function<Flux<T>, Flux<T>> resequence(MergeSpec<T> spec) {
        return source -> FluxMerge.elements(spec, hub -> {
            hub.attach("source", source, false);
            hub.expect(1);
        });
    }

    /** Attaches what a publisher of publishers brings. */
    private static final class Sources<T> extends BaseSubscriber<Publisher<? extends T>> {
        private final StreamHub<T> hub;
        private int number;

        Sources(StreamHub<T> hub) {
            this.hub = hub;
        }

        @Override
        public reactor.util.context.Context currentContext() {
            return hub.currentContext();
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            hub.onDispose(this);
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        protected void hookOnNext(Publisher<? extends T> source) {
            if (hub.isDisposed()) {
                return;
            }
            try {
                hub.attach("source " + number++, source, true);
            } catch (IllegalStateException full) {
                cancel();
                hub.fail(full);
            }
        }

        @Override
        protected void hookOnComplete() {
            hub.expect(number);
        }

        @Override
        protected void hookOnError(Throwable failure) {
            hub.fail(failure);
        }
    }

    /** Makes a hub of its own for each subscriber, with one reader that holds the window. */
    private static final class FluxMerge<T, R> extends Flux<R> implements reactor.core.Scannable {
        private final MergeSpec<T> spec;
        private final Function<
                        StreamHub<T>,
                        Function<ReaderSpec, Function<CoreSubscriber<? super R>, ReaderSubscription<T, R>>>>
                reader;
        private final java.util.function.Consumer<StreamHub<T>> sources;

        private FluxMerge(
                MergeSpec<T> spec,
                Function<
                                StreamHub<T>,
                                Function<ReaderSpec, Function<CoreSubscriber<? super R>, ReaderSubscription<T, R>>>>
                        reader,
                java.util.function.Consumer<StreamHub<T>> sources) {
            this.spec = spec;
            this.reader = reader;
            this.sources = sources;
        }

        static <T> Flux<T> elements(MergeSpec<T> spec, java.util.function.Consumer<StreamHub<T>> sources) {
            return onAssembly(new FluxMerge<T, T>(
                    spec, hub -> s -> actual -> new OrderedReader.Elements<>(hub, s, actual), sources));
        }

        static <T> Flux<StreamSignal<T>> signals(MergeSpec<T> spec, java.util.function.Consumer<StreamHub<T>> sources) {
            return onAssembly(new FluxMerge<T, StreamSignal<T>>(
                    spec, hub -> s -> actual -> new OrderedReader.Signals<>(hub, s, actual), sources));
        }

        @Override
        public void subscribe(CoreSubscriber<? super R> actual) {
            StreamHub<T> hub = StreamHub.create(spec, actual.currentContext());
            ReaderSpec ordered =
                    ReaderSpec.defaults().named("merge").joinAt(Join.oldest()).onLag(LagPolicy.waiting());
            ReaderSubscription<T, R> subscription =
                    reader.apply(hub).apply(ordered).apply(actual);
            subscription.onOver(hub::dispose);
            actual.onSubscribe(subscription);
            hub.join(subscription);
            if (!subscription.isOver()) {
                hub.assemble(() -> sources.accept(hub));
            }
        }

        @Override
        @SuppressWarnings("rawtypes") // Scannable's own signature
        public @Nullable Object scanUnsafe(Attr key) {
            if (key == Attr.PREFETCH) {
                return spec.intake().prefetch();
            }
            if (key == Attr.RUN_STYLE) {
                return Attr.RunStyle.SYNC;
            }
            return null;
        }
    }
}
