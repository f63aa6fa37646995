package io.swarmflux.samples.process;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The status lines of a process, read as they come, each with the time at which it came. */
final class StatusLines {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** How many segments a peer may be behind although nothing is owed to it, as lines are read a little late. */
    private static final int USUAL = 8;

    /** How far back to look for what is usual. */
    private static final Duration BEFORE = Duration.ofSeconds(2);

    private final SwarmProcess process;
    private final List<Line> lines = new ArrayList<>();
    private boolean over;

    private StatusLines(SwarmProcess process) {
        this.process = process;
    }

    /** One line. */
    record Line(long atNs, JsonNode json) {
        /** How many different segments have come from all upstreams, and from the island. */
        long received() {
            long all = json.path("island").path("received").asLong();
            for (JsonNode upstream : json.get("upstreams")) {
                all += upstream.get("segments").asLong();
            }
            return all - json.get("duplicates").asLong();
        }

        /** How many segments an upstream has brought. */
        long broughtBy(String peer) {
            for (JsonNode upstream : json.get("upstreams")) {
                if (upstream.get("peer").asText().equals(peer)) {
                    return upstream.get("segments").asLong();
                }
            }
            return 0;
        }

        /** How many of them were asked for one by one. */
        long repaired() {
            return json.get("repaired").asLong();
        }
    }

    /** The longest time, from a moment on, in which no new segment came into the window. */
    synchronized Duration longestStandstill(long fromNs, Duration within) {
        long longest = 0;
        long sinceNs = fromNs;
        long before = -1;
        for (Line line : lines) {
            long now = line.received();
            if (line.atNs() < fromNs || line.atNs() > fromNs + within.toNanos()) {
                before = line.atNs() < fromNs ? now : before;
                continue;
            }
            if (now > before) {
                longest = Math.max(longest, line.atNs() - sinceNs);
                sinceNs = line.atNs();
                before = now;
            }
        }
        return Duration.ofNanos(longest);
    }

    /** Reads the lines of a process that was started with {@code --status} and keeps its output. */
    static StatusLines of(SwarmProcess process) {
        StatusLines lines = new StatusLines(process);
        Thread reader = new Thread(lines::read, "status of " + process);
        reader.setDaemon(true);
        reader.start();
        return lines;
    }

    private void read() {
        try {
            while (true) {
                JsonNode json = process.nextStatus();
                synchronized (this) {
                    lines.add(new Line(System.nanoTime(), json));
                    notifyAll();
                }
            }
        } catch (IOException | AssertionError ended) {
            synchronized (this) {
                over = true;
                notifyAll();
            }
        }
    }

    /** When the first line of a kind came; {@link Long#MAX_VALUE} for never. */
    synchronized long firstNs(Predicate<Line> wanted) {
        return lines.stream().filter(wanted).mapToLong(Line::atNs).findFirst().orElse(Long.MAX_VALUE);
    }

    /** Waits for a line. */
    synchronized Line await(String what, Predicate<Line> wanted) throws InterruptedException {
        long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
        while (lines.isEmpty() || !wanted.test(lines.get(lines.size() - 1))) {
            long leftMs = (deadlineNs - System.nanoTime()) / 1_000_000;
            if (over || leftMs <= 0) {
                throw new AssertionError("never " + what + ": " + process + "\nlast: "
                        + (lines.isEmpty() ? "nothing" : lines.get(lines.size() - 1)));
            }
            wait(leftMs);
        }
        return lines.get(lines.size() - 1);
    }

    /**
     * How long after a moment its segments came from others as if nothing had happened: the last time that it was behind
     * what it would have had, or that a repair came.
     *
     * <pre>
     *   received        /  /
     *                  / _/   behind, until the sub-streams have moved
     *                 /_/
     *                /
     *       --------x-------> time
     * </pre>
     *
     * @param atNs the moment
     * @param until how long after it to look
     * @param segmentsPerSecond the stream's rate
     */
    synchronized Duration unsettledAfter(long atNs, Duration until, double segmentsPerSecond) {
        double ahead = -Double.MAX_VALUE;
        long lastNs = atNs;
        long repaired = Long.MAX_VALUE;
        for (Line line : lines) {
            double offset = line.received() - (line.atNs() - atNs) * segmentsPerSecond / 1e9;
            if (line.atNs() < atNs - BEFORE.toNanos()) {
                continue;
            }
            if (line.atNs() <= atNs) {
                ahead = Math.max(ahead, offset);
            } else if (line.atNs() - atNs <= until.toNanos()
                    && (offset < ahead - USUAL || line.repaired() > repaired)) {
                lastNs = line.atNs();
            }
            repaired = line.repaired();
        }
        return Duration.ofNanos(lastNs - atNs);
    }

    /** After how many segments played its stalls came, for people. */
    synchronized String stalls() {
        StringBuilder text = new StringBuilder();
        long before = 0;
        for (Line line : lines) {
            long now = line.json().get("stalls").asLong();
            if (now > before) {
                text.append(text.isEmpty() ? "" : ", ")
                        .append(now - before)
                        .append(" up to segment ")
                        .append(line.json().get("delivered").asLong());
            }
            before = now;
        }
        return text.toString();
    }
}
