package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.link.LoopbackGroup;
import io.swarmflux.peer.SwarmBench.Counter;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A whole LAN takes the stream in once, in virtual time. */
class IslandTest {
    private static final PeerOptions.Window SMALL = new PeerOptions.Window(256, 2 << 20, Duration.ofSeconds(10));

    private final IslandBench island = new IslandBench();
    private final SwarmBench bench = island.bench;
    private final LoopbackGroup group = island.group;

    @Test
    void takesTheStreamInOnceAndEverybodyPlaysAllOfIt() {
        RunningPeer seed = island.seed(20);
        bench.run(1_000);
        island.fourMembers(2);
        bench.run(24_000);
        assertThat(island.wrong(4_999)).isEmpty();
        assertThat(island.copies(seed)).isLessThan(1.05);
    }

    @Test
    void takesAStreamInOnceForWhichAllHaveWaited() {
        RunningPeer seed = bench.start(bench.seeder(
                        new Counter(2_500, 2_000, true), bench.options("seed").waitingFor(4))
                .at(Pace.rate(250 * 2_000 * 8)));
        island.fourMembers(4);
        bench.run(14_000);
        island.playing.forEach((name, play) -> play.hasExactly(0, 2_500));
        assertThat(island.copies(seed)).isLessThan(1.05);
    }

    @Test
    void aSeederThatIsAMemberFeedsTheGroupItself() {
        RunningPeer seed = bench.start(bench.seeder(new Counter(2_500, 2_000, true), bench.options("seed"))
                .at(Pace.rate(250 * 2_000 * 8))
                .island(Island.of(bench.net.named("seed"), IslandBench.LAN)));
        for (String name : List.of("a", "b", "c")) {
            island.member(name, 2);
            bench.run(50);
        }
        bench.run(14_000);
        assertThat(island.wrong(2_499)).isEmpty();
        assertThat(island.copies(seed)).isLessThan(0.2);
        assertThat(Objects.requireNonNull(bench.look(seed).group()).sent()).isGreaterThan(2_300);
    }

    @Test
    void aSeederThatIsAMemberWaitsForTheOthers() {
        bench.start(bench.seeder(
                        new Counter(2_500, 2_000, true), bench.options("seed").waitingFor(3))
                .at(Pace.rate(250 * 2_000 * 8))
                .island(Island.of(bench.net.named("seed"), IslandBench.LAN)));
        for (String name : List.of("a", "b", "c")) {
            island.member(name, 2);
            bench.run(50);
        }
        bench.run(14_000);
        island.playing.forEach((name, play) -> play.hasExactly(0, 2_500));
    }

    /** What was sent before it heard anything comes over links, in time. */
    @Test
    void getsTheBeginningThatItDidNotHear() {
        bench.start(bench.seeder(
                        new Counter(2_500, 2_000, true), bench.options("seed").waitingFor(4))
                .at(Pace.rate(250 * 2_000 * 8)));
        bench.run(100);
        for (String name : List.of("a", "b", "c")) {
            island.member(name, 1, "seed");
            bench.run(50);
        }
        bench.run(1_000);
        island.member("d", 1, "seed");
        bench.run(395);
        group.block("*", "d");
        bench.run(300);
        group.unblock();
        bench.run(13_000);
        island.playing.forEach((name, play) -> play.hasExactly(0, 2_500));
    }

    @Test
    void losesNothingAtFivePercentLossEach() {
        RunningPeer seed = island.seed(20);
        bench.run(1_000);
        group.loss(0.05);
        island.fourMembers(2);
        bench.run(24_000);
        assertThat(island.wrong(4_999)).isEmpty();
        assertThat(island.copies(seed)).isLessThan(1.1);
    }

    @Test
    void replacesAGatewayThatVanishes() {
        RunningPeer seed = island.seed(20);
        bench.run(1_000);
        island.fourMembers(1);
        bench.run(8_000);
        String gateway = island.gateway();
        island.vanish(gateway);
        bench.run(16_000);
        island.playing.remove(gateway);
        assertThat(island.wrong(4_999)).isEmpty();
        assertThat(island.copies(seed)).isLessThan(1.15);
    }

