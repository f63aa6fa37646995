package io.swarmflux.samples.demo;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Who takes from whom in the demo: three peers sit on the seeder and help each other, four more sit on those. Three more are on
 * an island, and know somebody outside each.
 *
 * <pre>
 *            seed
 *          /   |   \
 *        p1 - p2 - p3 - p1
 *       /  \  / \  /  \
 *      p4   p5   p6   p4
 *        \  |   /
 *           p7
 * </pre>
 */
final class Mesh {
    static final String SEEDER = "seed";

    /** Where the page gets the stream. */
    static final String WATCHED = "p7";

    private static final Map<String, List<String>> UPSTREAMS = new TreeMap<>(Map.of(
            "p1", List.of(SEEDER, "p2"),
            "p2", List.of(SEEDER, "p3"),
            "p3", List.of(SEEDER, "p1"),
            "p4", List.of("p1", "p3"),
            "p5", List.of("p1", "p2"),
            "p6", List.of("p2", "p3"),
            "p7", List.of("p4", "p5", "p6")));

    private static final Map<String, List<String>> ISLAND =
            new TreeMap<>(Map.of("i1", List.of("p4"), "i2", List.of("p6"), "i3", List.of("p5")));

    private Mesh() {}

    static List<String> islanders() {
        return List.copyOf(ISLAND.keySet());
    }

    static List<String> peers() {
        return List.copyOf(UPSTREAMS.keySet());
    }

    static List<String> upstreamsOf(String peer) {
        return UPSTREAMS.getOrDefault(peer, ISLAND.getOrDefault(peer, List.of()));
    }

    /** Whether the page has a button for it: the stream must come from somewhere, and be watched somewhere. */
    static boolean mayStop(String member) {
        return !member.equals(SEEDER) && !member.equals(WATCHED);
    }

    static int downstreamsOf(String member) {
        return (int) UPSTREAMS.values().stream()
                .filter(upstreams -> upstreams.contains(member))
                .count();
    }
}
