package io.swarmflux.samples.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Has a carrier bring a feed to receivers, and measures that from the first arrival after the warm-up to the last.
 *
 * @param feed what is sent
 * @param receivers how many
 */
public record Trial(Feed.Plan feed, int receivers) {
    private static final long LOOK_MS = 2;
    /** What has not come so long after everything else is missing. */
    private static final Duration PATIENCE = Duration.ofSeconds(8);

    private static final Duration LONGEST_START = Duration.ofSeconds(30);

    /**
     * Runs it once.
     *
     * @param carrier who carries
     * @return what it reached
     * @throws Exception when the carrier failed, or brought what must not come
     */
    public Outcome run(Carrier carrier) throws Exception {
        Feed source = new Feed(feed);
        AtomicReference<@Nullable Usage> started = new AtomicReference<>();
        List<Arrivals> arrivals = IntStream.range(0, receivers)
                .mapToObj(each -> new Arrivals(source.paced(), () -> started.compareAndSet(null, Usage.now())))
                .toList();
        AutoCloseable open = carrier.carry(source, arrivals);
        try {
            awaitEnd(source, arrivals);
            Usage now = Usage.now();
            Usage before = started.get();
            return outcome(source, arrivals, before == null ? now : before, now);
        } finally {
            open.close();
        }
    }

    private void awaitEnd(Feed source, List<Arrivals> arrivals) throws InterruptedException {
        long before = -1;
        long sinceNs = System.nanoTime();
        while (!arrivals.stream().allMatch(Arrivals::over)) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MS);
            for (Arrivals each : arrivals) {
                Throwable trouble = each.trouble();
                if (trouble != null) {
                    throw new IllegalStateException("a receiver failed: " + trouble.getMessage(), trouble);
                }
            }
            long came = arrivals.stream().mapToLong(Arrivals::progress).sum();
            if (came != before) {
                before = came;
                sinceNs = System.nanoTime();
            }
            long quietNs = System.nanoTime() - sinceNs - feed.warmUp().toNanos();
            if (quietNs > (source.measured() >= 0 ? PATIENCE : LONGEST_START).toNanos()) {
                return;
            }
        }
    }

    private Outcome outcome(Feed source, List<Arrivals> arrivals, Usage before, Usage now) {
        if (source.measured() < 0) {
            throw new IllegalStateException("the feed was not taken to its end");
        }
        long came = arrivals.stream().mapToLong(Arrivals::came).sum();
        Usage used = now.since(before);
        long lastNs = arrivals.stream().mapToLong(Arrivals::lastNs).max().orElse(0);
        long[] latencies = arrivals.stream()
                .map(Arrivals::latenciesNs)
                .flatMapToLong(Arrays::stream)
                .sorted()
                .toArray();
        return new Outcome(
                arrivals.stream().mapToDouble(Arrivals::perSecond).min().orElse(0),
                source.measured() * receivers - came,
                at(latencies, 0.5),
                at(latencies, 0.99),
                at(latencies, 1),
                used.cpuNs() / ((double) Math.max(1, came) * feed.bytes()),
                used.cpuNs() / (double) Math.max(1, lastNs - before.atNs()),
                used.allocatedBytes() / (double) Math.max(1, came));
    }

    private static double at(long[] sortedNs, double share) {
        return sortedNs.length == 0 ? 0 : sortedNs[(int) Math.min(sortedNs.length - 1, share * sortedNs.length)] / 1e3;
    }
}
