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
import org.junit.jupiter.api.Test;

/** A whole LAN takes the stream in once, in virtual time. */
class IslandTest {
    private static final String LAN = "group:lan";
    private static final Duration PLAYOUT = Duration.ofSeconds(2);

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
        Playing played = new Playing(Long.MAX_VALUE);
        peer.signals(ReaderSpec.defaults().named("player").joinAt(Join.oldest()).holePatience(PLAYOUT))
                .ofType(StreamSignal.Element.class)
                .map(element -> (Segment) element.value())
                .subscribe(played);
        playing.put(name, played);
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
        assertThat(wrong(4_999)).isEmpty();
        assertThat(copies(seed)).isLessThan(1.05);
    }

    @Test
    void takesAStreamInOnceForWhichAllHaveWaited() {
        RunningPeer seed = bench.start(bench.seeder(
                        new Counter(2_500, 2_000, true), bench.options("seed").waitingFor(4))
                .at(Pace.rate(250 * 2_000 * 8)));
        fourMembers(4);
        bench.run(14_000);
        playing.forEach((name, play) -> play.hasExactly(0, 2_500));
        assertThat(copies(seed)).isLessThan(1.05);
    }

    /** What was sent before it heard anything comes over links, in time. */
    @Test
    void getsTheBeginningThatItDidNotHear() {
        bench.start(bench.seeder(
                        new Counter(2_500, 2_000, true), bench.options("seed").waitingFor(4))
                .at(Pace.rate(250 * 2_000 * 8)));
        bench.run(100);
        for (String name : List.of("a", "b", "c")) {
            member(name, 1, "seed");
            bench.run(50);
        }
        bench.run(1_000);
        member("d", 1, "seed");
        bench.run(395);
        group.block("*", "d");
        bench.run(300);
        group.unblock();
        bench.run(13_000);
        playing.forEach((name, play) -> play.hasExactly(0, 2_500));
    }

    @Test
    void losesNothingAtFivePercentLossEach() {
        RunningPeer seed = seed(20);
        bench.run(1_000);
        group.loss(0.05);
        fourMembers(2);
        bench.run(24_000);
        assertThat(wrong(4_999)).isEmpty();
        assertThat(copies(seed)).isLessThan(1.1);
    }

    @Test
    void replacesAGatewayThatVanishes() {
        RunningPeer seed = seed(20);
        bench.run(1_000);
        fourMembers(1);
        bench.run(8_000);
        String gateway = gateway();
        vanish(gateway);
        bench.run(16_000);
        playing.remove(gateway);
        assertThat(wrong(4_999)).isEmpty();
        assertThat(copies(seed)).isLessThan(1.15);
    }

    private long fromGroup(String name) {
        return Objects.requireNonNull(
                        bench.look(Objects.requireNonNull(members.get(name))).group())
                .received();
    }

    /** Whoever feeds the most. */
    private String gateway() {
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

    private void vanish(String name) {
        bench.way(name).cut();
        group.block("*", name);
        group.block(name, "*");
    }

    @Test
    void replacesAGatewayWhoseUplinkIsDead() {
        RunningPeer seed = seed(20);
        bench.run(1_000);
        fourMembers(1);
        bench.run(8_000);
        bench.way(gateway()).cut("loop:seed");
        bench.run(16_000);
        assertThat(wrong(4_999)).isEmpty();
        assertThat(copies(seed)).isLessThan(1.15);
    }

    @Test
    void playsOverLinksWhereMulticastIsBlockedAndComesBack() {
        seed(30);
        bench.run(1_000);
        fourMembers(1);
        bench.run(5_000);
        String gateway = gateway();
        String other = members.keySet().stream()
                .filter(one -> !one.equals(gateway))
                .findFirst()
                .orElseThrow();
        group.block("*", other);
        bench.run(6_000);
        group.unblock();
        group.block(other, "*");
        bench.run(6_000);
        group.block("*", "*");
        bench.run(4_000);
        group.unblock();
        bench.run(5_000);
        long before = fromGroup(other);
        bench.run(1_000);
        assertThat(fromGroup(other)).isGreaterThan(before + 200);
        bench.run(6_000);
        assertThat(wrong(7_499)).isEmpty();
    }

    @Test
    void bothHalvesOfAPartedIslandPlayOnAndHeal() {
        seed(25);
        bench.run(1_000);
        fourMembers(2);
        bench.run(5_000);
        for (String one : List.of("a", "b")) {
            for (String other : List.of("c", "d")) {
                group.block(one, other);
                group.block(other, one);
            }
        }
        bench.run(6_000);
        group.unblock();
        bench.run(16_000);
        assertThat(wrong(6_249)).isEmpty();
    }

    @Test
    void aLateMemberStartsAtOnceAndDisturbsNobody() {
        seed(20);
        bench.run(1_000);
        fourMembers(2);
        bench.run(8_000);
        member("late", 2, "seed");
        bench.run(700);
        assertThat(Objects.requireNonNull(playing.get("late")).sequences).isNotEmpty();
        bench.run(16_000);
        assertThat(wrong(4_999)).isEmpty();
    }

    @Test
    void aMemberWithoutAnUpstreamFindsOneByTheGroup() {
        seed(15);
        bench.run(1_000);
        fourMembers(2);
        bench.run(3_000);
        member("late", 2);
        bench.run(16_000);
        assertThat(wrong(3_749)).isEmpty();
        assertThat(Objects.requireNonNull(playing.get("late")).sequences).hasSizeGreaterThan(2_000);
    }

    @Test
    void aLosslessStreamLosesNothing() {
        bench.start(bench.seeder(
                        new Counter(6_000, 1_000, true), bench.options("seed").waitingFor(4))
                .at(Pace.none()));
        group.loss(0.02);
        fourMembers(2);
        bench.run(60_000);
        playing.forEach((name, play) -> play.hasExactly(0, 6_000));
        members.values().forEach(one -> assertThat(SwarmBench.isDone(one)).isTrue());
    }
}
