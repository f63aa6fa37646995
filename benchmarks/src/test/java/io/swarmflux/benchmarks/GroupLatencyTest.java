package io.swarmflux.benchmarks;

import io.swarmflux.benchmarks.group.GroupContender;
import io.swarmflux.benchmarks.group.Loss;
import io.swarmflux.samples.bench.Feed;
import io.swarmflux.samples.bench.Outcome;
import io.swarmflux.samples.bench.Trial;
import io.swarmflux.testing.Acceptance;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How late segments are in a group that loses some, beside Aeron in the same run. */
class GroupLatencyTest {
    private static final Feed.Plan FEED = new Feed.Plan(1_316, 2_000, Duration.ofSeconds(8), Duration.ofSeconds(6));

    @Test
    @Tag("acceptance")
    void measuresAtFivePercentLoss() throws Exception {
        Map<GroupContender, Outcome> seen = new EnumMap<>(GroupContender.class);
        StringBuilder all = new StringBuilder();
        for (GroupContender contender : GroupContender.values()) {
            if (contender != GroupContender.RAW_DATAGRAMS) {
                Outcome outcome = new Trial(FEED, 3).run(contender.carrier(new Loss(0.05, 7)));
                seen.put(contender, outcome);
                all.append(String.format(
                        Locale.ROOT,
                        "%s%s p50 %.2f, p99 %.1f ms, missing %d",
                        all.isEmpty() ? "" : "; ",
                        contender,
                        outcome.p50Us() / 1000.0,
                        outcome.p99Us() / 1000.0,
                        outcome.missing()));
            }
        }
        Outcome ours = seen.get(GroupContender.SWARMFLUX);
        Acceptance.figure(
                4,
                "2,000 x 1316 B a second to 3 receivers that lose 5 % each, in order, after 8 s of warming up, in one JVM, one after the other",
                "p99 <= 20 ms, missing 0, beside Aeron",
                all.toString(),
                ours != null && ours.p99Us() <= 20_000 && ours.missing() == 0);
    }
}
