package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.flux.Join;
import io.swarmflux.flux.ReaderSpec;
import io.swarmflux.flux.StreamSignal;
import io.swarmflux.link.Link;
import io.swarmflux.peer.SwarmBench.Counter;
import io.swarmflux.peer.SwarmBench.Playing;
import io.swarmflux.segment.Segment;
import io.swarmflux.wire.FrameReader;
import io.swarmflux.wire.Message;
import io.swarmflux.wire.MessageCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who finds no place is sent elsewhere, and who leaves hands over. 62.5 segments a second, 8 Mbit/s, in virtual time. */
class RedirectTest {
    private static final long RATE = 8_000_000;
    private static final int BYTES = 16_000;

    private final SwarmBench bench = new SwarmBench();

    /** What a player with a deadline saw. */
    private static final class Watched {
        long played;
        long missing;

        void nothingIsMissing(long least) {
            assertThat(missing).isZero();
            assertThat(played).isGreaterThan(least);
        }
    }

    private RunningPeer seed(int downstreams) {
        return bench.start(bench.seeder(
                        new Counter(1_000_000, BYTES, true),
                        bench.options("seed").serving(Serving.defaults().downstreams(downstreams)))
                .at(Pace.rate(RATE)));
    }

    private RunningPeer relay(String name, int downstreams, String... upstreams) {
        return bench.start(
                bench.peer(bench.options(name).serving(Serving.defaults().downstreams(downstreams)), upstreams));
    }

    private static Watched watch(RunningPeer peer) {
        Watched seen = new Watched();
        ReaderSpec spec =
                ReaderSpec.defaults().named("player").joinAt(Join.oldest()).holePatience(Duration.ofSeconds(1));
        peer.signals(spec)
                .subscribe(
                        signal -> {
                            if (signal instanceof StreamSignal.Missing<Segment> hole) {
                                seen.missing += hole.gap().size();
                            } else {
                                seen.played++;
                            }
                        },
                        failure -> seen.missing = Long.MAX_VALUE);
        return seen;
    }

    private List<String> servedBy(RunningPeer peer) {
        return bench.look(peer).downstreams().stream()
                .filter(PeerSnapshot.Downstream::open)
                .map(PeerSnapshot.Downstream::peer)
                .toList();
    }

    @Test
    void whoFindsNoPlacePlaysFromThoseWhoHaveOne() {
        RunningPeer seed = seed(1);
        RunningPeer relay = relay("relay", 10, "seed");
        bench.run(Duration.ofSeconds(3));
        Watched newcomer = watch(relay("newcomer", 10, "seed"));
        bench.run(Duration.ofSeconds(2));
        assertThat(newcomer.played).isPositive();
        bench.run(Duration.ofSeconds(20));
        newcomer.nothingIsMissing(1_200);
        assertThat(servedBy(seed)).containsExactly("relay");
        assertThat(servedBy(relay)).containsExactly("newcomer");
    }

