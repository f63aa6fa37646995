package io.swarmflux.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.swarm.Claims.Change;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Several members that exchange heartbeats and beacons which get lost, while some are parted, stop, freeze and lose their upstreams. When
 * that is over all agree, and nothing moves any more.
 */
class ClaimsAgreementTest {
    private static final long MS = 1_000_000L;
    private static final int K = 8;
    private static final long ALL = (1L << K) - 1;
    private static final double LOSS = 0.1;

    private final List<Host> hosts = new ArrayList<>();
    private final Map<Long, Host> byNumber = new HashMap<>();
    private int changes;

    /** One of them, with whatever it says. */
    private final class Host {
        final long number;
        final Claims claims;
        final long phaseMs;
        final long[] edge = new long[K];
        int side;
        boolean dead;
        long frozenUntilMs;
        boolean uplink = true;

        Host(long number, int gateways, long nowMs, long phaseMs) {
            this.number = number;
            this.claims = new Claims(number, gateways, K, nowMs * MS);
            this.phaseMs = phaseMs;
        }

        boolean runs(long nowMs) {
            return !dead && nowMs >= frozenUntilMs;
        }

        void step(long nowMs, Random random) {
            claims.outside(uplink ? ALL : 0);
            if (uplink) {
                claims.exists(nowMs);
            }
            for (int i = 0; i < K; i++) {
                edge[i] = uplink ? nowMs : edge[i];
                if (claims.holder(i) == number) {
                    claims.sent(i, edge[i]);
                }
            }
            List<Change> changed = claims.plan(nowMs * MS);
            changes += changed.size();
            if (!changed.isEmpty() || nowMs % 100 == phaseMs) {
                hosts.stream().filter(to -> hears(to, nowMs, random)).forEach(to -> heartbeat(to, nowMs));
            }
            if (claims.claimedBy(number) != 0) { // the chunks of what it feeds
                hosts.stream().filter(to -> hears(to, nowMs, random)).forEach(to -> {
                    to.claims.feeds(number, nowMs * MS);
                    for (int i = 0; i < K; i++) {
                        if (claims.holder(i) == number && to.claims.holder(i) == number) {
                            to.claims.sent(i, edge[i]);
                        }
                    }
                });
            }
            if (nowMs % 250 == phaseMs) {
                hosts.stream()
                        .filter(to -> hears(to, nowMs, random))
                        .forEach(to -> to.claims.couldBring(number, claims.offers(nowMs * MS), nowMs * MS));
            }
        }

        private boolean hears(Host to, long nowMs, Random random) {
            return to != this && to.side == side && to.runs(nowMs) && random.nextDouble() >= LOSS;
        }

        private void heartbeat(Host to, long nowMs) {
            long mask = claims.claimedBy(number);
            to.claims.feeds(number, nowMs * MS);
            for (int i = 0; i < K; i++) {
                if ((mask & 1L << i) != 0) {
                    changes += to.claims.claimed(number, i, claims.term(i), edge[i], nowMs * MS) ? 1 : 0;
                }
            }
            to.claims.claimsOnly(number, mask, nowMs * MS);
        }
    }

    private void run(long fromMs, long untilMs, Random random) {
        for (long now = fromMs; now < untilMs; now += 10) {
            for (Host host : hosts) {
                if (host.runs(now)) {
                    host.step(now, random);
                }
            }
        }
    }

    private static LongStream seeds() {
        return LongStream.range(0, 60);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void allAgreeWhenItIsQuietAgain(long seed) {
        Random random = new Random(seed);
        int gateways = 1 + random.nextInt(4);
        int size = 2 + random.nextInt(6);
        for (int i = 0; i < size; i++) {
            Host host = new Host(1 + random.nextInt(1_000_000), gateways, 0, random.nextInt(10) * 10L);
            hosts.add(host);
            byNumber.put(host.number, host);
        }
        long now = 0;
        for (int event = 0; event < 12; event++) {
            Host host = hosts.get(random.nextInt(size));
            long lasts = 10L * (1 + random.nextInt(200));
            switch (random.nextInt(4)) {
                case 0 -> hosts.forEach(one -> one.side = random.nextInt(2));
                case 1 -> host.frozenUntilMs = now + lasts;
                case 2 -> host.uplink = !host.uplink;
                default -> {
                    if (hosts.stream().filter(one -> !one.dead).count() > 2) {
                        host.dead = true;
                    }
                }
            }
            run(now, now + lasts, random);
            now += lasts;
        }
        hosts.forEach(one -> one.side = 0);
        hosts.stream().filter(one -> !one.dead).findFirst().orElseThrow().uplink = true;
        // a rest, and the sharing out of every sub-stream by somebody who has all of them
        run(now, now + 70_000, random);
        now += 70_000;

        changes = 0;
        run(now, now + 20_000, random);
        now += 20_000;
        List<Host> alive = hosts.stream().filter(one -> !one.dead).toList();
        for (int i = 0; i < K; i++) {
            long holder = alive.get(0).claims.holder(i);
            for (Host host : alive) {
                assertThat(host.claims.holder(i)).as("sub-stream %d", i).isEqualTo(holder);
            }
            Host feeding = Objects.requireNonNull(byNumber.get(holder), "somebody feeds sub-stream " + i);
            assertThat(feeding.dead).isFalse();
            assertThat(feeding.uplink).isTrue();
        }
        assertThat(changes).as("moves after it has settled").isZero();
    }
}
