package io.swarmflux.samples.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the command {@code bench} does: ours beside blocking sockets, which are the limit, as a table.
 *
 * @param bytes the size of a segment
 * @param measured how long each trial is measured; it is warmed up for half as long
 */
public record Bench(int bytes, Duration measured) {
    private static final int PACED = 2_000;
    private static final String ROW = "%-9s %-10s %11s %9s %9s %10s %9s";
    private static final String PACED_ROW = "%-9s %-10s %11s %9s %9s";

    /**
     * The table, and whether everything came.
     *
     * @param lines for people
     * @param missing how many segments did not come
     */
    public record Table(List<String> lines, long missing) {}

    /**
     * Runs all trials, one after the other.
     *
     * @return what they brought
     * @throws Exception when one failed
     */
    public Table run() throws Exception {
        List<String> lines = new ArrayList<>();
        long missing = 0;
        lines.add(String.format(
                "segments of %,d bytes over TCP on this machine, both ends in one process, %s each; %d processors, JDK %s",
                bytes, seconds(), Runtime.getRuntime().availableProcessors(), System.getProperty("java.version")));
        lines.add("");
        lines.add(String.format(ROW, "", "", "segments/s", "MB/s", "of limit", "CPU s/GB", "B/segment"));
        for (Shape shape : Shape.values()) {
            Outcome limit = run(shape, 0, new BlockingSockets(shape));
            Outcome ours = run(shape, 0, new SwarmFluxTcp(shape));
            lines.add(row(name(shape), "swarmflux", ours, limit));
            lines.add(row("", "sockets", limit, limit));
            missing += limit.missing() + ours.missing();
        }
        lines.add("");
        lines.add(String.format(PACED_ROW, "", "", "at " + PACED + "/s", "p50 ms", "p99 ms"));
        for (Shape shape : List.of(Shape.HOP, Shape.RELAY)) {
            Outcome limit = run(shape, PACED, new BlockingSockets(shape));
            Outcome ours = run(shape, PACED, new SwarmFluxTcp(shape));
            lines.add(pacedRow(name(shape), "swarmflux", ours));
            lines.add(pacedRow("", "sockets", limit));
            missing += limit.missing() + ours.missing();
        }
        lines.add("");
        lines.add(
                "relay: somebody in between passes everything on; fan-out: eight receivers, figures for each of them.");
        lines.add("CPU and allocation are those of both ends together, for what came to a receiver.");
        return new Table(List.copyOf(lines), missing);
    }

    private String seconds() {
        return String.format(Locale.ROOT, "%.3g s", measured.toNanos() / 1e9);
    }

    private Outcome run(Shape shape, int perSecond, Carrier carrier) throws Exception {
        Feed.Plan feed = new Feed.Plan(bytes, perSecond, measured.dividedBy(2), measured);
        return new Trial(feed, shape.receivers()).run(carrier);
    }

    private static String name(Shape shape) {
        return shape.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private String row(String shape, String who, Outcome of, Outcome limit) {
        return String.format(
                Locale.ROOT,
                ROW,
                shape,
                who,
                String.format(Locale.ROOT, "%.0f", of.perSecond()),
                String.format(Locale.ROOT, "%.1f", of.perSecond() * bytes / 1e6),
                limit.perSecond() == 0 ? "-" : String.format(Locale.ROOT, "%.2f", of.perSecond() / limit.perSecond()),
                String.format(Locale.ROOT, "%.2f", of.cpuSecondsPerGb()),
                String.format(Locale.ROOT, "%.0f", Math.max(0, of.bytesPerSegment())));
    }

    private static String pacedRow(String shape, String who, Outcome of) {
        return String.format(
                Locale.ROOT,
                PACED_ROW,
                shape,
                who,
                String.format(Locale.ROOT, "%.0f", of.perSecond()),
                String.format(Locale.ROOT, "%.2f", of.p50Us() / 1e3),
                String.format(Locale.ROOT, "%.2f", of.p99Us() / 1e3));
    }
}
