package io.swarmflux.topology;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One value of a file that is not what the file says. Problems with it have the place of what it replaces. */
final class Change {
    private final List<String> way;
    private final Yaml value;

    private Change(List<String> way, Yaml value) {
        this.way = way;
        this.value = value;
    }

    /** Reads a change, such as {@code groups.crowd.peers} and {@code 300}. */
    static Change of(String way, String value) {
        Problems problems = new Problems(way);
        Optional<Yaml> read = YamlReader.read(value, problems);
        if (!problems.isEmpty()) {
            throw problems.exception();
        }
        return new Change(List.of(way.split("\\.", -1)), read.orElse(new Yaml.Scalar(Place.START, "", true)));
    }

    /** The file with the change. */
    Yaml in(Yaml root) {
        return in(root, 0);
    }

    private Yaml in(Yaml node, int depth) {
        if (depth == way.size()) {
            return at(node.at());
        }
        List<Yaml.Entry> before = node instanceof Yaml.Mapping mapping ? mapping.entries() : List.of();
        List<Yaml.Entry> entries = new ArrayList<>();
        boolean found = false;
        for (Yaml.Entry entry : before) {
            boolean here = !found && entry.key().text().equals(way.get(depth));
            found |= here;
            entries.add(here ? new Yaml.Entry(entry.key(), in(entry.value(), depth + 1)) : entry);
        }
        if (!found) {
            Yaml.Scalar key = new Yaml.Scalar(node.at(), way.get(depth), true);
            entries.add(new Yaml.Entry(key, in(new Yaml.Scalar(node.at(), "", true), depth + 1)));
        }
        return new Yaml.Mapping(node.at(), entries, node.size());
    }

    /** The value, as if it stood there. */
    private Yaml at(Place place) {
        return at(value, place);
    }

    private static Yaml at(Yaml node, Place place) {
        if (node instanceof Yaml.Scalar scalar) {
            return new Yaml.Scalar(place, scalar.text(), scalar.plain());
        }
        if (node instanceof Yaml.Sequence list) {
            return new Yaml.Sequence(
                    place, list.items().stream().map(item -> at(item, place)).toList(), list.size());
        }
        Yaml.Mapping mapping = (Yaml.Mapping) node;
        return new Yaml.Mapping(
                place,
                mapping.entries().stream()
                        .map(entry -> new Yaml.Entry(
                                new Yaml.Scalar(
                                        place, entry.key().text(), entry.key().plain()),
                                at(entry.value(), place)))
                        .toList(),
                mapping.size());
    }
}
