package io.swarmflux.directory;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.segment.StreamId;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The table against a naive one, and what it tells against both. */
class LeaseTableTest {
    private record Entry(long incarnation, long deadlineNs) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void knowsWhatANaiveTableKnows(long seed) {
        Random random = new Random(seed);
        Map<StreamId, Set<String>> told = new HashMap<>();
        LeaseTable table = new LeaseTable(
                "table",
                DirectoryLimits.defaults().leases(Duration.ofMillis(1), Duration.ofSeconds(60)),
                random::nextDouble,
                (stream, event) -> follow(told.computeIfAbsent(stream, none -> new HashSet<>()), event));
        Map<StreamId, Map<String, Entry>> naive = new HashMap<>();
        long nowNs = random.nextBoolean() ? 0 : Long.MAX_VALUE - 1_000_000_000L;
        for (int step = 0; step < 5_000; step++) {
            StreamId stream = StreamId.of("s" + random.nextInt(3));
            String name = "p" + random.nextInt(20);
            PeerRecord peer = PeerRecord.of(stream, name, random.nextInt(3), "x:1");
            Map<String, Entry> known = naive.computeIfAbsent(stream, none -> new TreeMap<>());
            long now = nowNs;
            naive.values().forEach(all -> all.values().removeIf(entry -> entry.deadlineNs - now <= 0));
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    Duration ttl = Duration.ofMillis(1 + random.nextInt(200));
                    try {
                        table.register(peer, ttl, nowNs);
                        known.put(name, new Entry(peer.incarnation(), nowNs + ttl.toNanos()));
                    } catch (DirectoryException stale) {
                        assertThat(stale.reason()).isEqualTo(DirectoryException.Reason.STALE);
                        Entry entry = known.get(name);
                        assertThat(entry == null || entry.incarnation > peer.incarnation())
                                .isTrue();
                    }
                }
                case 2 -> {
                    table.withdraw(peer, nowNs);
                    known.computeIfPresent(
                            name, (same, entry) -> entry.incarnation <= peer.incarnation() ? null : entry);
                }
                default -> nowNs += random.nextInt(40_000_000);
            }
            long at = nowNs;
            known.values().removeIf(entry -> entry.deadlineNs - at <= 0);
            List<PeerRecord> all = table.find(stream, 100, nowNs);
            assertThat(all)
                    .as("seed %d, step %d", seed, step)
                    .extracting(PeerRecord::name)
                    .containsExactlyInAnyOrderElementsOf(known.keySet());
            assertThat(told.getOrDefault(stream, Set.of())).isEqualTo(known.keySet());
            assertThat(table.find(stream, 2, nowNs))
                    .hasSize(Math.min(2, known.size()))
                    .doesNotHaveDuplicates();
        }
        table.expire(nowNs + 300_000_000_000L);
        assertThat(table.size()).isZero();
        assertThat(table.streams()).isZero();
        assertThat(table.waitNs(nowNs)).isEqualTo(-1);
    }

    private static void follow(Set<String> names, DirectoryEvent event) {
        if (event instanceof DirectoryEvent.Joined joined) {
            names.add(joined.peer().name());
        } else if (event instanceof DirectoryEvent.Left left) {
            assertThat(names.remove(left.name())).isTrue();
        } else if (event instanceof DirectoryEvent.Updated updated) {
            assertThat(names).contains(updated.peer().name());
        }
    }
}
