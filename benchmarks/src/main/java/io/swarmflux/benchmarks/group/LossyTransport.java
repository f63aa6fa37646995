package io.swarmflux.benchmarks.group;

import io.swarmflux.link.ForwardedLink;
import io.swarmflux.link.Link;
import io.swarmflux.link.Listener;
import io.swarmflux.link.Transport;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A transport whose links lose some of what comes in. */
record LossyTransport(Transport transport, Loss.Dice dice) implements Transport {
    @Override
    public Kind kind(String remote) {
        return transport.kind(remote);
    }

    @Override
    public Mono<Link> dial(String address) {
        return transport.dial(address).map(link -> new Lossy(link, dice));
    }

    @Override
    public Mono<Listener> listen(String address, Consumer<? super Link> accept) {
        return transport.listen(address, link -> accept.accept(new Lossy(link, dice)));
    }

    private record Lossy(Link link, Loss.Dice dice) implements ForwardedLink {
        @Override
        public Flux<ByteBuffer> receive() {
            return link.receive().filter(frame -> !dice.drops());
        }
    }
}
