package io.swarmflux.samples.simulate;

import io.swarmflux.link.ForwardedLink;
import io.swarmflux.link.Link;
import io.swarmflux.link.Listener;
import io.swarmflux.link.Transport;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A transport that tells what crosses its links to groups, and changes nothing. */
final class GroupTap implements Transport {
    private final Transport transport;
    private final Seen seen;

    /** What is told. */
    interface Seen {
        /** A frame is sent to a group; only its first part is shown. */
        void sent(String group, ByteBuffer first, int bytes);

        /** A frame came from a group. */
        default void came(String group, ByteBuffer frame) {}
    }

    GroupTap(Transport transport, Seen seen) {
        this.transport = transport;
        this.seen = seen;
    }

    @Override
    public Kind kind(String remote) {
        return transport.kind(remote);
    }

    @Override
    public Mono<Link> dial(String address) {
        return address.startsWith(Hosts.GROUP) ? transport.dial(address).map(Tapped::new) : transport.dial(address);
    }

    @Override
    public Mono<Listener> listen(String address, Consumer<? super Link> accept) {
        return transport.listen(address, accept);
    }

    private final class Tapped implements ForwardedLink {
        private final Link link;

        Tapped(Link link) {
            this.link = link;
        }

        @Override
        public Link link() {
            return link;
        }

        @Override
        public boolean send(ByteBuffer... parts) {
            seen.sent(link.remote(), parts[0], Link.frameBytes(maxFrameBytes(), parts));
            return link.send(parts);
        }

        @Override
        public Flux<ByteBuffer> receive() {
            return link.receive().doOnNext(frame -> seen.came(link.remote(), frame));
        }
    }
}
