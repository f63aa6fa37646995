package io.swarmflux.samples.example;

import io.swarmflux.directory.Directories;
import io.swarmflux.directory.http.HttpDirectory;
import io.swarmflux.peer.Discovery;
import io.swarmflux.peer.Peer;
import io.swarmflux.peer.PeerOptions;
import io.swarmflux.peer.RunningPeer;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.StreamId;
import io.swarmflux.transport.tcp.TcpTransport;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;

/** The step of the tutorial in which peers find each other. */
public final class DirectorySteps {
    private static final StreamId NEWS = StreamId.of("news");

    private DirectorySteps() {}

    /**
     * A stream from whoever has it.
     *
     * @param urls of the directories
     * @return its segments; leaves when cancelled
     */
    static Flux<Segment> found(String... urls) {
        Directories directories =
                Directories.merged(Stream.of(urls).map(HttpDirectory::of).toList());
        Peer peer = Peer.of(NEWS)
                .discovering(Discovery.in(directories))
                .with(PeerOptions.defaults().over(TcpTransport.create()).listeningOn("0.0.0.0:0"));
        return Flux.usingWhen(peer.start(), RunningPeer::segments, RunningPeer::leave);
    }
}
