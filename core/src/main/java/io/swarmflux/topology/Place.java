package io.swarmflux.topology;

import java.util.Comparator;
import org.snakeyaml.engine.v2.exceptions.Mark;

/** Where in a file, both from 1; the column counts characters, not bytes. */
record Place(int line, int column) implements Comparable<Place> {
    static final Place START = new Place(1, 1);

    private static final Comparator<Place> ORDER =
            Comparator.comparingInt(Place::line).thenComparingInt(Place::column);

    static Place of(Mark mark) {
        return new Place(mark.getLine() + 1, mark.getColumn() + 1);
    }

    /** The place right behind some text. */
    static Place after(String text) {
        int line = 1;
        int start = 0;
        for (int i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) {
            line++;
            start = i + 1;
        }
        return new Place(line, text.codePointCount(start, text.length()) + 1);
    }

    @Override
    public int compareTo(Place other) {
        return ORDER.compare(this, other);
    }
}