    @Test
    void aCrowdFindsItsPlacesInATree() {
        seed(2);
        List<Watched> crowd = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            crowd.add(watch(relay("peer" + i, 2, "seed")));
            bench.run(200);
        }
        bench.run(Duration.ofSeconds(20));
        List<Long> before = crowd.stream().map(one -> one.played).toList();
        bench.run(Duration.ofSeconds(10));
        for (int i = 0; i < crowd.size(); i++) {
            assertThat(crowd.get(i).played - before.get(i)).as("peer" + i).isGreaterThan(600);
        }
    }

    @Test
    void whoCanGoElsewhereGoesForWhoHasNoPath() {
        RunningPeer seed = seed(2);
        RunningPeer relay = relay("relay", 1, "seed");
        bench.run(Duration.ofSeconds(2));
        Watched free = watch(bench.start(bench.peer(bench.bare("free"), "seed", "relay")));
        bench.run(Duration.ofSeconds(5));
        assertThat(servedBy(seed)).contains("free");
        Watched bound = watch(bench.start(bench.peer(bench.bare("bound"), "seed")));
        bench.run(Duration.ofSeconds(5));
        List<String> served = new ArrayList<>(servedBy(seed));
        served.addAll(servedBy(relay));
        assertThat(served).containsExactlyInAnyOrder("relay", "free", "bound"); // at whichever it is that let it go
        bench.run(Duration.ofSeconds(5));
        bound.nothingIsMissing(400);
        free.nothingIsMissing(900);
    }

    @Test
    void whoTakesNothingMakesRoomForWhoHasNoPath() {
        RunningPeer seed = seed(2);
        bench.start(bench.peer(bench.bare("taker"), "seed"));
        Stranger idle = idle("idle");
        bench.run(Duration.ofSeconds(3));
        assertThat(servedBy(seed)).containsExactlyInAnyOrder("taker", "idle");
        Stranger other = idle("other"); // has a path as well: it is refused
        bench.run(100);
        assertThat(other.heard(Message.Refused.class)).singleElement().satisfies(no -> assertThat(no.reason())
                .isEqualTo(Message.RefuseReason.FULL));
        Watched newcomer = watch(bench.start(bench.peer(bench.bare("newcomer"), "seed")));
        bench.run(500);
        assertThat(newcomer.played).isPositive();
        assertThat(servedBy(seed)).containsExactlyInAnyOrder("taker", "newcomer");
        assertThat(idle.heard(Message.Refused.class)).hasSize(1);
    }

    /** Somebody who subscribes to the seeder for announcements only. */
    private Stranger idle(String name) {
        return Stranger.dialling(bench.net.named("loop:" + name), "loop:seed", bench::run)
                .awake()
                .greet(name)
                .say(new Message.Subscribe(
                        1, SwarmBench.NEWS, -1, -1, Message.Start.NATURAL, 0, 0, 64, 1 << 20, false));
    }

    @Test
    void aRelayThatLeavesIsNotMissed() {
        seed(10);
        RunningPeer leaving = relay("leaving", 10, "seed");
        relay("other", 10, "seed");
        bench.run(Duration.ofSeconds(3));
        Watched both = watch(bench.start(bench.peer(bench.bare("both"), "leaving", "other")));
        RunningPeer player = bench.start(bench.peer(bench.bare("bound"), "leaving"));
        Watched bound = watch(player);
        bench.run(Duration.ofSeconds(5));
        leaving.leave().subscribe();
        bench.run(Duration.ofMillis(300));
        assertThat(SwarmBench.isDone(leaving)).isFalse();
        bench.run(Duration.ofMillis(900));
        assertThat(SwarmBench.isDone(leaving)).isTrue();
        bench.run(Duration.ofSeconds(5));
        both.nothingIsMissing(600);
        bound.nothingIsMissing(600);
        assertThat(bench.look(player).window().duplicates()).isLessThan(20);
        assertThat(bench.told("bound", PeerEvent.LinkUp.class))
                .extracting(PeerEvent.LinkUp::peer)
                .containsExactly("leaving", "seed");
    }

    @Test
    void nothingOfALosslessStreamIsLostWhenARelayLeaves() {
        bench.start(bench.seeder(
                        new Counter(4_000, 1_000, false), bench.options("seed").waitingFor(1))
                .at(Pace.rate(RATE / 2)));
        RunningPeer leaving = bench.start(bench.peer(bench.options("leaving").waitingFor(1), "seed"));
        Playing player = bench.play(bench.start(bench.peer(bench.bare("player"), "leaving")));
        bench.run(Duration.ofSeconds(3));
        leaving.leave().subscribe();
        bench.run(Duration.ofSeconds(30));
        assertThat(SwarmBench.isDone(leaving)).isTrue();
        player.hasExactly(0, 4_000);
        assertThat(player.over).isTrue();
    }

    @Test
    void whoLosesTheRelayItWasSentToIsLetInWhereTheRelayWas() {
        RunningPeer seed = seed(1);
        RunningPeer relay = relay("relay", 10, "seed");
        bench.run(Duration.ofSeconds(3));
        Watched newcomer = watch(relay("newcomer", 10, "seed"));
        bench.run(Duration.ofSeconds(5));
        relay.leave().subscribe();
        bench.run(Duration.ofSeconds(10));
        newcomer.nothingIsMissing(700);
        assertThat(servedBy(seed)).containsExactly("newcomer");
    }

    @Test
    void whoWasFoundByRedirectIsLetGoWhenTheGivenUpstreamServes() {
        RunningPeer seed = seed(2);
        RunningPeer relay = relay("relay", 10, "seed");
        RunningPeer taker = bench.start(bench.peer(bench.bare("taker"), "seed"));
        bench.run(Duration.ofSeconds(3));
        Watched newcomer = watch(relay("newcomer", 10, "seed"));
        bench.run(Duration.ofSeconds(5));
        assertThat(servedBy(relay)).containsExactly("newcomer");
        taker.dispose();
        bench.run(Duration.ofSeconds(10));
        assertThat(servedBy(seed)).containsExactlyInAnyOrder("relay", "newcomer");
        bench.run(Duration.ofSeconds(15));
        assertThat(servedBy(relay)).isEmpty();
        bench.run(Duration.ofSeconds(10));
        newcomer.nothingIsMissing(2_200);
    }

    // ------------------------------------------------------------------ hostile neighbours

    /** Somebody who serves nobody, and names addresses for ever. */
    private final class Liar {
        final List<String> named;
        int dialled;

        Liar(String address, List<String> named) {
            this.named = named;
            bench.net.listen(address, this::accept).subscribe();
        }

        private void accept(Link link) {
            dialled++;
            String name = "liar" + link.hashCode();
            FrameReader reader =
                    new FrameReader(Segment.MAX_ENCODED_BYTES, (number, epoch, sequence, bytes) -> SwarmBench.NEWS);
            link.receive().subscribe(frame -> {
                Message message = reader.read(frame);
                if (message instanceof Message.Hello hello) {
                    say(link, new Message.Hello(1, 1, 0, name, link.hashCode(), 65_536, Segment.MAX_ENCODED_BYTES, ""));
                    say(link, new Message.Welcome(1, hello.instance()));
                } else if (message instanceof Message.Subscribe asked) {
                    say(link, new Message.Refused(asked.number(), Message.RefuseReason.FULL, ""));
                    for (int i = 0; i < named.size(); i += 8) {
                        List<Message.Address> some = named.subList(i, Math.min(named.size(), i + 8)).stream()
                                .map(one -> new Message.Address("at " + one, one))
                                .toList();
                        say(link, new Message.Redirect(asked.number(), some));
                    }
                }
            });
        }

        private void say(Link link, Message message) {
            link.send(MessageCodec.encode(message));
        }
    }

    private List<int[]> doors(String prefix, int count, List<String> named) {
        List<int[]> knocks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int[] knocked = {0};
            knocks.add(knocked);
            named.add(prefix + i);
            bench.net
                    .listen(prefix + i, link -> {
                        knocked[0]++;
                        link.dispose();
                    })
                    .subscribe();
        }
        return knocks;
    }

    @Test
    void whoRedirectsForEverHasFourAddressesDialledInASecondAndEachOnceInAMinute() {
        List<String> named = new ArrayList<>();
        List<int[]> knocks = doors("loop:door", 200, named);
        new Liar("loop:liar", named);
        bench.start(bench.peer(bench.bare("victim"), "liar"));
        long before = 0;
        for (int second = 0; second < 50; second++) {
            bench.run(Duration.ofSeconds(1));
            long now = knocks.stream().mapToLong(one -> one[0]).sum();
            assertThat(now - before).isLessThanOrEqualTo(8); // of two seconds that overlap this one
            assertThat(now).isLessThanOrEqualTo(4L * (second + 1) + 4);
            before = now;
        }
        assertThat(before).isGreaterThan(60);
        assertThat(knocks).allSatisfy(one -> assertThat(one[0]).isLessThanOrEqualTo(1));
    }

    @Test
    void threeRedirectsAreFollowedInARow() {
        List<Liar> chain = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            chain.add(new Liar("loop:liar" + i, List.of("loop:liar" + (i + 1))));
        }
        bench.start(bench.peer(bench.bare("victim"), "liar0"));
        bench.run(Duration.ofSeconds(30));
        assertThat(chain).extracting(one -> one.dialled).containsExactly(1, 1, 1, 1, 0, 0);
    }

    @Test
    void addressesOfThisHostAndThisNetworkAreTakenFromNeighboursThereOnly() {
        List<String> named = new ArrayList<>();
        List<int[]> near = doors("192.168.0.7:900", 4, named);
        near.addAll(doors("127.0.0.1:900", 4, named));
        near.addAll(doors("[fe80::1]:900", 4, named));
        new Liar("203.0.113.5:9000", named);
        RunningPeer victim =
                bench.start(Peer.of(SwarmBench.NEWS).with(bench.bare("victim")).upstream("203.0.113.5:9000"));
        bench.run(Duration.ofSeconds(10));
        assertThat(near).allSatisfy(one -> assertThat(one[0]).isZero());
        victim.dispose();
        new Liar("192.168.0.5:9000", named);
        bench.start(Peer.of(SwarmBench.NEWS).with(bench.bare("neighbour")).upstream("192.168.0.5:9000"));
        bench.run(Duration.ofSeconds(10));
        assertThat(near.subList(0, 4)).allSatisfy(one -> assertThat(one[0]).isEqualTo(1));
        assertThat(near.subList(4, 12)).allSatisfy(one -> assertThat(one[0]).isZero());
    }
}