    @Test
    void replacesAGatewayWhoseUplinkIsDead() {
        RunningPeer seed = island.seed(20);
        bench.run(1_000);
        island.fourMembers(1);
        bench.run(8_000);
        bench.way(island.gateway()).cut("loop:seed");
        bench.run(16_000);
        assertThat(island.wrong(4_999)).isEmpty();
        assertThat(island.copies(seed)).isLessThan(1.15);
    }

    @Test
    void playsOverLinksWhereMulticastIsBlockedAndComesBack() {
        island.seed(30);
        bench.run(1_000);
        island.fourMembers(1);
        bench.run(5_000);
        String gateway = island.gateway();
        String other = island.members.keySet().stream()
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
        long before = island.fromGroup(other);
        bench.run(1_000);
        assertThat(island.fromGroup(other)).isGreaterThan(before + 200);
        bench.run(6_000);
        assertThat(island.wrong(7_499)).isEmpty();
    }

    @Test
    void bothHalvesOfAPartedIslandPlayOnAndHeal() {
        island.seed(25);
        bench.run(1_000);
        island.fourMembers(2);
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
        assertThat(island.wrong(6_249)).isEmpty();
    }

    @Test
    void aLateMemberStartsAtOnceAndDisturbsNobody() {
        island.seed(20);
        bench.run(1_000);
        island.fourMembers(2);
        bench.run(8_000);
        island.member("late", 2, "seed");
        bench.run(700);
        assertThat(island.played("late").sequences).isNotEmpty();
        bench.run(16_000);
        assertThat(island.wrong(4_999)).isEmpty();
    }

    @Test
    void aMemberWithoutAnUpstreamFindsOneByTheGroup() {
        island.seed(15);
        bench.run(1_000);
        island.fourMembers(2);
        bench.run(3_000);
        island.member("late", 2);
        bench.run(16_000);
        assertThat(island.wrong(3_749)).isEmpty();
        assertThat(island.played("late").sequences).hasSizeGreaterThan(2_000);
    }

    @Test
    void aLosslessStreamLosesNothing() {
        bench.start(lossless(6_000, 1_000, 4));
        group.loss(0.02);
        island.fourMembers(2);
        bench.run(60_000);
        island.playing.forEach((name, play) -> play.hasExactly(0, 6_000));
        island.members.values().forEach(one -> assertThat(SwarmBench.isDone(one))
                .isTrue());
    }

    /** As fast as it can be. */
    private Seeder lossless(int count, int bytes, int waitingFor) {
        return bench.seeder(
                        new Counter(count, bytes, true), bench.options("seed").waitingFor(waitingFor))
                .at(Pace.none());
    }

    /** The same in the island itself, running. */
    private RunningPeer losslessInside(int count, int bytes, int waitingFor) {
        return bench.start(
                lossless(count, bytes, waitingFor).island(Island.of(bench.net.named("seed"), IslandBench.LAN)));
    }

    /** Somebody outside who takes the stream from a member, and plays no more than is asked for here. */
    private SwarmBench.Playing slowBehind(String member, PeerOptions.Window window, long demand) {
        return bench.play(bench.start(bench.peer(bench.bare("slow").within(window), member)), demand);
    }

    /** What comes while somebody downstream holds the window has no room in it, and is asked for again when there is. */
    @Test
    void aLosslessStreamGoesOnAfterAWindowThatWasHeld() {
        losslessInside(5_000, 200, 1);
        island.member(bench.options("a").within(SMALL), "a", 1, "seed");
        SwarmBench.Playing playing = slowBehind("a", SMALL, 100);
        bench.run(4_000);
        assertThat(playing.sequences).hasSize(100);
        assertThat(island.played("a").last()).isLessThan(1_000);
        playing.request(Long.MAX_VALUE);
        bench.run(20_000);
        playing.hasExactly(0, 5_000);
        island.played("a").hasExactly(0, 5_000);
    }

    /** As before, with segments of which the bytes of a window hold fewer than it has slots. */
    @Test
    void whatTheBytesOfAHeldWindowHaveNoRoomForIsNotAskedForInVain() {
        PeerOptions.Window small = new PeerOptions.Window(1_024, 2 << 20, Duration.ofSeconds(10));
        losslessInside(1_000, 10_000, 1);
        RunningPeer member = island.member(bench.options("a").within(small), "a", 1, "seed");
        SwarmBench.Playing playing = slowBehind("a", small, 20);
        bench.run(3_000);
        long asked = island.look("a").asked();
        bench.run(3_000);
        assertThat(bench.look(member).window().next()).isLessThan(500);
        assertThat(island.look("a").asked() - asked).isLessThan(200);
        playing.request(Long.MAX_VALUE);
        bench.run(20_000);
        playing.hasExactly(0, 1_000);
        island.played("a").hasExactly(0, 1_000);
    }

