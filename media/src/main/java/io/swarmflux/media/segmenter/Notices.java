package io.swarmflux.media.segmenter;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Tells what is wrong with an input, in words; the same trouble over and over ever more seldom. */
final class Notices {
    private static final int EACH = 4;

    private final Consumer<String> reader;
    private final Map<String, Long> times = new HashMap<>(); // one entry for each kind, of which there are few

    Notices(Consumer<String> reader) {
        this.reader = reader;
    }

    /** The first four of a kind are told, then the 8th, the 16th, and so on. */
    void tell(String kind, String text) {
        long count = times.merge(kind, 1L, Long::sum);
        if (count <= EACH) {
            reader.accept(text);
        } else if ((count & (count - 1)) == 0) {
            reader.accept(text + " (" + count + " times by now)");
        }
    }
}
