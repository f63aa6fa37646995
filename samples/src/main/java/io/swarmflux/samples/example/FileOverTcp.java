package io.swarmflux.samples.example;

import io.swarmflux.flux.Join;
import io.swarmflux.flux.ReaderSpec;
import io.swarmflux.media.player.PayloadWriter;
import io.swarmflux.media.player.PlayReport;
import io.swarmflux.media.source.FileSource;
import io.swarmflux.peer.Pace;
import io.swarmflux.peer.Peer;
import io.swarmflux.peer.PeerOptions;
import io.swarmflux.peer.RunningPeer;
import io.swarmflux.peer.Seeder;
import io.swarmflux.segment.StreamId;
import io.swarmflux.transport.tcp.TcpTransport;
import java.nio.file.Path;
import reactor.core.publisher.Mono;

/** Copies a file over TCP: a seeder that reads it, a peer that writes it. Nothing gets lost, however slow the disk is. */
public final class FileOverTcp {
    private static final StreamId FILE = StreamId.of("file");

    private final PeerOptions options = PeerOptions.defaults().over(TcpTransport.create());

    private FileOverTcp() {}

    /**
     * Copies.
     *
     * @param from is read
     * @param to is written
     * @return emits what was written, once the file is complete; fails when one of the files cannot be used
     */
    public static Mono<PlayReport> copy(Path from, Path to) {
        FileOverTcp copying = new FileOverTcp();
        return Mono.usingWhen(
                copying.seed(from),
                seeder -> Mono.usingWhen(
                        copying.join(seeder.addresses().get(0)), peer -> write(peer, to), RunningPeer::leave),
                RunningPeer::leave);
    }

    private Mono<RunningPeer> seed(Path file) {
        return Seeder.of(FILE, FileSource.of(file))
                .at(Pace.none())
                .with(options.listeningOn("127.0.0.1:0").waitingFor(1))
                .start();
    }

    private Mono<RunningPeer> join(String seeder) {
        return Peer.of(FILE).upstream(seeder).with(options).start();
    }

    private static Mono<PlayReport> write(RunningPeer peer, Path file) {
        ReaderSpec fromTheStart = ReaderSpec.defaults().joinAt(Join.oldest());
        return PayloadWriter.toFile(file).play(peer.signals(fromTheStart));
    }
}
