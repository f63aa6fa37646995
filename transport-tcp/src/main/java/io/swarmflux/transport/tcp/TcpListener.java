package io.swarmflux.transport.tcp;

import io.swarmflux.link.Listener;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;

/** A port that is listened on. */
record TcpListener(String address, DisposableServer server, InboundLimits limits) implements Listener {
    @Override
    public Mono<Void> onClose() {
        return server.onDispose().onErrorComplete();
    }

    @Override
    public long refusedLinks() {
        return limits.refused();
    }

    @Override
    public boolean isDisposed() {
        return server.isDisposed();
    }

    @Override
    public void dispose() {
        server.dispose();
    }
}
