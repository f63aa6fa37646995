package io.swarmflux.samples.demo;

import io.swarmflux.link.LinkException;
import io.swarmflux.media.http.HttpOutput;
import io.swarmflux.media.http.HttpPlayer;
import io.swarmflux.media.player.ConsistencyCheck;
import io.swarmflux.media.player.Player;
import io.swarmflux.peer.Island;
import io.swarmflux.peer.Pace;
import io.swarmflux.peer.Peer;
import io.swarmflux.peer.PeerOptions;
import io.swarmflux.peer.RunningPeer;
import io.swarmflux.peer.Seeder;
import io.swarmflux.samples.run.Addresses;
import io.swarmflux.samples.run.Digest;
import io.swarmflux.samples.run.Log;
import io.swarmflux.samples.run.Outcome;
import io.swarmflux.samples.run.SentTimes;
import io.swarmflux.samples.run.Swarm;
import io.swarmflux.samples.run.Table;
import io.swarmflux.samples.watch.Said;
import io.swarmflux.segment.SegmentSource;
import io.swarmflux.segment.StreamId;
import io.swarmflux.transport.multicast.MulticastTransport;
import io.swarmflux.transport.tcp.TcpTransport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A clip from one seeder to seven peers in a mesh over TCP and three on an island, all on this machine, and a page to watch it on,
 * which shows who feeds whom and stops and starts peers.
 */
public final class Demo implements AutoCloseable {
    private static final StreamId STREAM = StreamId.of("demo");

    private final Clip clip = Clip.unpack();
    private final SegmentSource source;
    private final Clip.@Nullable Source limited;
    private final Map<String, String> addresses;
    private final String group;
    private final SentTimes times = new SentTimes();
    private final Said said = Said.nothing();
    private final Map<String, RunningPeer> peers = new ConcurrentHashMap<>();
    private final Set<String> stopped = ConcurrentHashMap.newKeySet();
    private final HttpPlayer page;
    private final Swarm swarm;

    /**
     * Prepares the demo, and listens for browsers.
     *
     * @param time how long it takes; null goes on until {@link #leave}
     * @param port where the page is, on this machine only; 0 for a free port
     */
    public Demo(@Nullable Duration time, int port) {
        limited = time == null ? null : clip.lasting(time);
        source = limited == null ? clip.endless() : limited;
        addresses = addresses();
        group = Objects.requireNonNull(addresses.get("group")).replace("127.0.0.1", "239.255.77.1");
        page = Objects.requireNonNull(HttpOutput.of(
                        STREAM.name(),
                        spec -> Flux.defer(() ->
                                Objects.requireNonNull(peers.get(Mesh.WATCHED)).signals(spec)))
                .state(Flux.defer(this::state))
                .commands(this::command)
                .listen("127.0.0.1", port)
                .block());
        swarm = new Swarm(members());
    }

    /**
     * How it ended.
     *
     * @param outcomes of the peers, by name
     * @param equal whether each of the mesh that was not stopped played every byte of the clip
     */
    public record Result(Map<String, Outcome> outcomes, boolean equal) {}

    /**
     * Where to watch.
     *
     * @return the page's address
     */
    public String address() {
        return page.address();
    }

    /**
     * Shows it.
     *
     * @param draws whether it shows how far everybody is
     * @return how everybody ended
     */
    public Result run(boolean draws) {
        Screen screen = Screen.forStandardOutput(limited == null ? Long.MAX_VALUE : limited.segments());
        screen.title(
                "SwarmFlux: a live clip (H.264 + AAC) from one seeder to seven peers over TCP and an island of three");
        screen.lines(List.of("  Watch it on " + address() + (limited == null ? "   Ctrl-C ends." : "")));
        Disposable drawing = !draws || limited == null
                ? () -> {}
                : Flux.interval(Duration.ZERO, screen.period())
                        .onBackpressureDrop()
                        .concatMap(tick -> swarm.now(), 1)
                        .subscribe(screen::draw);
        Map<String, Outcome> outcomes =
                new LinkedHashMap<>(Objects.requireNonNull(swarm.run().block()));
        drawing.dispose();
        outcomes.remove(Mesh.SEEDER);
        if (draws && limited != null) {
            screen.draw(outcomes);
        }
        return told(outcomes, screen);
    }

