package io.swarmflux.topology;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** The problems of one file, as they are found. */
final class Problems {
    private record Problem(Place at, String found, String expected) {}

    private final String file;
    private final List<Problem> found = new ArrayList<>();
    private int total;

    Problems(String file) {
        this.file = file;
    }

    void add(Place at, String whatIsThere, String expected) {
        total++;
        if (found.size() < TopologyFile.MAX_PROBLEMS) {
            found.add(new Problem(at, whatIsThere, expected));
        }
    }

    void add(Yaml node, String expected) {
        add(node.at(), node.described(), expected);
    }

    /** Adds a problem with a name, and asks whether one of the names that would do was meant. */
    void addName(Place at, String what, String name, String expected, Collection<String> known) {
        if (found.size() < TopologyFile.MAX_PROBLEMS) {
            String meant = NearMiss.of(name, known)
                    .map(near -> " (did you mean '" + near + "'?)")
                    .orElse("");
            add(at, what + " " + Quantity.quoted(name), expected + meant);
        } else {
            total++;
        }
    }

    boolean isEmpty() {
        return total == 0;
    }

    /** How many there were, those that are beyond what is reported included. */
    int total() {
        return total;
    }

    /** What to throw when there is nothing to be done but to report. */
    TopologyException exception() {
        return new TopologyException(found.stream()
                .sorted(Comparator.comparing(Problem::at))
                .map(p -> new TopologyProblem(file, p.at().line(), p.at().column(), p.found(), p.expected()))
                .toList());
    }

    /** The end of reading: this problem makes all that follows meaningless. */
    TopologyException fatal(Place at, String whatIsThere, String expected) {
        add(at, whatIsThere, expected);
        return exception();
    }
}
