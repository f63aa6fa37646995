package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.link.LoopbackGroup;
import io.swarmflux.peer.SwarmBench.Counter;
import io.swarmflux.peer.SwarmBench.Playing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A whole LAN takes the stream in once, in virtual time. */
class IslandTest {
    private static final String LAN = "group:lan";

    private final SwarmBench bench = new SwarmBench();
    private final LoopbackGroup group = bench.net.group(LAN).delay(Duration.ofNanos(300_000), Duration.ZERO);
    private final Map<String, RunningPeer> members = new LinkedHashMap<>();
    private final Map<String, Playing> playing = new LinkedHashMap<>();

    /** 250 segments a second of 2,000 bytes. */
    private RunningPeer seed(int seconds) {
        return bench.start(bench.seeder(new Counter(250L * seconds, 2_000, true), bench.options("seed"))
                .at(Pace.rate(250 * 2_000 * 8)));
    }

    private RunningPeer member(String name, int gateways, String... upstreams) {
        RunningPeer peer = bench.start(bench.peer(bench.options(name).lingering(Duration.ofSeconds(2)), upstreams)
                .island(Island.of(bench.net.named(name), LAN).gateways(gateways)));
        members.put(name, peer);
        playing.put(name, bench.play(peer));
        return peer;
    }

    private void fourMembers(int gateways) {
        for (String name : List.of("a", "b", "c", "d")) {
            member(name, gateways, "seed");
            bench.run(50);
        }
    }

    private List<String> wrong(long last) {
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

    private double copies(RunningPeer seed) {
        PeerSnapshot seen = bench.look(seed);
        return (double) seen.downstreams().stream()
                        .mapToLong(PeerSnapshot.Downstream::segments)
                        .sum()
                / seen.window().edge();
    }

    @Test
    void takesTheStreamInOnceAndEverybodyPlaysAllOfIt() {
        RunningPeer seed = seed(20);
        bench.run(1_000);
        fourMembers(2);
        bench.run(24_000);
        for (RunningPeer one : members.values()) {
            System.out.println(bench.look(one).group() + " up "
                    + bench.look(one).upstreams() + " " + bench.look(one).repair());
        }
        System.out.println(bench.look(seed).downstreams());
        System.out.println(group.frames() + " " + group.bytes());
        assertThat(wrong(4_999)).isEmpty();
        assertThat(copies(seed)).isLessThan(1.05);
    }
}
