package io.swarmflux.topology;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Builds the tree of a YAML file from the parser's events.
 *
 * <p>The parser library has a tree of its own. Ours is built here so that three things hold whatever the file says: no
 * recursion goes deeper than {@value #MAX_DEPTH}, aliases that multiply are refused before they are followed, and no tag
 * creates an object.
 */
final class YamlReader {
    /** How deep lists and mappings nest, at most. A topology needs 5. */
    static final int MAX_DEPTH = 20;

    /** How many nodes a file stands for, at most, aliases counted in full. */
    static final long MAX_NODES = 1_000_000;

    private static final String EXPECTED_YAML = "valid YAML";

    private final String text;
    private final Problems problems;
    private final Iterator<Event> events;
    private final Map<Anchor, Yaml> anchors = new HashMap<>();
    private long nodes;
    private Place read = Place.START;

    private YamlReader(String text, Problems problems) {
        this.text = text;
        this.problems = problems;
        LoadSettings settings =
                LoadSettings.builder().setCodePointLimit(Integer.MAX_VALUE).build();
        this.events = new Parse(settings).parseString(text).iterator();
    }

    /** The file's one document; nothing when the file is empty. */
    static Optional<Yaml> read(String text, Problems problems) {
        return new YamlReader(text, problems).document();
    }

    private Optional<Yaml> document() {
        try {
            next(); // the stream's start
            if (next().getEventId() == Event.ID.StreamEnd) {
                return Optional.empty();
            }
            Yaml root = node(next(), 1);
            next(); // the document's end
            Event end = next();
            if (end.getEventId() != Event.ID.StreamEnd) {
                throw problems.fatal(at(end), "a second document", "one document in a file");
            }
            return Optional.of(root);
        } catch (MarkedYamlEngineException e) {
            Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
            throw unreadable(mark.map(Place::of).orElse(Place.START), e.getProblem());
        } catch (ReaderException e) {
            int offset = text.offsetByCodePoints(0, Math.min(e.getPosition(), text.codePointCount(0, text.length())));
            String character = String.format("the character U+%04X", e.getCodePoint());
            throw problems.fatal(Place.after(text.substring(0, offset)), character, "printable text");
        } catch (YamlEngineException e) {
            throw unreadable(Place.START, e.getMessage());
        }
    }

    private TopologyException unreadable(Place at, @Nullable String why) {
        String reason = why == null ? "" : " (" + why.strip().replaceAll("\\s+", " ") + ")";
        return problems.fatal(at, "what is no YAML" + reason, EXPECTED_YAML);
    }

    private Event next() {
        try {
            Event event = events.next();
            read = event.getEndMark().map(Place::of).orElse(read);
            return event;
        } catch (IllegalArgumentException e) {
            // The library's answer to an escape beyond the last character. It comes without a place.
            throw unreadable(read, "here or soon after it an escape that names no character");
        }
    }

    private Yaml node(Event event, int depth) {
        if (event instanceof AliasEvent alias) {
            return aliased(alias);
        }
        Place at = at(event);
        count(at, 1);
        if (depth > MAX_DEPTH) {
            throw problems.fatal(at, "lists and mappings nested " + depth + " deep", "at most " + MAX_DEPTH);
        }
        tag(event).ifPresent(tag -> problems.add(at, "the tag " + Quantity.quoted(tag), "a value without a tag"));
        Yaml node =
                switch (event.getEventId()) {
                    case Scalar -> scalar(at, (ScalarEvent) event);
                    case SequenceStart -> sequence(at, depth);
                    case MappingStart -> mapping(at, depth);
                    default -> throw unreadable(at, event.toString());
                };
        // Only a node that is complete gets its name, so that none can contain itself.
        ((NodeEvent) event).getAnchor().ifPresent(anchor -> anchors.put(anchor, node));
        return node;
    }

    private Yaml aliased(AliasEvent alias) {
        Yaml node = anchors.get(alias.getAlias());
        String name = Quantity.quoted("*" + alias.getAlias().getValue());
        if (node == null) {
            throw problems.fatal(at(alias), "the alias " + name, "an alias whose anchor is complete before it");
        }
        count(at(alias), node.size());
        return node;
    }

    private void count(Place at, long more) {
        nodes += more;
        if (nodes > MAX_NODES) {
            throw problems.fatal(at, "more than " + MAX_NODES + " values", "fewer; aliases count in full");
        }
    }

    private static Optional<String> tag(Event event) {
        return event instanceof ScalarEvent scalar
                ? scalar.getTag()
                : event instanceof CollectionStartEvent collection ? collection.getTag() : Optional.empty();
    }

    private static Yaml.Scalar scalar(Place at, ScalarEvent event) {
        return new Yaml.Scalar(at, event.getValue(), event.isPlain());
    }

    private Yaml sequence(Place at, int depth) {
        List<Yaml> items = new ArrayList<>();
        long size = 1;
        for (Event event = next(); event.getEventId() != Event.ID.SequenceEnd; event = next()) {
            Yaml item = node(event, depth + 1);
            items.add(item);
            size += item.size();
        }
        return new Yaml.Sequence(at, items, size);
    }

    private Yaml mapping(Place at, int depth) {
        List<Yaml.Entry> entries = new ArrayList<>();
        long size = 1;
        for (Event event = next(); event.getEventId() != Event.ID.MappingEnd; event = next()) {
            Yaml key = node(event, depth + 1);
            Yaml value = node(next(), depth + 1);
            size += key.size() + value.size();
            if (key instanceof Yaml.Scalar name) {
                entries.add(new Yaml.Entry(name, value));
            } else {
                problems.add(at(event), key.described() + " as a name", "text");
            }
        }
        return new Yaml.Mapping(at, entries, size);
    }

    private static Place at(Event event) {
        return event.getStartMark().map(Place::of).orElse(Place.START);
    }
}
