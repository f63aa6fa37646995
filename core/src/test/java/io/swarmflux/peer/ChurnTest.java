package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.directory.Directories;
import io.swarmflux.directory.DirectoryLimits;
import io.swarmflux.directory.InMemoryDirectory;
import io.swarmflux.flux.Join;
import io.swarmflux.flux.ReaderSpec;
import io.swarmflux.flux.StreamSignal;
import io.swarmflux.peer.SwarmBench.Counter;
import io.swarmflux.segment.Segment;
import io.swarmflux.testing.Acceptance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Peers come and go all the time, half of those who go without a word. They know of each other by a directory alone. */
class ChurnTest {
    private static final int BYTES = 1_000;
    private static final int PER_SECOND = 10;
    private static final Duration DELAY = Duration.ofSeconds(3);

    private final SwarmBench bench = new SwarmBench();
    private final Random random = new Random(17);
    private final InMemoryDirectory directory =
            InMemoryDirectory.create(bench.time, DirectoryLimits.defaults(), random::nextDouble);
    private final Discovery discovery =
            Discovery.in(Directories.merged(directory).on(bench.time, random::nextDouble));
    private final List<Member> present = new ArrayList<>();
    private long played;
    private long missing;
    private long longestAloneMs;
    private int joined;

    /** A peer that plays. */
    private final class Member {
        final RunningPeer peer;
        final String name;
        long aloneMs;
        boolean plays;
        boolean gone;

        Member(String name) {
            this.name = name;
            this.peer =
                    bench.start(bench.peer(options(name).playoutDelay(DELAY)).discovering(discovery));
            peer.signals(ReaderSpec.defaults()
                            .named("player")
                            .joinAt(Join.oldest())
                            .holePatience(DELAY))
                    .subscribe(
                            signal -> {
                                if (gone) {
                                    return; // what was missed on the way out is nobody's
                                }
                                plays = true;
                                if (signal instanceof StreamSignal.Missing<Segment> hole) {
                                    missing += hole.gap().size();
                                } else {
                                    played++;
                                }
                            },
                            failure -> missing += 1_000_000);
        }

        /** Whether nobody serves it, after it has begun. */
        void look(long sinceMs) {
            boolean alone = bench.look(peer).upstreams().stream().noneMatch(PeerSnapshot.Upstream::open);
            aloneMs = alone && plays ? aloneMs + sinceMs : 0;
            longestAloneMs = Math.max(longestAloneMs, aloneMs);
        }

        void leave(boolean silently) {
            gone = true;
            if (silently) {
                bench.way(name).cut();
                bench.time.schedule(peer::dispose, 5, TimeUnit.SECONDS);
            } else {
                peer.leave().subscribe();
            }
        }
    }

    private PeerOptions options(String name) {
        return bench.options(name).within(new PeerOptions.Window(512, 2 << 20, Duration.ofSeconds(10)));
    }

    private double continuity() {
        return (double) played / (played + missing);
    }

    private void join() {
        present.add(new Member("p" + joined++));
    }

    private void churn(int peers, Duration length) {
        bench.start(bench.seeder(
                        new Counter(1_000_000, BYTES, true),
                        options("seed").serving(Serving.defaults().downstreams(20)))
                .at(Pace.rate(8L * BYTES * PER_SECOND))
                .discovering(discovery));
        while (present.size() < peers) {
            join();
            bench.run(50);
        }
        bench.run(Duration.ofSeconds(10));
        int changes = Math.max(1, peers / 20); // a minute
        long everyMs = 60_000 / changes;
        boolean silently = false;
        for (long atMs = 0; atMs < length.toMillis(); atMs += everyMs) {
            present.remove(random.nextInt(present.size())).leave(silently);
            silently = !silently;
            join();
            for (long ranMs = 0; ranMs < everyMs; ranMs += 250) {
                bench.run(250);
                present.forEach(one -> one.look(250));
            }
        }
    }

    @Test
    void hardlyAnythingIsMissingWhilePeersComeAndGo() {
        churn(20, Duration.ofSeconds(45));
        assertThat(continuity()).as(missing + " of " + played).isGreaterThanOrEqualTo(0.999);
        assertThat(longestAloneMs).isLessThanOrEqualTo(2_000);
    }

    @Test
    @Tag("acceptance")
    @Timeout(3600)
    void measuresFiveHundredPeers() {
        churn(500, Duration.ofMinutes(10));
        Acceptance.figure(
                5,
                "churn: 500 simulated peers through one directory, 5 % leave and join each minute for 10 minutes, half by kill",
                "continuity >= 0.999, nobody without upstream > 2 s",
                String.format(
                        Locale.ROOT,
                        "continuity %.5f (%,d of %,d segments missing), longest without upstream %d ms",
                        continuity(),
                        missing,
                        played + missing,
                        longestAloneMs),
                continuity() >= 0.999 && longestAloneMs <= 2_000);
    }
}
