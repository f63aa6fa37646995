package io.swarmflux.directory;

import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A directory whose leases are granted one step at a time; {@link #announce} makes these steps. */
public interface LeaseDirectory extends Directory {
    /**
     * Registers a peer, or renews its lease. An older incarnation never replaces a newer one, the same renews and brings its
     * record up to date; one whose lease the directory has lost is registered again.
     *
     * @param peer what is announced
     * @param ttl how long the lease should be; the directory may grant another time
     * @return what was granted; fails with a {@link DirectoryException}
     */
    Mono<Lease> register(PeerRecord peer, Duration ttl);

    /**
     * Ends a lease. Nothing happens when there is none, or one of a newer incarnation.
     *
     * @param peer whose; stream, name and incarnation count
     * @return done; fails with a {@link DirectoryException}
     */
    Mono<Void> withdraw(PeerRecord peer);

    @Override
    default Flux<LeaseEvent> announce(Announcement announcement) {
        return KeptLease.of(this, announcement);
    }
}
