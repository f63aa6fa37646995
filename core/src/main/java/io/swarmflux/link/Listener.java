package io.swarmflux.link;

import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** An address that accepts links until it is closed. Links already accepted live on. */
public interface Listener extends Disposable {
    /**
     * Where it listens, with the port that was really taken.
     *
     * @return the address, in the transport's form, that others can dial
     */
    String address();

    /**
     * The end of listening.
     *
     * @return completes once the address is free again; any number of subscribers
     */
    Mono<Void> onClose();

    /**
     * How many links it has closed before anybody saw them, because there were too many.
     *
     * @return a count since the start; 0 always for a transport without limits
     */
    default long refusedLinks() {
        return 0;
    }
}
