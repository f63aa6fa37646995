package io.swarmflux.benchmarks.run;

import io.swarmflux.testing.Acceptance;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What happens in one process, beside what a user of Reactor would write, and what many downstreams cost one. */
@Tag("acceptance")
class ProcessFiguresTest {
    private static final Path FOLDER = Path.of("target", "benchmarks");
    private static final int KIB = 1024;

    @Test
    void measuresMergeAndHub() throws Exception {
        Rounds.Measured all = Rounds.measured(Rounds.full(), FOLDER);
        merge(all, "duplicates", "MERGE_MAP", 3);
        merge(all, "duplicates", "MERGE_COMPARING", 3);
        merge(all, "duplicates", "MERGE_FILTER", 1.5);
        merge(all, "striped", "MERGE_COMPARING", 2);
        merge(all, "duplicatesOnThreads", "MERGE_COMPARING", 2);
        merge(all, "stripedOnThreads", "MERGE_COMPARING", 1.3);
        double allocated = Math.max(allocated(all, "duplicates"), allocated(all, "striped"));
        Acceptance.atMost(7, "merge on one thread, allocated for an element", 1, allocated, "B");
        hub(all, "bounded demand", 64, "PUBLISH");
        hub(all, "unbounded demand", 0, "BEST_EFFORT");
    }

    private static void merge(Rounds.Measured all, String how, String contender, double goal) {
        Acceptance.atLeast(
                7,
                "merge of three upstreams, " + how + ", elements/s: ours / " + contender,
                goal,
                all.ratio("merge " + how, contender),
                "x");
    }

    private static double allocated(Rounds.Measured all, String how) {
        return Score.median(all.of("merge " + how, "SWARMFLUX").bytesPerOperation());
    }

    private static void hub(Rounds.Measured all, String kind, int demand, String contender) {
        double most = 0;
        double least = Double.MAX_VALUE;
        for (int readers : new int[] {1, 8, 64, 512}) {
            String work = String.format(Locale.ROOT, "hub deliveries, readers %d, demand %d", readers, demand);
            Acceptance.atLeast(
                    7,
                    "hub, " + readers + " readers, " + kind + ", deliveries/s: ours / " + contender,
                    1,
                    all.ratio(work, contender),
                    "x");
            double perSecond = Score.median(all.of(work, "SWARMFLUX").perSecond());
            most = Math.max(most, perSecond);
            least = Math.min(least, perSecond);
        }
        Acceptance.atMost(
                7, "hub, 1 to 512 readers, " + kind + ", a delivery: dearest / cheapest", 1.5, most / least, "x");
    }

    @Test
    void measuresManyDownstreams() throws Exception {
        List<Downstreams.Cost> costs = Downstreams.full(FOLDER);
        Downstreams.Server idle = Downstreams.Server.SWARMFLUX_IDLE;
        double heap = Downstreams.median(costs, idle, Downstreams.Cost::heapBytes) / KIB;
        double beyond = Downstreams.median(costs, idle, Downstreams.Cost::residentBytes) / KIB;
        Acceptance.atMost(7, "1,000 idle downstreams, heap for each, both ends", 8, heap, "KiB");
        Acceptance.atMost(
                7, "1,000 idle downstreams, resident for each, the heap included, both ends", 16, heap + beyond, "KiB");
        Downstreams.Server live = Downstreams.Server.SWARMFLUX_LIVE;
        Acceptance.figure(
                7,
                "1,000 downstreams at 100 kbit/s in segments of 1,250 B",
                "CPU and heap stated",
                String.format(
                        Locale.ROOT,
                        "%.2f processors without those of the downstreams, heap %.1f KiB each, %.0f segments/s came",
                        Downstreams.median(costs, live, Downstreams.Cost::processors),
                        Downstreams.median(costs, live, Downstreams.Cost::heapBytes) / KIB,
                        Downstreams.median(costs, live, Downstreams.Cost::segmentsPerSecond)),
                true);
    }
}