    private Result told(Map<String, Outcome> outcomes, Screen screen) {
        Map<String, String> expected = new LinkedHashMap<>();
        List<String> lines = new ArrayList<>();
        if (limited != null) {
            String digest = Objects.requireNonNull(Digest.of(limited).block());
            Mesh.peers().stream().filter(peer -> !stopped.contains(peer)).forEach(peer -> expected.put(peer, digest));
            lines.add("  SHA-256 of the clip: " + digest);
        }
        Map<String, Outcome> judged = new LinkedHashMap<>(outcomes);
        judged.keySet().removeAll(stopped);
        judged.keySet()
                .removeAll(Mesh.islanders()); // they come when it has begun, and multicast has to be settled first
        boolean equal = Table.allGood(judged, expected);
        lines.add(
                0,
                limited == null || !stopped.isEmpty()
                        ? "  In the mesh " + (equal ? "nothing" : "something") + " was missing."
                        : equal
                                ? "  Every peer of the mesh played every byte, in order."
                                : "  Somebody in the mesh did not play every byte.");
        lines.add(0, "");
        lines.addAll(0, Table.of(outcomes, expected));
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
        page.dispose();
        swarm.leave();
    }

    @Override
    public void close() {
        page.dispose();
        clip.close();
    }

    private Flux<String> state() {
        return new DemoState(swarm, said).lines();
    }

    /** What a button of the page says: {@code stop/p1} or {@code start/p1}. */
    private Mono<Void> command(String command) {
        String name = command.substring(command.indexOf('/') + 1);
        boolean stop = command.equals("stop/" + name);
        if (!Mesh.mayStop(name) || !peers.containsKey(name) || (!stop && !command.equals("start/" + name))) {
            return Mono.error(new IllegalArgumentException("there is no button for " + command));
        }
        return Mono.defer(() -> {
            if (stop && swarm.isRunning(name)) {
                stopped.add(name);
                said.add("you stopped " + name);
                swarm.stop(name);
            } else if (!stop && !swarm.isRunning(name)) {
                said.add("you started " + name);
                return swarm.startAgain(member(name, false))
                        .onErrorMap(LinkException.class, e -> new IllegalArgumentException(e.getMessage()));
            }
            return Mono.empty();
        });
    }

    private static Map<String, String> addresses() {
        List<String> names = new ArrayList<>(Mesh.peers());
        names.add(0, Mesh.SEEDER);
        names.add("group");
        return Addresses.free(names);
    }

    private List<Swarm.Member> members() {
        List<Swarm.Member> members = new ArrayList<>();
        Seeder seeder = Seeder.of(STREAM, source).at(Pace.realtime()).with(options(Mesh.SEEDER, true));
        members.add(new Swarm.Member(
                Mesh.SEEDER,
                STREAM.name(),
                true,
                known(Mesh.SEEDER, seeder.start()),
                List.of(ConsistencyCheck.withLag(times::sent))));
        Mesh.peers().forEach(name -> members.add(member(name, true)));
        Mesh.islanders().forEach(name -> members.add(member(name, true)));
        return members;
    }

    private Swarm.Member member(String name, boolean together) {
        Peer peer = Peer.of(STREAM).with(options(name, together));
        for (String upstream : Mesh.upstreamsOf(name)) {
            peer = peer.upstream(Objects.requireNonNull(addresses.get(upstream)));
        }
        Mono<RunningPeer> start = peer.start();
        if (Mesh.islanders().contains(name)) {
            Mono<RunningPeer> alone = start;
            start = peer.island(Island.of(MulticastTransport.create(), group + "@" + Loopback.name()))
                    .start()
                    .onErrorResume(LinkException.class, e -> {
                        Log.warn(name, "there is no multicast here, so it goes without: " + e.getMessage());
                        return alone;
                    });
        }
        Player player = name.equals(Mesh.WATCHED) ? page : ConsistencyCheck.withLag(times::lagMillis);
        return new Swarm.Member(name, STREAM.name(), false, known(name, start), List.of(player));
    }

    private Mono<RunningPeer> known(String name, Mono<RunningPeer> start) {
        return start.doOnNext(peer -> {
            peers.put(name, peer);
            said.also(name + ": ", peer);
        });
    }

    /** In the mesh nobody takes anything before everybody is there, so that everybody plays from the first byte. */
    private PeerOptions options(String name, boolean together) {
        PeerOptions options = PeerOptions.defaults().named(name).over(TcpTransport.create());
        @Nullable String address = addresses.get(name);
        if (address == null) {
            return options;
        }
        return options.listeningOn(address).waitingFor(together ? Mesh.downstreamsOf(name) : 0);
    }
}
