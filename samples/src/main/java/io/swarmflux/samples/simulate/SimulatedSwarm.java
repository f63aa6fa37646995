package io.swarmflux.samples.simulate;

import io.swarmflux.flux.Join;
import io.swarmflux.flux.ReaderSpec;
import io.swarmflux.flux.StreamSignal;
import io.swarmflux.peer.Island;
import io.swarmflux.peer.Pace;
import io.swarmflux.peer.Peer;
import io.swarmflux.peer.PeerOptions;
import io.swarmflux.peer.PeerSnapshot;
import io.swarmflux.peer.RunningPeer;
import io.swarmflux.peer.Seeder;
import io.swarmflux.samples.topology.AsWritten;
import io.swarmflux.segment.Mode;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.StreamId;
import io.swarmflux.topology.Simulation;
import io.swarmflux.topology.Source;
import io.swarmflux.topology.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A topology built from the product's own seeders and peers, on one thread in virtual time. Whom to ask, what to send and when
 * to give up is theirs alone; here is only what surrounds them: sources, links, players, and what happens to them.
 */
final class SimulatedSwarm {
    private static final Duration LONGEST = Duration.ofHours(24);
    private static final Duration STEP = Duration.ofSeconds(1);
    private static final Duration ENDLESS = Duration.ofSeconds(60);

    private final Topology topology;
    private final Simulation simulation;
    private final VirtualTime time = new VirtualTime();
    private final SplittableRandom random;
    private final SimulatedIslands islands;
    private final Hosts hosts;
    private final SharedSegments segments = new SharedSegments();
    private final Map<String, RunningPeer> running = new LinkedHashMap<>();
    private final Map<String, Trace> traces = new LinkedHashMap<>();
    private final List<Kill> kills = new ArrayList<>();
    private int gone;

    /** Some peers that left at once. */
    record Kill(long atNs, int peers) {}

    private SimulatedSwarm(Topology topology, long seed) {
        this.topology = topology;
        this.simulation = topology.simulation().orElse(Simulation.DEFAULT);
        this.random = new SplittableRandom(seed);
        this.islands = new SimulatedIslands(topology, simulation.measureFrom().toNanos(), time);
        this.hosts = new Hosts(topology, islands, time, random.nextLong());
    }

    /** Everybody is there, and nothing has happened yet. */
    static SimulatedSwarm of(Topology topology, long seed) {
        SplittableRandom seeds = new SplittableRandom(seed);
        SimulatedSwarm swarm = new SimulatedSwarm(Neighbours.linked(topology, seeds.nextLong()), seeds.nextLong());
        swarm.topology.seeders().forEach(swarm::start);
        swarm.topology.peers().forEach(swarm::start);
        swarm.simulation.events().forEach(swarm::plan);
        return swarm;
    }

    /**
     * Runs to the end.
     *
     * @param onProgress told after each second of virtual time
     */
    Run run(Consumer<Duration> onProgress) {
        Duration end = simulation.length().orElse(endless() ? ENDLESS : LONGEST);
        boolean fixed = simulation.length().isPresent() || endless();
        Duration at = Duration.ZERO;
        while (at.compareTo(end) < 0 && (fixed || gone < running.size())) {
            Duration next = at.plus(STEP);
            at = next.compareTo(end) < 0 ? next : end;
            time.runUntil(at.toNanos());
            onProgress.accept(at);
        }
        Map<String, PeerSnapshot> snapshots = new LinkedHashMap<>();
        running.forEach((name, peer) -> peer.snapshot().subscribe(snapshot -> snapshots.put(name, snapshot)));
        long done = time.done();
        Run run = new Run(
                topology,
                simulation,
                time.nowNs(),
                List.copyOf(traces.values()),
                snapshots,
                kills,
                islands.meters(),
                done);
        time.dispose();
        return run;
    }

    private boolean endless() {
        return topology.seeders().stream().anyMatch(seeder -> seeder.feed().source() instanceof Source.Input);
    }

    // ------------------------------------------------------------------ who is there

    private void start(Topology.Seeder seeder) {
        Slots slots = Slots.of(seeder);
        Topology.Feed feed = seeder.feed();
        long count = feed.source() instanceof Source.Counter counter ? counter.segments() : Long.MAX_VALUE;
        boolean again = feed.source() instanceof Source.Counter;
        int bytes = Math.max(Long.BYTES, feed.segmentBytes());
        Seeder built = Seeder.of(seeder.stream(), new MadeSource(count, bytes, slots.ns() / 1000, again))
                .at(pace(seeder))
                .dividedInto(stream(seeder.stream()).subStreams())
                .with(options(seeder.name(), seeder.stream(), seeder.serving(), true));
        OptionalLong epoch = feed.epoch();
        built = epoch.isPresent() ? built.inEpoch(epoch.getAsLong()) : built;
        RunningPeer started = started(built.start());
        Trace trace = trace(seeder.name());
        started.segments().subscribe(segment -> {
            trace.arrived(segment.sequence(), 0, time.nowNs());
            trace.played(segment.sequence(), MadeSource.sound(segment), time.nowNs());
        });
    }

    private static Pace pace(Topology.Seeder seeder) {
        if (seeder.feed().pace() instanceof io.swarmflux.topology.Pace.None) {
            return Pace.none();
        }
        return seeder.feed().pace() instanceof io.swarmflux.topology.Pace.Rate rate
                ? Pace.rate(rate.bitsPerSecond())
                : Pace.realtime();
    }

