package io.swarmflux.flux;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.CoreSubscriber;
import reactor.core.Scannable;
import reactor.core.publisher.Flux;

/** Makes a hub of its own for each subscriber, with one reader that holds the window. */
final class FluxMerge<T, R> extends Flux<R> implements Scannable {
    private static final ReaderSpec READER =
            ReaderSpec.defaults().named("merge").joinAt(Join.oldest()).onLag(LagPolicy.waiting());

    private final MergeSpec<T> spec;
    private final Consumer<StreamHub<T>> attaching;
    private final @Nullable Publisher<T> only;
    private final ReaderSubscription.Kind<T, R> kind;

    private FluxMerge(
            MergeSpec<T> spec,
            Consumer<StreamHub<T>> attaching,
            @Nullable Publisher<T> only,
            ReaderSubscription.Kind<T, R> kind) {
        this.spec = spec;
        this.attaching = attaching;
        this.only = only;
        this.kind = kind;
    }

    /** A merge of what is attached when somebody subscribes; {@code only} is the source when there is just one. */
    static <T, R> Flux<R> of(
            MergeSpec<T> spec,
            Consumer<StreamHub<T>> attaching,
            @Nullable Publisher<T> only,
            ReaderSubscription.Kind<T, R> kind) {
        return onAssembly(new FluxMerge<>(spec, attaching, only, kind));
    }

    /** A merge of sources that are all known. */
    static <T, R> Flux<R> of(
            MergeSpec<T> spec, List<? extends Publisher<? extends T>> sources, ReaderSubscription.Kind<T, R> kind) {
        List<? extends Publisher<? extends T>> all = List.copyOf(sources);
        MergeSpec.Intakes intake = spec.intake();
        MergeSpec<T> wide = spec.taking(intake.prefetch(), Math.max(intake.maxUpstreams(), all.size()));
        return of(
                wide,
                hub -> {
                    int number = 0;
                    for (Publisher<? extends T> source : all) {
                        Upstream added = hub.subscribe("source " + number++, source, true);
                        assert !added.name().isEmpty();
                    }
                    hub.loop().upstreams.expect(number);
                },
                null,
                kind);
    }

    @Override
    public void subscribe(CoreSubscriber<? super R> actual) {
        StreamHub<T> hub = StreamHub.create(spec, actual.currentContext());
        DrainLoop<T> loop = hub.loop();
        ReaderSubscription<T, R> reader = kind.reader(loop, READER, actual);
        reader.onOver(hub::dispose);
        actual.onSubscribe(reader);
        loop.join(reader);
        // as a task, so that nothing is taken before all of them are there
        loop.execute(() -> {
            if (!hub.isDisposed()) {
                attaching.accept(hub);
            }
        });
    }

    @Override
    @SuppressWarnings("rawtypes") // Scannable's own signature
    public @Nullable Object scanUnsafe(Attr key) {
        if (key == Attr.PARENT) {
            return only;
        }
        if (key == Attr.PREFETCH) {
            return spec.intake().prefetch();
        }
        if (key == Attr.RUN_STYLE) {
            return Attr.RunStyle.SYNC;
        }
        return null;
    }
}
