package io.swarmflux.samples.run;

import io.swarmflux.media.player.PlayReport;
import io.swarmflux.peer.PeerSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Outcomes as a table: one row for each peer, numbers to the right. */
public final class Table {
    private static final List<String> HEAD =
            List.of("peer", "delivered", "missing", "duplicates", "repaired", "lag p50", "p99", "sha256", "equal");

    private static final String ISLAND = "island";

    private Table() {}

    /**
     * Draws the table.
     *
     * @param outcomes by name
     * @param expected the digest of each peer's source, by the peer's name; who is not there is not compared
     * @return the lines
     */
    public static List<String> of(Map<String, Outcome> outcomes, Map<String, String> expected) {
        List<List<String>> rows = new ArrayList<>();
        boolean islands = outcomes.values().stream()
                .anyMatch(outcome -> outcome.snapshot().group() != null);
        rows.add(withIsland(islands, HEAD, ISLAND));
        outcomes.forEach((name, outcome) -> rows.add(withIsland(
                islands,
                row(name, outcome, expected.get(name)),
                island(outcome.snapshot().group()))));
        int[] widths = new int[rows.get(0).size()];
        rows.forEach(row -> {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        });
        List<String> lines = new ArrayList<>();
        rows.forEach(row -> lines.add(line(row, widths)));
        StringBuilder rule = new StringBuilder("  ");
        for (int width : widths) {
            rule.append("-".repeat(width)).append("  ");
        }
        lines.add(1, rule.toString().stripTrailing());
        return lines;
    }

    /**
     * Whether everybody got everything, and the same as its source.
     *
     * @param outcomes by name
     * @param expected as in {@link #of}
     * @return true when every row is good
     */
    public static boolean allGood(Map<String, Outcome> outcomes, Map<String, String> expected) {
        return outcomes.entrySet().stream().allMatch(entry -> {
            String digest = expected.get(entry.getKey());
            return entry.getValue().consistent()
                    && (digest == null || digest.equals(entry.getValue().first().sha256()));
        });
    }

    /** A row with one column more before the digest, when anybody is on an island. */
    private static List<String> withIsland(boolean islands, List<String> row, String island) {
        List<String> with = new ArrayList<>(row);
        if (islands) {
            with.add(row.size() - 2, island);
        }
        return with;
    }

    private static String island(PeerSnapshot.@Nullable Group group) {
        if (group == null) {
            return "";
        }
        return (group.sent() > 0 ? "gateway, sent " + group.sent() + ", " : "") + "heard " + group.received();
    }

    private static List<String> row(String name, Outcome outcome, @Nullable String expected) {
        PlayReport played = outcome.first();
        boolean plays = !outcome.played().isEmpty();
        String sha256 = played.sha256();
        return List.of(
                name,
                plays ? Long.toString(played.delivered()) : "relays",
                plays ? Long.toString(played.missing()) : "",
                Long.toString(outcome.snapshot().window().duplicates()),
                Long.toString(outcome.snapshot().repair().answered()),
                plays ? millis(played.timing().lagP50Millis()) : "",
                plays ? millis(played.timing().lagP99Millis()) : "",
                plays ? sha256.substring(0, Math.min(12, sha256.length())) : "",
                expected == null || !plays ? "" : sha256.equals(expected) ? "yes" : "NO");
    }

    /**
     * A delay for people.
     *
     * @param millis rounded down
     * @return with its unit
     */
    public static String millis(long millis) {
        return millis == 0 ? "<1 ms" : millis + " ms";
    }

    private static String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder("  ");
        for (int i = 0; i < widths.length; i++) {
            String pad = " ".repeat(widths[i] - row.get(i).length());
            boolean words = i == 0 || i >= widths.length - 2;
            line.append(words ? row.get(i) + pad : pad + row.get(i)).append("  ");
        }
        return line.toString().stripTrailing();
    }
}