    private void start(Topology.Peer peer) {
        Duration deadline = Slots.of(topology, peer).deadline(simulation, peer);
        Peer built = Peer.of(peer.stream())
                .lossless(peer.playing().lossless())
                .with(options(peer.name(), peer.stream(), peer.serving(), false).playoutDelay(deadline));
        for (String upstream : peer.upstreams()) {
            built = built.upstream(Hosts.address(upstream));
        }
        Island island = islands.of(peer.name(), hosts.transport(peer.name()), trace(peer.name()));
        built = island == null ? built : built.island(island);
        RunningPeer started = started(built.start());
        boolean lossless = stream(peer.stream()).mode() == Mode.LOSSLESS;
        ReaderSpec spec = ReaderSpec.defaults()
                .named("player")
                .joinAt(lossless ? Join.oldest() : Join.randomAccess())
                .holePatience(deadline);
        Flux<StreamSignal<Segment>> signals = started.signals(spec);
        OptionalLong rate = peer.playing().rate();
        if (rate.isPresent()) {
            signals = signals.concatMap(
                    signal ->
                            Mono.delay(playing(signal, rate.getAsLong()), time).thenReturn(signal),
                    1);
        }
        Trace trace = trace(peer.name());
        signals.subscribe(signal -> play(signal, trace), failure -> trace.left(time.nowNs()));
    }

    private static Duration playing(StreamSignal<Segment> signal, long bitsPerSecond) {
        long bits = signal instanceof StreamSignal.Element<Segment> element
                ? element.value().payloadBytes() * 8L
                : 0;
        return Duration.ofNanos((long) (bits * 1e9 / bitsPerSecond));
    }

    private void play(StreamSignal<Segment> signal, Trace trace) {
        if (signal instanceof StreamSignal.Element<Segment> element) {
            trace.played(element.value().sequence(), MadeSource.sound(element.value()), time.nowNs());
        } else if (signal instanceof StreamSignal.Missing<Segment> missing) {
            trace.skipped(missing.gap().size());
        }
    }

    private PeerOptions options(String name, StreamId of, Topology.Serving serving, boolean seeder) {
        Trace trace = new Trace(
                name,
                stream(of),
                seeder,
                new Trace.Limits(
                        serving.uploadLimit().orElse(0), hosts.access(name).uploadBitsPerSecond()),
                simulation.measureFrom().toNanos());
        traces.put(Hosts.address(name), trace);
        return AsWritten.options(name, serving)
                .over(new Tap(hosts.transport(name), trace, traces, time))
                .timed(time, random.nextLong())
                .sharing(SimulatedIslands.noting(segments, trace, time))
                .listeningOn(Hosts.address(name));
    }

    private RunningPeer started(Mono<RunningPeer> start) {
        RunningPeer[] got = new RunningPeer[1];
        start.subscribe(peer -> got[0] = peer);
        RunningPeer peer = Objects.requireNonNull(got[0], "listening inside the process takes no time");
        running.put(peer.name(), peer);
        peer.onDone().subscribe(nothing -> {}, failure -> gone++, () -> gone++);
        return peer;
    }

    private Trace trace(String name) {
        return Objects.requireNonNull(traces.get(Hosts.address(name)));
    }

    private Topology.Stream stream(StreamId id) {
        return topology.streams().stream()
                .filter(stream -> stream.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    // ------------------------------------------------------------------ what happens

    private void plan(Simulation.Event event) {
        time.schedule(() -> happens(event.action()), event.at().toNanos(), TimeUnit.NANOSECONDS);
    }

    private void happens(Simulation.Action action) {
        if (action instanceof Simulation.Kill kill) {
            kill(kill.names().isEmpty() ? some(kill.share()) : members(kill.names()), kill.silently());
        } else if (action instanceof Simulation.KillGateway kill) {
            kill(List.of(gateway(kill.island())), kill.silently());
        } else {
            hosts.happens(action, this::members);
        }
    }

    /** Whoever feeds most of an island. */
    private String gateway(String island) {
        Map<String, Integer> feeds = new LinkedHashMap<>();
        for (IslandMeter meter : islands.meters()) {
            for (String member : meter.name().equals(island)
                    ? meter.members().stream().sorted().toList()
                    : List.<String>of()) {
                Objects.requireNonNull(running.get(member)).snapshot().subscribe(seen -> {
                    PeerSnapshot.Group group = seen.group();
                    feeds.put(member, group == null ? 0 : group.feeds().size());
                });
            }
        }
        return feeds.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
    }

    private void kill(List<String> victims, boolean silently) {
        kills.add(new Kill(time.nowNs(), victims.size()));
        for (String victim : victims) {
            trace(victim).left(time.nowNs());
            if (silently) {
                hosts.transport(victim).cut();
            }
            Objects.requireNonNull(running.get(victim)).dispose();
        }
    }

    private List<String> some(double share) {
        List<String> present = new ArrayList<>();
        for (Topology.Peer peer : topology.peers()) {
            if (trace(peer.name()).leftNs() == Long.MAX_VALUE) {
                present.add(peer.name());
            }
        }
        int count = (int) Math.round(present.size() * share);
        List<String> some = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            some.add(present.remove(random.nextInt(present.size())));
        }
        return some;
    }

    /** The hosts behind names of hosts and groups. */
    private List<String> members(List<String> names) {
        List<String> members = new ArrayList<>();
        for (String name : names) {
            if (running.containsKey(name)) {
                members.add(name);
            } else {
                running.keySet().stream()
                        .filter(member -> member.startsWith(name + "-")
                                && member.substring(name.length() + 1).matches("[1-9]\\d*"))
                        .forEach(members::add);
            }
        }
        return members;
    }
}
