package io.swarmflux.topology;

import io.swarmflux.segment.Description;
import io.swarmflux.segment.Mode;
import io.swarmflux.segment.StreamId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the sections of a file, each part by itself. What parts say about each other is {@link TopologyCheck}'s. */
final class TopologyReader {
    static final String EXPECTED_NAME =
            "a name of 1 to 64 letters, digits, '.', '_' and '-' that begins with a letter or digit";
    static final String EXPECTED_MEMBER_NAME = "the name of a peer or seeder";
    static final String EXPECTED_ISLANDER = "the name of a peer, or of a group";

    private static final int MAX_GATEWAYS = 64;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private final Problems problems;
    private final Draft draft = new Draft();

    private TopologyReader(Problems problems) {
        this.problems = problems;
    }

    static Draft read(Yaml root, Problems problems) {
        TopologyReader reader = new TopologyReader(problems);
        reader.sections(root);
        return reader.draft;
    }

    private void sections(Yaml root) {
        if (!(root instanceof Yaml.Mapping)) {
            throw problems.fatal(root.at(), root.described(), "the sections streams, seeders and peers");
        }
        Fields file = new Fields("a topology", root.at(), root, problems);
        MemberReader members = new MemberReader(draft, problems);
        named(file, "streams", "stream", this::stream);
        named(file, "seeders", "seeder", members::seeder);
        named(file, "peers", "peer", members::peer);
        named(file, "groups", "group", members::group);
        for (Yaml link : file.items("links")) {
            link(link);
        }
        named(file, "islands", "island", this::island);
        file.node("simulation")
                .ifPresent(node -> new SimulationReader(draft, problems).section(file.place("simulation"), node));
        file.done();
        required(file, "streams", draft.streams.isEmpty());
        required(file, "seeders", draft.seeders.isEmpty());
    }

    private void required(Fields file, String section, boolean empty) {
        if (empty && problems.isEmpty()) {
            problems.add(file.place(section), "no " + section, "at least one under '" + section + ":'");
        }
    }

    private interface Part {
        void read(Placed<String> name, Yaml fields);
    }

    /** Reads a section that maps names to parts. Seeders, peers and groups share one set of names. */
    private void named(Fields file, String section, String what, Part part) {
        Optional<Yaml> node = file.node(section);
        if (node.isEmpty() || (node.get() instanceof Yaml.Scalar scalar && scalar.isNothing())) {
            return;
        }
        if (!(node.get() instanceof Yaml.Mapping mapping)) {
            problems.add(node.get(), "a mapping from the name of each " + what + " to its fields");
            return;
        }
        Map<String, Place> first = new HashMap<>();
        for (Yaml.Entry entry : mapping.entries()) {
            String name = entry.key().text();
            Place at = entry.key().at();
            Place before = first.containsKey(name)
                    ? first.get(name)
                    : draft.place(name).orElse(at);
            boolean member = what.equals("seeder") || what.equals("peer") || what.equals("group");
            if (!(what.equals("stream") || NAME.matcher(name).matches())) {
                problems.add(at, Quantity.quoted(name), EXPECTED_NAME);
            } else if (first.containsKey(name) || (member && draft.place(name).isPresent())) {
                problems.add(
                        at, "a second " + Quantity.quoted(name), "another name; the first is in line " + before.line());
            } else {
                limit(at);
                part.read(new Placed<>(name, at), entry.value());
            }
            first.putIfAbsent(name, at);
        }
    }

    private void limit(Place at) {
        if (draft.size() >= TopologyFile.MAX_PEERS) {
            throw problems.fatal(at, "more than " + TopologyFile.MAX_PEERS + " peers and seeders", "at most that many");
        }
    }