    /** A gateway that goes while a member has no room: the next one must say that what that member lacks was sent. */
    @Test
    void aLosslessStreamGoesOnWhenItsGatewayGoesWhileAMemberIsBehind() {
        bench.start(lossless(6_000, 200, 2));
        island.member(bench.options("a").within(SMALL), "a", 1, "seed");
        island.member(bench.options("b").within(SMALL), "b", 1, "seed");
        island.member(bench.options("c").within(SMALL), "c", 1);
        SwarmBench.Playing playing = slowBehind("c", SMALL, 100);
        bench.run(3_000);
        String gateway = island.gateway();
        assertThat(gateway).isNotEqualTo("c");
        island.vanish(gateway);
        island.playing.remove(gateway);
        bench.run(2_000);
        playing.request(Long.MAX_VALUE);
        bench.run(30_000);
        playing.hasExactly(0, 6_000);
        island.playing.forEach((name, play) -> play.hasExactly(0, 6_000));
    }

    /** What a member lost and the last gateway did not say that it had sent, the next one has to say. */
    @Test
    void whatWasSentLastBeforeAGatewayWentIsAskedForToo() {
        RunningPeer seed = bench.start(
                bench.seeder(new Counter(500, 200, true), bench.options("seed").waitingFor(2))
                        .at(Pace.rate(250 * 200 * 8)));
        island.member("a", 1, "seed");
        island.member("b", 1, "seed");
        island.member("c", 1);
        while (bench.look(seed).window().edge() < 490) {
            bench.run(4);
        }
        group.block("*", "c");
        bench.run(80);
        assertThat(bench.look(island.of("b")).window().next()).isEqualTo(500);
        String gateway = island.gateway();
        island.vanish(gateway);
        island.playing.remove(gateway);
        group.unblock();
        group.block("*", gateway);
        group.block(gateway, "*");
        assertThat(bench.look(island.of("c")).window().next()).isLessThan(495);
        bench.run(4_000);
        island.playing.forEach((name, play) -> play.hasExactly(0, 500));
    }

    /** Whoever feeds the group waits for everybody in it, whatever links they have to each other. */
    @ParameterizedTest
    @ValueSource(strings = {"h", "i", "j"})
    void aLosslessGatewayWaitsForTheSlowestMember(String slowest) {
        bench.start(lossless(6_000, 200, 1));
        for (String name : List.of("b", "c", "d", "e", "f", "g")) {
            island.member(bench.options(name).within(SMALL), name, 1);
        }
        PeerOptions options = bench.options(slowest).within(SMALL);
        RunningPeer slow =
                bench.start(bench.peer(options).island(Island.of(bench.net.named(slowest), IslandBench.LAN)));
        SwarmBench.Playing playing = bench.play(slow, 100);
        bench.run(1_000);
        island.member(bench.options("a").within(SMALL), "a", 1, "seed");
        bench.run(4_000);
        playing.request(Long.MAX_VALUE);
        bench.run(20_000);
        playing.hasExactly(0, 6_000);
        island.playing.forEach((name, play) -> play.hasExactly(0, 6_000));
    }

    /** A seeder as fast as it can be has a window full of segments before it knows that it feeds the group. */
    @Test
    void aLosslessSeederGivesTheGroupWhatItHadBefore() {
        RunningPeer seed = losslessInside(5_000, 200, 3);
        for (String name : List.of("a", "b", "c")) {
            island.member(name, 2, "seed");
        }
        bench.run(4_000);
        island.playing.forEach((name, play) -> play.hasExactly(0, 5_000));
        assertThat(island.copies(seed)).isLessThan(0.2);
    }

    @Test
    void aLosslessStreamGoesOnAfterMoreLossesThanAreWatched() {
        bench.start(lossless(20_000, 200, 2));
        group.loss(0.3);
        island.member("a", 1, "seed");
        island.member("b", 1, "seed");
        bench.run(5_000);
        group.loss(0);
        bench.run(60_000);
        island.playing.forEach((name, play) -> play.hasExactly(0, 20_000));
    }
}
