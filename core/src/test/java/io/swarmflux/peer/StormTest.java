package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.link.LoopbackTransport;
import io.swarmflux.peer.SwarmBench.Counter;
import io.swarmflux.segment.Segment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Many small swarms on real threads: who joins, leaves and is killed at any moment leaves nobody hanging. */
class StormTest {
    private final LoopbackTransport net = LoopbackTransport.create();

    private PeerOptions options(String name) {
        return PeerOptions.defaults()
                .named(name)
                .over(net.named("loop:" + name))
                .listeningOn("loop:" + name)
                .lingering(Duration.ofMillis(500));
    }

    private static RunningPeer started(Mono<RunningPeer> start) {
        return Objects.requireNonNull(start.block(Duration.ofSeconds(5)));
    }

    private static Mono<List<Long>> played(RunningPeer peer, int round) {
        Flux<Segment> segments = round % 2 == 0
                ? peer.segments()
                : peer.segments().publishOn(Schedulers.boundedElastic(), 1 + round % 64);
        return segments.map(Segment::sequence).collectList().cache();
    }

    @Test
    void smallLosslessSwarmsAlwaysEndWithEverythingDelivered() {
        for (int round = 0; round < 500; round++) {
            long count = 1 + (round * 7L) % 400;
            RunningPeer seed = started(Seeder.of(SwarmBench.NEWS, new Counter(count, 8 + round, round % 3 != 0))
                    .at(Pace.none())
                    .with(options("seed").waitingFor(2))
                    .start());
            RunningPeer a = started(Peer.of(SwarmBench.NEWS)
                    .upstream("loop:seed")
                    .with(options("a").waitingFor(round % 2))
                    .start());
            Mono<List<Long>> atA = played(a, round);
            atA.subscribe();
            RunningPeer b = started(Peer.of(SwarmBench.NEWS)
                    .upstream("loop:a")
                    .upstream("loop:seed")
                    .with(options("b"))
                    .start());
            List<Long> atB = played(b, round + 1).block(Duration.ofSeconds(20));
            List<Long> all = LongStream.range(0, count).boxed().toList();
            assertThat(atB).as("b in round %s", round).isEqualTo(all);
            assertThat(atA.block(Duration.ofSeconds(20)))
                    .as("a in round %s", round)
                    .isEqualTo(all);
            Mono.when(seed.onDone(), a.onDone(), b.onDone()).block(Duration.ofSeconds(20));
        }
    }

    @Test
    void joiningLeavingAndDyingAtAnyMomentHangsNobody() {
        Random random = new Random(5);
        for (int round = 0; round < 60; round++) {
            RunningPeer seed = started(Seeder.of(SwarmBench.NEWS, new Counter(1_000_000, 200, false))
                    .with(options("seed"))
                    .start());
            List<RunningPeer> running = new ArrayList<>();
            List<Mono<List<Long>>> players = new ArrayList<>();
            String[] names = {"p0", "p1", "p2", "p3", "p4"};
            for (int i = 0; i < names.length; i++) {
                Peer peer = Peer.of(SwarmBench.NEWS).with(options(names[i]));
                peer = peer.upstream("loop:" + names[random.nextInt(names.length)]);
                if (i == 0 || random.nextBoolean()) {
                    peer = peer.upstream("loop:seed");
                }
                RunningPeer one = started(peer.start());
                running.add(one);
                Mono<List<Long>> player = played(one, round);
                player.subscribe();
                players.add(player);
                if (random.nextInt(3) == 0) {
                    running.get(random.nextInt(running.size())).dispose();
                }
            }
            Mono.delay(Duration.ofMillis(random.nextInt(60))).block();
            assertThat(seed.snapshot().block(Duration.ofSeconds(5))).isNotNull();
            List<Mono<Void>> ends = new ArrayList<>();
            for (RunningPeer one : running) {
                one.snapshot().block(Duration.ofSeconds(5));
                ends.add(one.leave());
            }
            ends.add(seed.leave());
            Mono.when(ends).block(Duration.ofSeconds(10));
            for (Mono<List<Long>> player : players) {
                List<Long> got = player.block(Duration.ofSeconds(10));
                assertThat(got).isSorted().doesNotHaveDuplicates();
            }
        }
    }
}
