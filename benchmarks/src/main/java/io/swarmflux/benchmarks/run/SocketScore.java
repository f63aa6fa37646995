package io.swarmflux.benchmarks.run;

import io.swarmflux.samples.bench.Outcome;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * What one contender reached in a piece of work over sockets, round by round.
 *
 * @param work what was carried, and how
 * @param contender who did it
 * @param bytes the size of a segment
 * @param outcomes one for each round
 */
record SocketScore(String work, String contender, int bytes, List<Outcome> outcomes) {
    static final List<String> HEAD = List.of(
            "| work | contender | segments/s, least / median / most | MB/s | ours ÷ theirs | latency ms, p50 / p99 / max |"
                    + " CPU s/GB | processors | bytes allocated for a segment | missing |",
            "|---|---|---|---|---|---|---|---|---|---|");

    private double median(ToDoubleFunction<Outcome> of) {
        return Score.median(outcomes.stream().mapToDouble(of).boxed().toList());
    }

    private List<Double> perSecond() {
        return outcomes.stream().map(Outcome::perSecond).toList();
    }

    /** One line of the table; {@code ours} is the same work done by us. */
    String row(SocketScore ours) {
        boolean paced = median(Outcome::maxUs) > 0;
        String ratio = paced || ours.equals(this)
                ? ""
                : String.format(Locale.ROOT, "%.2f", ours.median(Outcome::perSecond) / median(Outcome::perSecond));
        String latency = paced
                ? String.format(
                        Locale.ROOT,
                        "%.2f / %.2f / %.1f",
                        median(Outcome::p50Us) / 1e3,
                        median(Outcome::p99Us) / 1e3,
                        median(Outcome::maxUs) / 1e3)
                : "";
        return String.format(
                Locale.ROOT,
                "| %s | %s | %.0f / %.0f / %.0f | %.1f | %s | %s | %.2f | %.2f | %.0f | %d |",
                work,
                contender,
                Score.least(perSecond()),
                Score.median(perSecond()),
                Score.most(perSecond()),
                Score.median(perSecond()) * bytes / 1e6,
                ratio,
                latency,
                median(Outcome::cpuSecondsPerGb),
                median(Outcome::processors),
                median(Outcome::bytesPerSegment),
                outcomes.stream().mapToLong(Outcome::missing).sum());
    }
}
