package io.swarmflux.directory;

import io.swarmflux.segment.StreamId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Where peers announce themselves, with a lease, and find others. What it says is advice: an answer may be out of date by a
 * lease time, and who works already goes on when it fails.
 */
public interface Directory {
    /**
     * What people call it, for example its URL.
     *
     * @return for messages and logs
     */
    String name();

    /**
     * Where it is, which says how near the addresses may be that it names: whoever is far away has no business to name this host or
     * this network, although anybody may announce such addresses there.
     *
     * @return {@code host:port}; null, the default, when it is in this process and may name everything
     */
    default @Nullable String address() {
        return null;
    }

    /**
     * Keeps a peer announced: registers it, renews the lease at a third of its time with jitter, registers again when the
     * directory has lost it, and withdraws it on cancel or when {@link Announcement#until} ends. One announcement for each
     * subscriber.
     *
     * <p>Tells each grant, renewal and failure; whatever passes is tried again, with back-off and jitter. Never completes by
     * itself. Fails with a {@link DirectoryException} that {@link DirectoryException#isLasting() lasts}. Who does not keep up
     * is told the latest. On the thread of the directory or of the announcement's scheduler.
     *
     * @param announcement who, and for how long
     * @return what becomes of it
     */
    Flux<LeaseEvent> announce(Announcement announcement);

    /**
     * Finds peers of a stream, at random when there are more than are wanted, those with free places first.
     *
     * @param stream what they serve
     * @param limit how many at most, from 1
     * @return none when nobody is known; fails with a {@link DirectoryException}
     */
    Mono<List<PeerRecord>> find(StreamId stream, int limit);

    /**
     * Watches the peers of a stream: all that are known, then each change, then all again after a break or when the subscriber
     * was too slow for the changes. Never completes. A break is told and mended with back-off; only what lasts fails, with a
     * {@link DirectoryException}. One watch for each subscriber.
     *
     * @param stream what they serve
     * @return the changes
     */
    Flux<DirectoryEvent> watch(StreamId stream);
}
