package io.swarmflux.topology;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/**
 * The fields of one mapping. Each getter reads a field, reports what is wrong with it and then answers as if the field
 * were not there, so that one reading finds all problems. {@link #done} reports the fields that nobody asked for.
 */
final class Fields {
    private final String what;
    private final Place at;
    private final Problems problems;
    private final Map<String, Yaml.Entry> fields = new LinkedHashMap<>();
    private final Set<String> known = new HashSet<>();
    private final int before;

    /**
     * Takes the fields of a node.
     *
     * @param what what the node is, for messages: "a peer"
     * @param at where to report that a field is missing: the node's name
     * @param node a mapping; nothing counts as an empty one
     */
    Fields(String what, Place at, Yaml node, Problems problems) {
        this.what = what;
        this.at = at;
        this.problems = problems;
        this.before = problems.total();
        if (node instanceof Yaml.Mapping mapping) {
            mapping.entries().forEach(this::put);
        } else if (!(node instanceof Yaml.Scalar scalar && scalar.isNothing())) {
            problems.add(node, "the fields of " + what);
        }
    }

    private void put(Yaml.Entry entry) {
        if (fields.putIfAbsent(entry.key().text(), entry) != null) {
            problems.add(entry.key().at(), "a second field " + entry.key().described(), "each field once");
        }
    }

    /**
     * Reports the fields that nobody asked for.
     *
     * @return whether nothing was wrong with any field: what is missing may otherwise be there, misspelt
     */
    boolean done() {
        fields.forEach((name, entry) -> {
            if (!known.contains(name)) {
                String expected = "a field of " + what + ": "
                        + String.join(", ", known.stream().sorted().toList());
                problems.addName(entry.key().at(), "the field", name, expected, known);
            }
        });
        return problems.total() == before;
    }

    Optional<Yaml> node(String name) {
        known.add(name);
        return Optional.ofNullable(fields.get(name)).map(Yaml.Entry::value);
    }

    /** Where a field's value is; where the whole is when the field is not there. */
    Place place(String name) {
        return node(name).map(Yaml::at).orElse(at);
    }

    boolean has(String name) {
        return node(name).isPresent();
    }

    Optional<Placed<String>> text(String name, String expected) {
        return node(name).flatMap(node -> text(node, expected));
    }

    Optional<Placed<String>> text(Yaml node, String expected) {
        if (node instanceof Yaml.Scalar scalar
                && !scalar.isNothing()
                && !scalar.text().isBlank()) {
            return Optional.of(new Placed<>(scalar.text(), scalar.at()));
        }
        problems.add(node, expected);
        return Optional.empty();
    }

    /** A field that is a list of names, or one name. */
    List<Placed<String>> names(String name, String expected) {
        List<Placed<String>> names = new ArrayList<>();
        for (Yaml item : items(name)) {
            text(item, expected).ifPresent(names::add);
        }
        return names;
    }

    /** A field that is a list, or one item. */
    List<Yaml> items(String name) {
        return node(name)
                .map(node -> node instanceof Yaml.Sequence list ? list.items() : List.of(node))
                .orElse(List.of());
    }

    boolean flag(String name) {
        String expected = "true or false";
        Optional<Placed<String>> text = text(name, expected);
        text.filter(t -> !t.value().equals("true") && !t.value().equals("false"))
                .ifPresent(t -> problems.add(t.at(), Quantity.quoted(t.value()), expected));
        return text.filter(t -> t.value().equals("true")).isPresent();
    }

    OptionalLong whole(String name, long least, long most) {
        String expected = most == Long.MAX_VALUE
                ? "a whole number from " + least
                : "a whole number from " + least + " to " + most;
        return number(name, Long::parseLong, expected, least, most);
    }

    OptionalInt count(String name, int least, int most) {
        OptionalLong number = whole(name, least, most);
        return number.isPresent() ? OptionalInt.of((int) number.getAsLong()) : OptionalInt.empty();
    }

    OptionalLong bytes(String name, long least, long most) {
        String range = ", from " + Quantity.bytes(least) + " to " + Quantity.bytes(most);
        return number(name, Quantity::bytes, Quantity.SIZE + range, least, most);
    }

    OptionalLong rate(String name) {
        return number(name, Quantity::bitsPerSecond, Quantity.RATE, 1, Long.MAX_VALUE);
    }

    Duration duration(String name, Duration otherwise) {
        OptionalLong ns = number(name, text -> Quantity.duration(text).toNanos(), Quantity.DURATION, 0, Long.MAX_VALUE);
        return ns.isPresent() ? Duration.ofNanos(ns.getAsLong()) : otherwise;
    }

    double share(String name) {
        return parsed(name, Quantity::share, Quantity.SHARE).orElse(0.0);
    }

    private OptionalLong number(String name, Function<String, Long> parser, String expected, long least, long most) {
        Function<String, Long> inRange = text -> {
            long value = parser.apply(text);
            if (value < least || value > most) {
                throw new IllegalArgumentException("out of range");
            }
            return value;
        };
        return parsed(name, inRange, expected).map(OptionalLong::of).orElse(OptionalLong.empty());
    }

    /** A field that some parser reads; the parser refuses a text with IllegalArgumentException. */
    <T> Optional<T> parsed(String name, Function<String, T> parser, String expected) {
        Optional<Placed<String>> text = text(name, expected);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(parser.apply(text.get().value()));
        } catch (IllegalArgumentException e) {
            String value = text.get().value();
            problems.add(text.get().at(), Quantity.quoted(value), Quantity.cure(value, expected));
            return Optional.empty();
        }
    }
}
