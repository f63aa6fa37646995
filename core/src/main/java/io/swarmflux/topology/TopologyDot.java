package io.swarmflux.topology;

import io.swarmflux.segment.Mode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Draws a topology as Graphviz DOT: seeders as double octagons, peers that play as boxes, peers that only relay as
 * ellipses, islands as dashed boxes round their members. An arrow goes the way segments go and carries the link's
 * condition. The same topology always gives the same text.
 */
public final class TopologyDot {
    /** Dark enough to read on white, and distinct for those who see no red or green. */
    private static final List<String> COLOURS =
            List.of("#0b5394", "#b45309", "#0f766e", "#9d174d", "#5b21b6", "#4d5a00");

    private final Topology topology;
    private final Map<String, String> colours;
    private final Map<Set<String>, String> conditions;
    private final StringBuilder out = new StringBuilder();

    private TopologyDot(Topology topology) {
        this.topology = topology;
        List<Topology.Stream> streams = topology.streams();
        this.colours = IntStream.range(0, streams.size())
                .boxed()
                .collect(Collectors.toMap(i -> streams.get(i).id().name(), i -> COLOURS.get(i % COLOURS.size())));
        this.conditions = topology.links().stream()
                .collect(Collectors.toMap(link -> Set.of(link.one(), link.other()), link -> link.condition()
                        .toString()));
    }

    /**
     * Draws a topology.
     *
     * @param topology what to draw
     * @return a DOT graph, one statement on a line
     */
    public static String of(Topology topology) {
        TopologyDot dot = new TopologyDot(topology);
        dot.graph();
        return dot.out.toString();
    }

    private void graph() {
        line(0, "digraph topology {");
        line(1, "graph [rankdir=TB, fontname=\"sans-serif\", nodesep=0.4, ranksep=0.7];");
        line(1, "node [fontname=\"sans-serif\", fontsize=12, style=filled, fillcolor=\"#ffffff\"];");
        line(1, "edge [fontname=\"sans-serif\", fontsize=10];");
        topology.seeders().forEach(this::seeder);
        Set<String> inside = new HashSet<>();
        topology.islands().forEach(island -> inside.addAll(island.members()));
        topology.peers().stream().filter(peer -> !inside.contains(peer.name())).forEach(peer -> peer(1, peer));
        topology.islands().forEach(this::island);
        topology.peers().forEach(this::edges);
        line(0, "}");
    }

    private void seeder(Topology.Seeder seeder) {
        Topology.Feed feed = seeder.feed();
        String source = feed.source() instanceof Source.Counter counter
                ? "counter " + counter.segments()
                : feed.source() instanceof Source.Input input ? "input " + input.location() : "";
        List<String> lines =
                new ArrayList<>(List.of(seeder.name(), stream(seeder.stream().name()), source));
        if (feed.pace() instanceof Pace.Rate rate) {
            lines.add("pace " + Quantity.bitsPerSecond(rate.bitsPerSecond()));
        }
        limits(seeder.serving(), lines);
        node(1, lines, "doubleoctagon", 2, seeder.stream().name());
    }

    private String stream(String name) {
        Mode mode = topology.streams().stream()
                .filter(stream -> stream.id().name().equals(name))
                .findFirst()
                .map(Topology.Stream::mode)
                .orElse(Mode.LIVE);
        return name + " (" + mode.name().toLowerCase(Locale.ROOT) + ")";
    }

    private void peer(int depth, Topology.Peer peer) {
        List<String> lines = new ArrayList<>(List.of(peer.name()));
        peer.playing().players().forEach(player -> lines.add(words(player)));
        peer.playing().rate().ifPresent(rate -> lines.add("plays at most " + Quantity.bitsPerSecond(rate)));
        limits(peer.serving(), lines);
        String shape = peer.playing().players().isEmpty() ? "ellipse" : "box";
        node(depth, lines, shape, 1, peer.stream().name());
    }

    private static String words(Player player) {
        if (player instanceof Player.ToFile file) {
            return "file " + file.path();
        }
        if (player instanceof Player.Http http) {
            return "http:" + http.port();
        }
        return player instanceof Player.Check ? "check" : "standard output";
    }

    private static void limits(Topology.Serving serving, List<String> lines) {
        serving.uploadLimit().ifPresent(rate -> lines.add("uploads at most " + Quantity.bitsPerSecond(rate)));
    }

    private void node(int depth, List<String> lines, String shape, int width, String stream) {
        String name = quoted(lines.get(0));
        String label = quoted(String.join("\n", lines));
        String look = "shape=" + shape + ", color=\"" + colours.get(stream) + "\", penwidth=" + width;
        line(depth, name + " [label=" + label + ", " + look + "];");
    }

    private void island(Topology.Island island) {
        Set<String> members = Set.copyOf(island.members());
        String gateways = island.gateways() == 1 ? "1 gateway" : island.gateways() + " gateways";
        line(1, "subgraph " + quoted("cluster_" + island.name()) + " {");
        line(
                2,
                "label="
                        + quoted("island " + island.name() + "\n"
                                + (island.group().isPresent() ? island.place() + ", " : "") + gateways)
                        + ";");
        line(2, "style=\"dashed,rounded\"; color=\"#555555\"; fontsize=11;");
        topology.peers().stream().filter(peer -> members.contains(peer.name())).forEach(peer -> peer(2, peer));
        line(1, "}");
    }

    private void edges(Topology.Peer peer) {
        for (String upstream : peer.upstreams()) {
            String condition = conditions.getOrDefault(Set.of(upstream, peer.name()), "");
            String label = condition.isEmpty() ? "" : "label=" + quoted(condition) + ", style=dashed, ";
            String colour = "color=\"" + colours.get(peer.stream().name()) + "\"";
            line(1, quoted(upstream) + " -> " + quoted(peer.name()) + " [" + label + colour + "];");
        }
    }

    private void line(int depth, String text) {
        out.append("  ".repeat(depth)).append(text).append('\n');
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
    }
}
