package io.swarmflux.samples.demo;

import io.swarmflux.media.player.PlayReport;
import io.swarmflux.samples.run.Outcome;
import io.swarmflux.samples.run.Table;
import java.io.Console;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a person sees while the demo runs: on a terminal one bar for each peer, drawn in place; elsewhere a line now and
 * then.
 */
final class Screen {
    private static final int BAR = 28;
    private static final String ESCAPE = "\u001b[";
    private static final String CLEAR_LINE = "\u001b[2K";
    private static final String BOLD = "\u001b[1m";
    private static final String DIM = "\u001b[2m";
    private static final String CYAN = "\u001b[36m";
    private static final String GREEN = "\u001b[32m";
    private static final String PLAIN = "\u001b[0m";

    private final PrintStream out;
    private final boolean terminal;
    private final boolean blocks;
    private final long segments;
    private int linesDrawn;

    Screen(PrintStream out, boolean terminal, boolean blocks, long segments) {
        this.out = out;
        this.terminal = terminal;
        this.blocks = blocks;
        this.segments = segments;
    }

    /** A screen for standard output, whatever it is. */
    static Screen forStandardOutput(long segments) {
        @Nullable String kind = System.getenv("TERM");
        boolean terminal = isTerminal() && kind != null && !kind.equals("dumb");
        String encoding = System.getProperty("stdout.encoding", System.getProperty("native.encoding", "US-ASCII"));
        return new Screen(
                System.out, terminal, Charset.forName(encoding).newEncoder().canEncode('\u2588'), segments);
    }

    @SuppressWarnings("SystemConsoleNull") // which is why the console itself is asked as well
    private static boolean isTerminal() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return true; // before Java 22 there is a console only on a terminal
        }
    }

    /** How often to draw. */
    Duration period() {
        return terminal ? Duration.ofMillis(100) : Duration.ofSeconds(2);
    }

    void title(String text) {
        out.println();
        out.println(styled(BOLD, text));
        out.println();
    }

    /** Draws how everybody stands, over what was drawn before. */
    void draw(Map<String, Outcome> outcomes) {
        if (!terminal && !outcomes.isEmpty()) {
            out.println("  "
                    + outcomes.entrySet().stream()
                            .filter(entry -> !entry.getKey().equals(Mesh.SEEDER))
                            .map(entry -> entry.getKey() + " " + percent(entry.getValue()) + "%")
                            .collect(Collectors.joining("  ")));
        }
        if (!terminal) {
            return;
        }
        List<String> lines = new ArrayList<>();
        lines.add(styled(DIM, "  peer  takes from    " + " ".repeat(BAR) + "        played     lag"));
        for (String peer : Mesh.peers()) {
            lines.add(row(peer, outcomes.get(peer)));
        }
        StringBuilder frame = new StringBuilder();
        if (linesDrawn > 0) {
            frame.append(ESCAPE).append(linesDrawn).append('A');
        }
        lines.forEach(line -> frame.append(CLEAR_LINE).append(line).append('\n'));
        linesDrawn = lines.size();
        out.print(frame);
        out.flush();
    }

    void lines(List<String> lines) {
        out.println();
        lines.forEach(line -> out.println(line.endsWith(" yes") ? styled(GREEN, line) : line));
        out.println();
        out.flush();
    }

    private String row(String peer, @Nullable Outcome outcome) {
        String upstreams = String.join(" ", Mesh.upstreamsOf(peer));
        PlayReport played = outcome == null ? null : outcome.first();
        long percent = outcome == null ? 0 : percent(outcome);
        long delivered = played == null ? 0 : played.delivered();
        String lag = delivered == 0 || played == null
                ? ""
                : Table.millis(played.timing().lagP50Millis());
        return "  %-4s  %-12s  %s %3d%%  %5d/%-5d %7s"
                .formatted(peer, upstreams, bar(percent), percent, delivered, segments, lag);
    }

    private String bar(long percent) {
        int full = (int) (percent * BAR / 100);
        String done = (blocks ? "\u2588" : "#").repeat(full);
        String rest = (blocks ? "\u2591" : ".").repeat(BAR - full);
        return styled(percent == 100 ? GREEN : CYAN, done) + styled(DIM, rest);
    }

    private long percent(Outcome outcome) {
        return Math.min(100, outcome.first().delivered() * 100 / segments);
    }

    private String styled(String style, String text) {
        return terminal && System.getenv("NO_COLOR") == null ? style + text + PLAIN : text;
    }
}
