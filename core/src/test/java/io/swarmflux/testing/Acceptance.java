package io.swarmflux.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;

/**
 * The figures that acceptance tests measure, and the page {@code docs/acceptance.md} that lists them.
 *
 * <p>A test tagged {@code acceptance} measures and calls {@link #figure}; it does not assert on the figure. The last
 * module then runs {@link #main}, which brings the page up to date and fails the build if a goal was missed. So a missed
 * goal is on the page with what was measured, and the figures after it are measured too.
 */
public final class Acceptance {
    private static final Path FIGURES = Path.of("target", "acceptance", "figures.md");
    private static final Path PAGE = Path.of("docs", "acceptance.md");

    private Acceptance() {}

    /**
     * Records a figure, for the page.
     *
     * @param issue the number of the issue that states the goal
     * @param what what was measured; with the issue it names the row, which replaces the one of an earlier run
     * @param goal the goal, in the issue's words
     * @param measured what was measured, with its unit; where the goal is missed also by how much
     * @param met whether the goal is met
     */
    public static void figure(int issue, String what, String goal, String measured, boolean met) {
        Path root = root();
        String date = LocalDate.now(ZoneOffset.UTC).toString();
        AcceptanceFigure figure = new AcceptanceFigure(issue, what, goal, measured, met, commit(root), date);
        try {
            Path file = root.resolve(FIGURES);
            Files.createDirectories(file.getParent());
            Files.writeString(file, figure.row() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Records a figure that should be large enough.
     *
     * @param issue the number of the issue that states the goal
     * @param what what was measured
     * @param goal the least value that meets the goal
     * @param measured the value measured
     * @param unit the unit of both
     */
    public static void atLeast(int issue, String what, double goal, double measured, String unit) {
        numeric(issue, what, "at least ", goal, measured, goal - measured, unit);
    }

    /**
     * Records a figure that should be small enough.
     *
     * @param issue the number of the issue that states the goal
     * @param what what was measured
     * @param goal the largest value that meets the goal
     * @param measured the value measured
     * @param unit the unit of both
     */
    public static void atMost(int issue, String what, double goal, double measured, String unit) {
        numeric(issue, what, "at most ", goal, measured, measured - goal, unit);
    }

    private static void numeric(
            int issue, String what, String bound, double goal, double measured, double missedBy, String unit) {
        boolean met = missedBy <= 0;
        String value =
                number(measured) + " " + unit + (met ? "" : " (missed by " + number(missedBy) + " " + unit + ")");
        figure(issue, what, bound + number(goal) + " " + unit, value, met);
    }

    private static String number(double value) {
        return BigDecimal.valueOf(value)
                .round(new MathContext(4))
                .stripTrailingZeros()
                .toPlainString();
    }

    /**
     * Brings the page up to date with the figures of this run.
     *
     * @param args none
     * @throws IOException if the page cannot be written
     * @throws IllegalStateException if a figure of this run missed its goal, after the page is written
     */
    public static void main(String[] args) throws IOException {
        publish(root());
    }

    static void publish(Path root) throws IOException {
        Path file = root.resolve(FIGURES);
        if (!Files.exists(file)) {
            return;
        }
        List<AcceptanceFigure> measured = AcceptanceFigure.parse(Files.readString(file));
        Path page = root.resolve(PAGE);
        List<AcceptanceFigure> earlier =
                Files.exists(page) ? AcceptanceFigure.parse(Files.readString(page)) : List.of();
        Files.createDirectories(page.getParent());
        Files.writeString(page, AcceptanceFigure.page(AcceptanceFigure.merge(earlier, measured)));
        Files.delete(file);
        List<String> missed = AcceptanceFigure.merge(List.of(), measured).stream()
                .filter(figure -> !figure.met())
                .map(AcceptanceFigure::row)
                .toList();
        if (!missed.isEmpty()) {
            throw new IllegalStateException("acceptance goals missed:\n" + String.join("\n", missed));
        }
    }

    private static Path root() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isDirectory(at.resolve(".mvn"))) {
                return at;
            }
        }
        throw new IllegalStateException(
                "not inside the project: no .mvn above " + Path.of("").toAbsolutePath());
    }

    // With a "+" when what was measured is not what was committed.
    private static String commit(Path root) {
        String head = git(root, "rev-parse", "--short", "HEAD");
        String changes = git(root, "status", "--porcelain", "--", ".", ":(exclude)docs/acceptance.md");
        return changes.isEmpty() ? head : head + "+";
    }

    private static String git(Path root, String... args) {
        try {
            Process git = new ProcessBuilder(
                            Stream.concat(Stream.of("git"), Stream.of(args)).toList())
                    .directory(root.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return new String(git.getInputStream().readAllBytes(), UTF_8).strip();
        } catch (IOException noGit) {
            return "unknown";
        }
    }
}
