package io.swarmflux.samples.example;

import io.swarmflux.directory.Announcement;
import io.swarmflux.directory.Directories;
import io.swarmflux.directory.LeaseEvent;
import io.swarmflux.directory.PeerRecord;
import io.swarmflux.directory.http.HttpDirectory;
import io.swarmflux.segment.StreamId;
import java.time.Duration;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;

/** A peer that is known in several directories for as long as somebody is subscribed. */
public final class Announced {
    private static final StreamId NEWS = StreamId.of("news");

    private Announced() {}

    /**
     * Announces a peer.
     *
     * @param name its name
     * @param address where it listens
     * @param urls of the directories
     * @return what becomes of it in each
     */
    static Flux<LeaseEvent> announce(String name, String address, String... urls) {
        Directories directories =
                Directories.merged(Stream.of(urls).map(HttpDirectory::of).toList());
        PeerRecord self = PeerRecord.of(NEWS, name, System.currentTimeMillis(), address);
        return directories.announce(Announcement.of(self).ttl(Duration.ofSeconds(10)));
    }
}
