package io.swarmflux.testing;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One row of the page of acceptance figures. */
record AcceptanceFigure(int issue, String what, String goal, String measured, boolean met, String commit, String date) {
    private static final String HEAD = """
            # Acceptance figures

            What the issues demand in numbers, and what was measured last. Written by `mvn -Pacceptance verify`; rows that a
            run does not measure stay. A commit with a `+` had changes that were not committed.

            | issue | figure | goal | measured | met | commit | date |
            |---|---|---|---|---|---|---|
            """;

    AcceptanceFigure {
        if (issue < 1) {
            throw new IllegalArgumentException("an issue has a positive number, was " + issue);
        }
        for (String cell : List.of(what, goal, measured)) {
            if (cell.isBlank() || cell.contains("|") || cell.contains("\n")) {
                throw new IllegalArgumentException("a cell holds text on one line without a bar, was '" + cell + "'");
            }
        }
    }

    String row() {
        return "| #" + issue + " | " + what + " | " + goal + " | " + measured + " | " + (met ? "yes" : "**no**") + " | "
                + commit + " | " + date + " |";
    }

    /** The rows in a text, whatever else it holds. */
    static List<AcceptanceFigure> parse(String text) {
        return text.lines()
                .filter(line -> line.startsWith("| #"))
                .map(AcceptanceFigure::parseRow)
                .toList();
    }

    private static AcceptanceFigure parseRow(String line) {
        List<String> cells =
                Arrays.stream(line.split("\\|", -1)).map(String::strip).toList();
        if (cells.size() != 9) {
            throw new IllegalArgumentException("a row has 7 cells: " + line);
        }
        int issue = Integer.parseInt(cells.get(1).substring(1));
        return new AcceptanceFigure(
                issue,
                cells.get(2),
                cells.get(3),
                cells.get(4),
                cells.get(5).equals("yes"),
                cells.get(6),
                cells.get(7));
    }

    /** The earlier rows, each replaced by the last newer one of the same issue and name; by issue, then by name. */
    static List<AcceptanceFigure> merge(Collection<AcceptanceFigure> earlier, Collection<AcceptanceFigure> newer) {
        TreeMap<AcceptanceFigure, AcceptanceFigure> rows =
                new TreeMap<>(Comparator.comparingInt(AcceptanceFigure::issue).thenComparing(AcceptanceFigure::what));
        Stream.concat(earlier.stream(), newer.stream()).forEach(figure -> rows.put(figure, figure));
        return List.copyOf(rows.values());
    }

    static String page(List<AcceptanceFigure> figures) {
        return figures.stream().map(figure -> figure.row() + "\n").collect(Collectors.joining("", HEAD, ""));
    }
}
