package io.swarmflux.link;

import java.util.List;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;

/** Opens links and listens for them. Addresses are text; their form is the transport's own. */
public interface Transport {
    /** What carries frames, whatever the addresses look like. */
    enum Kind {
        /** TCP, encrypted or not. */
        TCP,
        /** Memory of this process. */
        LOCAL,
        /** UDP multicast: a whole group hears what is sent. */
        MULTICAST
    }

    /**
     * What carries the frames of a link.
     *
     * @param remote the address dialled, or {@link Link#remote()} of a link that came in
     * @return the kind; what makes another transport worse, or only looks on, tells that of the other
     */
    Kind kind(String remote);

    /**
     * Opens a link.
     *
     * @param address where to, for example {@code 192.0.2.7:9000}
     * @return emits the open link, or fails with {@link LinkException} when it cannot be opened; each subscription
     *     dials once; cancelling gives up
     * @throws IllegalArgumentException when the address is not in the transport's form
     */
    Mono<Link> dial(String address);

    /**
     * Listens for links.
     *
     * @param address where, for example {@code 127.0.0.1:9000}; port 0 takes a free one
     * @param accept takes each link as it comes in, on the transport's thread; must not block
     * @return emits the open listener, or fails with {@link LinkException} when the address cannot be listened on
     * @throws IllegalArgumentException when the address is not in the transport's form
     */
    Mono<Listener> listen(String address, Consumer<? super Link> accept);

    /**
     * Where others can dial somebody who listens.
     *
     * @param listening what {@link Listener#address()} says
     * @return the same; or, when that stands for all addresses of the host, these, those that reach furthest first
     */
    default List<String> dialable(String listening) {
        return List.of(listening);
    }
}
