package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.flux.Join;
import io.swarmflux.flux.ReaderSpec;
import io.swarmflux.flux.StreamSignal;
import io.swarmflux.link.LoopbackGroup;
import io.swarmflux.peer.SwarmBench.Counter;
import io.swarmflux.peer.SwarmBench.Playing;
import io.swarmflux.segment.Segment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** One LAN of a swarm in virtual time: a group, its members, and what each of them played. */
final class IslandBench {
    static final String LAN = "group:lan";
    private static final Duration PLAYOUT = Duration.ofSeconds(2);

    final SwarmBench bench;
    final String lan;
    final LoopbackGroup group;
    final Map<String, RunningPeer> members = new LinkedHashMap<>();
    final Map<String, Playing> playing = new LinkedHashMap<>();

    IslandBench() {
        this(new SwarmBench(), LAN);
    }

    /** Another LAN of the same swarm. */
    IslandBench(SwarmBench bench, String lan) {
        this.bench = bench;
        this.lan = lan;
        this.group = bench.net.group(lan).delay(Duration.ofNanos(300_000), Duration.ZERO);
    }

    /** 250 segments a second of 2,000 bytes. */
    RunningPeer seed(int seconds) {
        return bench.start(bench.seeder(new Counter(250L * seconds, 2_000, true), bench.options("seed"))
                .at(Pace.rate(250 * 2_000 * 8)));
    }

    RunningPeer member(String name, int gateways, String... upstreams) {
        return member(bench.options(name), name, gateways, upstreams);
    }

    RunningPeer member(PeerOptions options, String name, int gateways, String... upstreams) {
        RunningPeer peer = bench.start(bench.peer(options.lingering(Duration.ofSeconds(2)), upstreams)
                .island(Island.of(bench.net.named(name), lan).gateways(gateways)));
        members.put(name, peer);
        play(name, peer);
        return peer;
    }

    void play(String name, RunningPeer peer) {
        Playing played = new Playing(Long.MAX_VALUE);
        peer.signals(ReaderSpec.defaults().named("player").joinAt(Join.oldest()).holePatience(PLAYOUT))
                .ofType(StreamSignal.Element.class)
                .map(element -> (Segment) element.value())
                .subscribe(played);
        playing.put(name, played);
    }

    void fourMembers(int gateways) {
        for (String name : List.of("a", "b", "c", "d")) {
            member(name, gateways, "seed");
            bench.run(50);
        }
    }

    List<String> wrong(long last) {
        List<String> wrong = new ArrayList<>();
        playing.forEach((name, play) -> {
            long expected = play.last() - play.first() + 1;
            if (play.corrupt || play.last() != last || play.sequences.size() != expected) {
                wrong.add(name + " has " + play.sequences.size() + " from " + play.first() + " to " + play.last()
                        + (play.corrupt ? ", corrupt" : ""));
            }
        });
        return wrong;
    }

    double copies(RunningPeer seed) {
        PeerSnapshot seen = bench.look(seed);
        return (double) seen.downstreams().stream()
                        .mapToLong(PeerSnapshot.Downstream::segments)
                        .sum()
                / seen.window().edge();
    }

    long fromGroup(String name) {
        return Objects.requireNonNull(
                        bench.look(Objects.requireNonNull(members.get(name))).group())
                .received();
    }

    /** Whoever feeds the most. */
    String gateway() {
        String most = "";
        int feeds = 0;
        for (Map.Entry<String, RunningPeer> each : members.entrySet()) {
            PeerSnapshot.Group seen = bench.look(each.getValue()).group();
            if (seen != null && seen.feeds().size() > feeds) {
                feeds = seen.feeds().size();
                most = each.getKey();
            }
        }
        assertThat(most).isNotEmpty();
        return most;
    }

    void vanish(String name) {
        bench.way(name).cut();
        group.block("*", name);
        group.block(name, "*");
    }

    RunningPeer of(String name) {
        return Objects.requireNonNull(members.get(name));
    }

    Playing played(String name) {
        return Objects.requireNonNull(playing.get(name));
    }

    /** What a member says of its island. */
    PeerSnapshot.Group look(String name) {
        return Objects.requireNonNull(bench.look(of(name)).group());
    }

    /** How often somebody became or ceased to be a gateway since. */
    int moves() {
        return members.keySet().stream()
                .mapToInt(name -> bench.told(name, PeerEvent.Gateway.class).size())
                .sum();
    }
}
