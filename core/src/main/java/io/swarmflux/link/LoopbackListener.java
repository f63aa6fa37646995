package io.swarmflux.link;

import java.util.Map;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** A name taken on a loopback network. */
final class LoopbackListener implements Listener {
    private final Map<String, LoopbackListener> listeners;
    private final String address;
    private final Consumer<? super Link> accept;
    private final Sinks.Empty<Void> closed = Sinks.empty();

    LoopbackListener(Map<String, LoopbackListener> listeners, String address, Consumer<? super Link> accept) {
        this.listeners = listeners;
        this.address = address;
        this.accept = accept;
    }

    /** Hands a link over, on the thread that delivers to it; false when it is too late. */
    boolean accept(Link link) {
        if (isDisposed()) {
            return false;
        }
        accept.accept(link);
        return true;
    }

    @Override
    public String address() {
        return address;
    }

    @Override
    public Mono<Void> onClose() {
        return closed.asMono();
    }

    @Override
    public boolean isDisposed() {
        return listeners.get(address) != this;
    }

    @Override
    public void dispose() {
        if (listeners.remove(address, this)) {
            closed.tryEmitEmpty();
        }
    }
}
