package io.swarmflux.samples.demo;

import io.swarmflux.media.player.ConsistencyCheck;
import io.swarmflux.peer.Pace;
import io.swarmflux.peer.Peer;
import io.swarmflux.peer.PeerOptions;
import io.swarmflux.peer.Seeder;
import io.swarmflux.samples.run.Addresses;
import io.swarmflux.samples.run.Digest;
import io.swarmflux.samples.run.Outcome;
import io.swarmflux.samples.run.SentTimes;
import io.swarmflux.samples.run.Swarm;
import io.swarmflux.samples.run.Table;
import io.swarmflux.segment.StreamId;
import io.swarmflux.transport.tcp.TcpTransport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/** A clip from one seeder to seven peers in a mesh, over TCP on this machine. */
public final class Demo implements AutoCloseable {
    private static final StreamId STREAM = StreamId.of("demo");

    private final Clip clip = Clip.unpack();
    private final Clip.Source source;
    private final Map<String, String> addresses;
    private final SentTimes times = new SentTimes();
    private final Swarm swarm;

    /**
     * Prepares the demo.
     *
     * @param time how long it takes; null shows the clip once, in about 12 s
     */
    public Demo(@Nullable Duration time) {
        source = time == null ? clip.once() : clip.lasting(time);
        addresses = addresses();
        swarm = new Swarm(members());
    }

    /**
     * How it ended.
     *
     * @param outcomes of the peers, by name
     * @param equal whether each of them played every byte of the clip
     */
    public record Result(Map<String, Outcome> outcomes, boolean equal) {}

    /**
     * Shows it.
     *
     * @param draws whether it shows how far everybody is
     * @return how everybody ended
     */
    public Result run(boolean draws) {
        Screen screen = Screen.forStandardOutput(source.segments());
        String digest = Objects.requireNonNull(Digest.of(source).block());
        screen.title("SwarmFlux: a live clip (H.264 + AAC, %.1f MB) from one seeder to seven peers over TCP"
                .formatted(source.segments() * Clip.SEGMENT_BYTES / 1e6));
        Disposable drawing = !draws
                ? () -> {}
                : Flux.interval(Duration.ZERO, screen.period())
                        .onBackpressureDrop()
                        .concatMap(tick -> swarm.now(), 1)
                        .subscribe(screen::draw);
        Map<String, Outcome> outcomes =
                new LinkedHashMap<>(Objects.requireNonNull(swarm.run().block()));
        drawing.dispose();
        outcomes.remove(Mesh.SEEDER);
        if (draws) {
            screen.draw(outcomes);
        }
        Map<String, String> expected = new LinkedHashMap<>();
        Mesh.peers().forEach(peer -> expected.put(peer, digest));
        boolean equal = Table.allGood(outcomes, expected);
        List<String> lines = new ArrayList<>(Table.of(outcomes, expected));
        lines.add("");
        lines.add(equal ? "  Every peer played every byte, in order." : "  Somebody did not play every byte.");
        lines.add("  SHA-256 of the clip: " + digest);
        screen.lines(lines);
        return new Result(outcomes, equal);
    }

    /**
     * Who takes part.
     *
     * @return the seeder and the peers
     */
    public Swarm swarm() {
        return swarm;
    }

    /** Everybody leaves. */
    public void leave() {
        swarm.leave();
    }

    @Override
    public void close() {
        clip.close();
    }

    private static Map<String, String> addresses() {
        List<String> names = new ArrayList<>(Mesh.peers());
        names.add(0, Mesh.SEEDER);
        return Addresses.free(names);
    }

    private List<Swarm.Member> members() {
        List<Swarm.Member> members = new ArrayList<>();
        Seeder seeder =
                Seeder.of(STREAM, source).at(Pace.rate(Clip.BITS_PER_SECOND)).with(options(Mesh.SEEDER));
        members.add(new Swarm.Member(
                Mesh.SEEDER, STREAM.name(), true, seeder.start(), List.of(ConsistencyCheck.withLag(times::sent))));
        for (String name : Mesh.peers()) {
            Peer peer = Peer.of(STREAM).with(options(name));
            for (String upstream : Mesh.upstreamsOf(name)) {
                peer = peer.upstream(Objects.requireNonNull(addresses.get(upstream)));
            }
            members.add(new Swarm.Member(
                    name, STREAM.name(), false, peer.start(), List.of(ConsistencyCheck.withLag(times::lagMillis))));
        }
        return members;
    }

    /** Nobody takes anything before everybody is there, so that everybody plays from the first byte. */
    private PeerOptions options(String name) {
        return PeerOptions.defaults()
                .named(name)
                .over(TcpTransport.create())
                .listeningOn(Objects.requireNonNull(addresses.get(name)))
                .waitingFor(Mesh.downstreamsOf(name));
    }
}
