package io.swarmflux.directory.http;

import io.swarmflux.directory.DirectoryLimits;
import io.swarmflux.directory.InMemoryDirectory;
import io.swarmflux.directory.LeaseDirectory;
import io.swarmflux.directory.PeerRecord;
import io.swarmflux.directory.redis.RedisDirectory;
import io.swarmflux.directory.redis.RedisServer;
import io.swarmflux.segment.StreamId;
import io.swarmflux.testing.Acceptance;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** How many leases one server bears: over HTTP on the loopback interface, client and server in one JVM. */
@Tag("acceptance")
class ManyLeasesTest {
    private static final StreamId NEWS = StreamId.of("news");
    private static final int LEASES = 20_000;
    private static final int FINDS = 5_000;
    private static final Duration LEASE = Duration.ofSeconds(60);

    private static final DirectoryLimits LIMITS = DirectoryLimits.defaults();

    @Test
    void inMemory() {
        long before = heap();
        InMemoryDirectory store = InMemoryDirectory.create(LIMITS);
        measure("in memory", store, () -> heap() - before, store::size);
    }

    @Test
    void inRedis() {
        try (RedisServer redis = RedisServer.start()) {
            RedisDirectory store = RedisDirectory.open(redis.url(), LIMITS);
            long before = redis.usedMemory();
            try {
                measure("in Redis", store, () -> redis.usedMemory() - before, () -> LEASES);
            } finally {
                store.dispose();
            }
        }
    }

    private static void measure(
            String where,
            LeaseDirectory store,
            java.util.function.LongSupplier memory,
            java.util.function.IntSupplier leases) {
        ServerLimits limits = ServerLimits.defaults().perAddress(1_000_000, LEASES, 10, 100);
        RunningDirectory server = Objects.requireNonNull(DirectoryServer.create()
                .store(store)
                .limits(limits)
                .bind("127.0.0.1", 0)
                .block());
        try {
            HttpDirectory client = HttpDirectory.of(server.url());
            announce(client, 2_000); // so that what is measured is compiled
            long startedNs = System.nanoTime();
            announce(client, LEASES);
            double seconds = (System.nanoTime() - startedNs) / 1e9;
            long[] findNs = new long[FINDS];
            find(client, new long[1_000]);
            find(client, findNs);
            Arrays.sort(findNs);
            double p99 = findNs[FINDS * 99 / 100] / 1e6;
            Acceptance.figure(
                    5,
                    "20,000 leases in one directory server, " + where,
                    "find p99, memory and announce rate stated; all there",
                    String.format(
                            Locale.ROOT,
                            "find (32 peers) p50 %.2f ms, p99 %.2f ms one at a time; %.1f MB for the leases; %.0f announces/s; %d leases",
                            findNs[FINDS / 2] / 1e6,
                            p99,
                            memory.getAsLong() / 1e6,
                            LEASES / seconds,
                            leases.getAsInt()),
                    leases.getAsInt() == LEASES);
        } finally {
            server.dispose();
        }
    }

    private static void announce(HttpDirectory client, int count) {
        Flux.range(0, count)
                .flatMap(
                        i -> client.register(
                                PeerRecord.of(NEWS, "peer-" + i, 1, "192.0.2.1:" + i)
                                        .withFreePlaces(4),
                                LEASE),
                        32)
                .blockLast();
    }

    private static void find(HttpDirectory client, long[] tookNs) {
        AtomicInteger next = new AtomicInteger();
        Flux.range(0, tookNs.length)
                .concatMap(i -> {
                    long startedNs = System.nanoTime();
                    return client.find(NEWS, 32)
                            .doOnNext(found -> tookNs[next.getAndIncrement()] = System.nanoTime() - startedNs);
                })
                .blockLast();
    }

    private static long heap() {
        Runtime runtime = Runtime.getRuntime();
        for (int i = 0; i < 3; i++) {
            runtime.gc();
        }
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