    private void stream(Placed<String> name, Yaml node) {
        Fields fields = new Fields("a stream", name.at(), node, problems);
        Optional<Mode> mode = fields.parsed(
                "mode",
                text -> switch (text) {
                    case "live" -> Mode.LIVE;
                    case "lossless" -> Mode.LOSSLESS;
                    default -> throw new IllegalArgumentException(text);
                },
                "live or lossless");
        int subStreams = fields.count("sub-streams", 4, 64).orElse(Description.DEFAULT_SUB_STREAMS);
        fields.done();
        try {
            draft.streams.put(name.value(), new Draft.Stream(name.at(), StreamId.of(name.value()), mode, subStreams));
        } catch (IllegalArgumentException e) {
            problems.add(
                    name.at(),
                    Quantity.quoted(name.value()),
                    "a stream name of 1 to " + StreamId.MAX_BYTES + " bytes without white space");
        }
    }

    private void link(Yaml node) {
        if (!(node instanceof Yaml.Mapping)) {
            problems.add(node, "a link such as {between: [p1, p2], delay: 20ms}");
            return;
        }
        Fields fields = new Fields("a link", node.at(), node, problems);
        List<Placed<String>> ends = fields.names("between", EXPECTED_MEMBER_NAME);
        Condition condition = condition(fields);
        boolean sound = fields.done();
        if (sound && fields.items("between").size() != 2) {
            String found = fields.has("between") ? fields.items("between").size() + " ends" : "a link without ends";
            problems.add(fields.place("between"), found, "two names, for example 'between: [p1, p2]'");
        }
        if (ends.size() == 2 && fields.items("between").size() == 2) {
            draft.links.add(new Draft.Link(node.at(), new ArrayList<>(ends), condition));
        }
    }

    /** What a link does to frames. */
    static Condition condition(Fields fields) {
        return new Condition(
                fields.duration("delay", Duration.ZERO),
                fields.duration("jitter", Duration.ZERO),
                fields.share("loss"),
                fields.share("reorder"),
                fields.share("duplicate"),
                fields.rate("rate"));
    }

    private void island(Placed<String> name, Yaml node) {
        Fields fields = new Fields("an island", name.at(), node, problems);
        Optional<Placed<MulticastGroup>> group = group(fields);
        List<Placed<String>> members = fields.names("members", EXPECTED_ISLANDER);
        int gateways = fields.count("gateways", 1, MAX_GATEWAYS).orElse(1);
        Placed<Integer> placed = new Placed<>(gateways, fields.place("gateways"));
        Optional<String> secret =
                fields.text("secret-file", "the path of a file").map(Placed::value);
        GroupCondition condition = new GroupCondition(
                fields.duration("delay", Duration.ZERO),
                fields.duration("jitter", Duration.ZERO),
                fields.share("loss"),
                fields.share("common-loss"));
        if (fields.done()) {
            required(fields, condition);
        }
        draft.islands.put(
                name.value(), new Draft.Island(name.at(), name.value(), group, members, placed, secret, condition));
    }

    private void required(Fields fields, GroupCondition condition) {
        boolean crowd = fields.items("members").stream()
                .anyMatch(item -> item instanceof Yaml.Scalar member && draft.groups.containsKey(member.text()));
        if (!fields.has("group") && condition.equals(GroupCondition.NONE) && !crowd) {
            problems.add(
                    fields.place("group"),
                    "an island without a group",
                    "a group such as 'group: 239.1.2.3:5000@eth0', or conditions such as 'loss: 1%' for one inside the"
                            + " process");
        }
        if (fields.has("secret-file") && !condition.equals(GroupCondition.NONE)) {
            problems.add(
                    fields.place("secret-file"),
                    "a secret of an island that exists only inside the process, because it has conditions",
                    "either 'secret-file' or conditions");
        }
        if (!fields.has("members") || fields.items("members").isEmpty()) {
            problems.add(
                    fields.place("members"),
                    "an island without members",
                    "at least one, for example 'members: [p1, p2]'");
        }
    }

    private Optional<Placed<MulticastGroup>> group(Fields fields) {
        Optional<Placed<String>> text = fields.text("group", MulticastGroup.EXPECTED);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        String expected = MulticastGroup.expected(text.get().value());
        if (!expected.isEmpty()) {
            problems.add(text.get().at(), Quantity.quoted(text.get().value()), expected);
            return Optional.empty();
        }
        return text.map(t -> new Placed<>(MulticastGroup.of(t.value()), t.at()));
    }
}
