package io.swarmflux.samples.draw;

import io.swarmflux.topology.Topology;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the shapes and lines of a picture mean: only those that are in it. */
record Legend(List<Entry> entries) {
    static final double HEIGHT = 32;
    static final double MARGIN = 24;
    static final double SAMPLE = 34;

    /** A sample and what it means; a line when there is no kind. */
    record Entry(Picture.@Nullable Kind kind, int stream, boolean bothWays, boolean impaired, String text) {
        double width() {
            return SAMPLE + 8 + Picture.textWidth(text, 12) + 22;
        }
    }

    static Legend of(Topology topology, Picture picture) {
        List<Entry> entries = new ArrayList<>();
        List<Topology.Stream> streams = topology.streams();
        for (int i = 0; i < streams.size(); i++) {
            entries.add(box(
                    Picture.Kind.SEEDER,
                    i,
                    streams.size() == 1
                            ? "seeder"
                            : "seeder of " + streams.get(i).id()));
        }
        if (picture.members().stream().anyMatch(box -> box.face().kind() == Picture.Kind.PLAYS)) {
            entries.add(box(Picture.Kind.PLAYS, 0, "peer that plays"));
        }
        if (picture.members().stream().anyMatch(box -> box.face().kind() == Picture.Kind.RELAYS)) {
            entries.add(box(Picture.Kind.RELAYS, 0, "peer that only relays"));
        }
        if (!picture.islands().isEmpty()) {
            entries.add(box(Picture.Kind.ISLAND, 0, "island"));
        }
        entries.add(new Entry(null, 0, false, false, "the way segments go"));
        if (picture.arrows().stream().anyMatch(Picture.Arrow::bothWays)) {
            entries.add(new Entry(null, 0, true, false, "both ways"));
        }
        if (picture.arrows().stream().anyMatch(arrow -> !arrow.condition().isEmpty())) {
            entries.add(new Entry(null, 0, false, true, "impaired link"));
        }
        return new Legend(entries);
    }

    private static Entry box(Picture.Kind kind, int stream, String text) {
        return new Entry(kind, stream, false, false, text);
    }

    /** The least width in which it looks well: one row, or two when it is long. */
    double width() {
        double row = 2 * MARGIN + entries.stream().mapToDouble(Entry::width).sum();
        return Math.min(row, 640);
    }

    /** How many rows it takes. */
    int rows(double width) {
        int rows = 1;
        double x = MARGIN;
        for (Entry entry : entries) {
            if (x > MARGIN && x + entry.width() > width) {
                x = MARGIN;
                rows++;
            }
            x += entry.width();
        }
        return rows;
    }
}
