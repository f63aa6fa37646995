package io.swarmflux.flux;

import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.Scannable;
import reactor.core.publisher.Flux;

/** A hub seen by one kind of reader. */
final class FluxHub<T, R> extends Flux<R> implements Scannable {
    private final DrainLoop<T> loop;
    private final ReaderSpec spec;
    private final ReaderSubscription.Kind<T, R> kind;

    private FluxHub(DrainLoop<T> loop, ReaderSpec spec, ReaderSubscription.Kind<T, R> kind) {
        this.loop = loop;
        this.spec = spec;
        this.kind = kind;
    }

    static <T> Flux<T> elements(DrainLoop<T> loop, ReaderSpec spec) {
        return onAssembly(new FluxHub<T, T>(loop, spec, OrderedReader.Elements::new));
    }

    static <T> Flux<StreamSignal<T>> signals(DrainLoop<T> loop, ReaderSpec spec) {
        return onAssembly(new FluxHub<T, StreamSignal<T>>(loop, spec, OrderedReader.Signals::new));
    }

    static <T> Flux<T> arrivals(DrainLoop<T> loop, ReaderSpec spec) {
        return onAssembly(new FluxHub<T, T>(loop, spec, UnorderedReader::new));
    }

    @Override
    public void subscribe(CoreSubscriber<? super R> actual) {
        ReaderSubscription<T, R> reader = kind.reader(loop, spec, actual);
        actual.onSubscribe(reader);
        loop.join(reader);
    }

    @Override
    @SuppressWarnings("rawtypes") // Scannable's own signature
    public @Nullable Object scanUnsafe(Attr key) {
        if (key == Attr.PARENT) {
            return loop.hub;
        }
        if (key == Attr.NAME) {
            return spec.name();
        }
        if (key == Attr.RUN_STYLE) {
            return spec.deliverOn() == null ? Attr.RunStyle.SYNC : Attr.RunStyle.ASYNC;
        }
        return null;
    }
}
