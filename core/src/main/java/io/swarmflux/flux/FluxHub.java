package io.swarmflux.flux;

import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.Scannable;
import reactor.core.publisher.Flux;

/** A hub seen by one kind of reader. */
final class FluxHub<T, R> extends Flux<R> implements Scannable {
    private final StreamHub<T> hub;
    private final ReaderSpec spec;
    private final Kind<T, R> kind;

    /** Makes the subscription of one subscriber. */
    private interface Kind<T, R> {
        ReaderSubscription<T, R> reader(StreamHub<T> hub, ReaderSpec spec, CoreSubscriber<? super R> actual);
    }

    private FluxHub(StreamHub<T> hub, ReaderSpec spec, Kind<T, R> kind) {
        this.hub = hub;
        this.spec = spec;
        this.kind = kind;
    }

    static <T> Flux<T> elements(StreamHub<T> hub, ReaderSpec spec) {
        return onAssembly(new FluxHub<T, T>(hub, spec, (h, s, actual) -> new OrderedReader.Elements<>(h, s, actual)));
    }

    static <T> Flux<StreamSignal<T>> signals(StreamHub<T> hub, ReaderSpec spec) {
        return onAssembly(new FluxHub<T, StreamSignal<T>>(
                hub, spec, (h, s, actual) -> new OrderedReader.Signals<>(h, s, actual)));
    }

    static <T> Flux<T> arrivals(StreamHub<T> hub, ReaderSpec spec) {
        return onAssembly(new FluxHub<T, T>(hub, spec, (h, s, actual) -> new UnorderedReader<>(h, s, actual)));
    }

    @Override
    public void subscribe(CoreSubscriber<? super R> actual) {
        ReaderSubscription<T, R> reader = kind.reader(hub, spec, actual);
        actual.onSubscribe(reader);
        hub.join(reader);
    }

    @Override
    @SuppressWarnings("rawtypes") // Scannable's own signature
    public @Nullable Object scanUnsafe(Attr key) {
        if (key == Attr.PARENT) {
            return hub;
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
