package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.flux.Join;
import io.swarmflux.flux.ReaderSpec;
import io.swarmflux.flux.StreamSignal;
import io.swarmflux.link.LinkConditions;
import io.swarmflux.peer.SwarmBench.Counter;
import io.swarmflux.segment.Segment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Upstreams share the work, and losing some of them costs nothing. 62.5 segments a second, 8 Mbit/s, in virtual time. */
class MeshTest {
    private static final long RATE = 8_000_000;
    private static final int BYTES = 16_000;

    private final SwarmBench bench = new SwarmBench();
    private final List<RunningPeer> relays = new ArrayList<>();
    private final List<RunningPeer> players = new ArrayList<>();
    private final List<Watched> watched = new ArrayList<>();

    /** What a player with a deadline saw. */
    private static final class Watched {
        long played;
        long missing;
    }

    private Watched watch(RunningPeer peer) {
        return watch(peer, Duration.ofSeconds(1));
    }

    private Watched watch(RunningPeer peer, Duration patience) {
        Watched seen = new Watched();
        ReaderSpec spec =
                ReaderSpec.defaults().named("player").joinAt(Join.oldest()).holePatience(patience);
        peer.signals(spec)
                .subscribe(
                        signal -> {
                            if (signal instanceof StreamSignal.Missing<Segment> missing) {
                                seen.missing += missing.gap().size();
                            } else {
                                seen.played++;
                            }
                        },
                        failure -> seen.missing = Long.MAX_VALUE);
        return seen;
    }

    private void seed(String name) {
        bench.start(bench.seeder(new Counter(1_000_000, BYTES, true), bench.options(name))
                .inEpoch(7)
                .at(Pace.rate(RATE)));
    }

    /** One seeder, three relays, four players with three upstreams each. */
    private void mesh() {
        seed("seed");
        for (int i = 1; i <= 3; i++) {
            relays.add(bench.start(bench.peer(bench.options("relay" + i), "seed")));
        }
        for (int i = 1; i <= 4; i++) {
            players.add(bench.start(bench.peer(bench.bare("player" + i), "relay1", "relay2", "relay3")));
            watched.add(watch(players.get(i - 1)));
        }
        bench.run(Duration.ofSeconds(10));
    }

    private Map<String, Long> received(RunningPeer peer) {
        return bench.look(peer).upstreams().stream()
                .collect(Collectors.toMap(PeerSnapshot.Upstream::peer, PeerSnapshot.Upstream::segments));
    }

    private void nothingIsMissing(long least) {
        assertThat(watched).allSatisfy(seen -> {
            assertThat(seen.missing).isZero();
            assertThat(seen.played).isGreaterThan(least);
        });
    }

    @Test
    void eachSegmentComesOnceAndEachUpstreamBringsAShare() {
        mesh();
        List<PeerSnapshot> before = players.stream().map(bench::look).toList();
        bench.run(Duration.ofSeconds(20));
        nothingIsMissing(1_700);
        for (int i = 0; i < players.size(); i++) {
            PeerSnapshot.Window was = before.get(i).window();
            PeerSnapshot.Window is = bench.look(players.get(i)).window();
            long fresh = is.accepted() - was.accepted();
            assertThat(is.duplicates() - was.duplicates()).isLessThanOrEqualTo(fresh / 100);
            Map<String, Long> then = before.get(i).upstreams().stream()
                    .collect(Collectors.toMap(PeerSnapshot.Upstream::peer, PeerSnapshot.Upstream::segments));
            received(players.get(i)).forEach((name, segments) -> assertThat(segments - then.getOrDefault(name, 0L))
                    .as("brought by " + name)
                    .isGreaterThan(fresh / 10));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"silence", "close"})
    void losingOneRelayAndThenAnotherIsNotNoticed(String how) {
        mesh();
        for (int i = 0; i < 2; i++) {
            if (how.equals("silence")) {
                bench.way("relay" + (i + 1)).cut();
            } else {
                relays.get(i).dispose();
            }
            bench.run(Duration.ofSeconds(10));
        }
        nothingIsMissing(1_700);
        players.forEach(
                peer -> assertThat(bench.look(peer).window().duplicates()).isLessThan(60));
    }

    @Test
    void twoSeedersOfOneEpochAreInterchangeable() {
        seed("a");
        seed("b");
        RunningPeer peer = bench.start(bench.peer(bench.bare("peer"), "a", "b"));
        watched.add(watch(peer));
        bench.run(Duration.ofSeconds(10));
        assertThat(received(peer).values()).allMatch(segments -> segments > 100);
        bench.way("a").cut();
        bench.run(Duration.ofSeconds(10));
        nothingIsMissing(1_150);
        assertThat(bench.look(peer).conflicts()).isZero();
    }

    @Test
    void theShareOfAThrottledUpstreamFalls() {
        seed("seed");
        for (int i = 1; i <= 2; i++) {
            bench.start(bench.peer(bench.options("relay" + i), "seed"));
        }
        RunningPeer peer = bench.start(bench.peer(bench.bare("player"), "relay1", "relay2"));
        watched.add(watch(peer, Duration.ofSeconds(2)));
        bench.run(Duration.ofSeconds(10));
        bench.way("relay1")
                .conditions(LinkConditions.perfect().rate(RATE / 2).delay(Duration.ofMillis(1), Duration.ZERO));
        bench.run(Duration.ofSeconds(10));
        Map<String, Long> before = received(peer);
        bench.run(Duration.ofSeconds(10));
        Map<String, Long> after = received(peer);
        long slow = after.getOrDefault("relay1", 0L) - before.getOrDefault("relay1", 0L);
        long fast = after.getOrDefault("relay2", 0L) - before.getOrDefault("relay2", 0L);
        assertThat(slow).isLessThan(fast * 3 / 4);
        assertThat(watched.get(0).missing).isZero();
        assertThat(watched.get(0).played).isGreaterThan(1_700);
    }

    @Test
    void aLimitedUploadIsKeptAndSharedOutEqually() {
        long cap = 10_000_000;
        bench.start(bench.seeder(
                        new Counter(1_000_000, BYTES, true),
                        bench.options("seed").serving(Serving.defaults().upload(cap)))
                .at(Pace.rate(10_000_000)));
        List<RunningPeer> takers = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            takers.add(bench.start(bench.peer(bench.bare("taker" + i), "seed")));
        }
        bench.run(Duration.ofSeconds(5));
        for (int window = 0; window < 4; window++) {
            List<Long> before = takers.stream().map(this::bytes).toList();
            bench.run(Duration.ofSeconds(5));
            List<Long> shares = new ArrayList<>();
            for (int i = 0; i < takers.size(); i++) {
                shares.add(bytes(takers.get(i)) - before.get(i));
            }
            double sent = shares.stream().mapToLong(Long::longValue).sum() * 8 / 5.0;
            assertThat(sent).isBetween(cap * 0.98, cap * 1.02);
            assertThat(shares)
                    .allSatisfy(share -> assertThat(share * 3.0 * 8 / 5).isBetween(sent * 0.9, sent * 1.1));
        }
    }

    private long bytes(RunningPeer taker) {
        return bench.look(taker).upstreams().stream()
                .mapToLong(PeerSnapshot.Upstream::bytes)
                .sum();
    }
}
