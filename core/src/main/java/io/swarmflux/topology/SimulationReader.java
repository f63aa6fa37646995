package io.swarmflux.topology;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/** Reads the section that says how a topology is simulated. */
final class SimulationReader {
    private static final String EXPECTED_DEADLINE = "a number of slots such as '40 slots', or " + Quantity.DURATION;
    private static final String EXPECTED_WHOM = "the name of a peer, a seeder or a group";
    private static final String EXPECTED_ACTION = "one of kill, kill-gateway, cut, restore and throttle";
    private static final List<String> ACTIONS = List.of("kill", "kill-gateway", "cut", "restore", "throttle");
    private static final int MAX_SEEDS = 1000;
    private static final int MAX_EVENTS = 10_000;

    private final Draft draft;
    private final Problems problems;

    SimulationReader(Draft draft, Problems problems) {
        this.draft = draft;
        this.problems = problems;
    }

    void section(Place at, Yaml node) {
        Fields fields = new Fields("a simulation", at, node, problems);
        Optional<Duration> length = positive(fields, "for");
        List<Long> seeds = seeds(fields);
        Condition links = TopologyReader.condition(fields);
        Optional<Simulation.Deadline> deadline =
                fields.parsed("deadline", SimulationReader::deadline, EXPECTED_DEADLINE);
        Duration from = fields.duration("measure-from", Duration.ZERO);
        List<Simulation.Event> events = new ArrayList<>();
        if (fields.items("events").size() > MAX_EVENTS) {
            problems.add(fields.place("events"), fields.items("events").size() + " events", "at most " + MAX_EVENTS);
        } else {
            fields.items("events").forEach(item -> event(item).ifPresent(events::add));
        }
        Simulation.Goals goals = fields.node("goals")
                .map(goal -> goals(fields.place("goals"), goal))
                .orElse(Simulation.Goals.NONE);
        fields.done();
        length.filter(end -> from.compareTo(end) >= 0)
                .ifPresent(end -> problems.add(
                        fields.place("measure-from"),
                        "figures that count from the end on",
                        "a moment before " + Quantity.duration(end)));
        draft.simulation = Optional.of(new Simulation(length, seeds, links, deadline, from, events, goals));
    }

    private List<Long> seeds(Fields fields) {
        List<Long> seeds = new ArrayList<>();
        List<Yaml> items = fields.items("seeds");
        if (items.size() > MAX_SEEDS) {
            problems.add(fields.place("seeds"), items.size() + " seeds", "at most " + MAX_SEEDS);
            return List.of(1L);
        }
        String expected = "a whole number, or a list of them";
        for (Yaml item : items) {
            fields.text(item, expected).ifPresent(text -> {
                try {
                    seeds.add(Long.parseLong(text.value()));
                } catch (NumberFormatException e) {
                    problems.add(text.at(), Quantity.quoted(text.value()), expected);
                }
            });
        }
        return seeds.isEmpty() ? List.of(1L) : seeds;
    }

    private Optional<Duration> positive(Fields fields, String name) {
        return fields.has(name)
                ? Optional.of(fields.duration(name, Duration.ofSeconds(1))).filter(length -> {
                    if (length.isZero()) {
                        problems.add(fields.place(name), "no time at all", Quantity.DURATION + ", longer than 0");
                    }
                    return !length.isZero();
                })
                : Optional.empty();
    }

    private static Simulation.Deadline deadline(String text) {
        String count = text.endsWith(" slots") ? text.substring(0, text.length() - " slots".length()) : "";
        if (count.matches("[1-9]\\d{0,5}")) {
            return new Simulation.Deadline.Slots(Integer.parseInt(count));
        }
        Duration time = Quantity.duration(text);
        if (time.isZero()) {
            throw new IllegalArgumentException("a deadline is later than the segment");
        }
        return new Simulation.Deadline.After(time);
    }

    private Simulation.Goals goals(Place at, Yaml node) {
        Fields fields = new Fields("the goals", at, node, problems);
        Simulation.Goals goals = new Simulation.Goals(
                share(fields, "continuity"),
                fields.count("skipped", 0, Integer.MAX_VALUE),
                share(fields, "survivors"),
                share(fields, "duplicates"),
                share(fields, "control"),
                fields.count("median", 0, Integer.MAX_VALUE),
                fields.count("p99", 0, Integer.MAX_VALUE),
                fields.count("missing", 0, Integer.MAX_VALUE),
                new Simulation.IslandGoals(
                        decimal(fields, "naks-per-loss"),
                        decimal(fields, "uplink-copies"),
                        decimal(fields, "seeder-copies"),
                        share(fields, "group-control"),
                        positive(fields, "pause")));
        fields.done();
        return goals;
    }

    private static OptionalDouble share(Fields fields, String name) {
        return fields.has(name) ? OptionalDouble.of(fields.share(name)) : OptionalDouble.empty();
    }

    private static OptionalDouble decimal(Fields fields, String name) {
        return fields.parsed(name, SimulationReader::decimal, "a number such as 1.5")
                .map(OptionalDouble::of)
                .orElse(OptionalDouble.empty());
    }

    private static double decimal(String text) {
        if (!text.matches("\\d{1,9}(\\.\\d{1,9})?")) {
            throw new IllegalArgumentException(text);
        }
        return Double.parseDouble(text);
    }

    // ------------------------------------------------------------------ events

    private Optional<Simulation.Event> event(Yaml node) {
        Fields fields = new Fields("an event", node.at(), node, problems);
        Duration at = fields.duration("at", Duration.ZERO);
        List<String> said = ACTIONS.stream().filter(fields::has).toList();
        boolean silently = fields.flag("silently");
        OptionalLong rate = fields.rate("rate");
        Host host = new Host(fields.rate("upload"), fields.rate("download"));
        if (!fields.done()) {
            return Optional.empty();
        }
        if (!fields.has("at")) {
            problems.add(node.at(), "an event without a time", "'at: TIME', for example 'at: 20s'");
        }
        if (said.size() != 1) {
            problems.add(
                    node.at(),
                    said.isEmpty() ? "an event in which nothing happens" : String.join(" and ", said) + " in one event",
                    EXPECTED_ACTION);
            return Optional.empty();
        }
        if (silently && !said.get(0).startsWith("kill")) {
            problems.add(fields.place("silently"), "'silently' without a kill", "it beside 'kill' only");
        }
        if ((rate.isPresent() || !host.equals(Host.UNLIMITED)) && !said.contains("throttle")) {
            problems.add(node.at(), "rates without a throttle", "them beside 'throttle' only");
        }
        return action(fields, said.get(0), silently, rate, host).map(action -> new Simulation.Event(at, action));
    }

    private Optional<Simulation.Action> action(
            Fields fields, String said, boolean silently, OptionalLong rate, Host host) {
        if (said.equals("kill")) {
            return kill(fields, silently);
        }
        if (said.equals("kill-gateway")) {
            return island(fields, said).map(island -> new Simulation.KillGateway(island, silently));
        }
        Optional<Simulation.Target> target = target(fields, said);
        if (target.isEmpty()) {
            return Optional.empty();
        }
        if (said.equals("cut")) {
            return target.map(Simulation.Cut::new);
        }
        if (said.equals("restore")) {
            return target.map(Simulation.Restore::new);
        }
        boolean link = target.get() instanceof Simulation.Target.Between;
        if (link ? rate.isEmpty() || !host.equals(Host.UNLIMITED) : rate.isPresent() || host.equals(Host.UNLIMITED)) {
            problems.add(
                    fields.place("throttle"),
                    "a throttle of " + (link ? "a link" : "hosts") + " without its rate",
                    link ? "'rate: RATE', and nothing else" : "'upload: RATE', 'download: RATE' or both");
            return Optional.empty();
        }
        return Optional.of(new Simulation.Throttle(target.get(), rate, host));
    }

    private Optional<Simulation.Action> kill(Fields fields, boolean silently) {
        List<Yaml> items = fields.items("kill");
        if (items.size() == 1
                && items.get(0) instanceof Yaml.Scalar scalar
                && scalar.text().matches("[0-9.]+ ?%")) {
            return fields.parsed("kill", Quantity::share, Quantity.SHARE)
                    .map(share -> new Simulation.Kill(List.of(), share, silently));
        }
        return names(fields, "kill").map(names -> new Simulation.Kill(names, 0, silently));
    }

    private Optional<String> island(Fields fields, String said) {
        String expected = "the name of an island";
        Optional<Placed<String>> name = fields.text(said, expected);
        name.filter(one -> !draft.islands.containsKey(one.value()))
                .ifPresent(
                        one -> problems.addName(one.at(), "the island", one.value(), expected, draft.islands.keySet()));
        return name.map(Placed::value).filter(draft.islands::containsKey);
    }

    private Optional<Simulation.Target> target(Fields fields, String said) {
        Optional<Yaml> node = fields.node(said);
        if (node.isPresent() && node.get() instanceof Yaml.Mapping) {
            Fields link = new Fields("a link", node.get().at(), node.get(), problems);
            Optional<List<String>> ends = names(link, "between");
            boolean wellFormed = link.done();
            if (ends.isEmpty() || ends.get().size() != 2) {
                if (wellFormed) {
                    problems.add(link.place("between"), "a link without its two ends", "'between: [p1, p2]'");
                }
                return Optional.empty();
            }
            return ends.map(two -> new Simulation.Target.Between(two.get(0), two.get(1)));
        }
        return names(fields, said).map(Simulation.Target.Hosts::new);
    }

    /** A list of names, all of somebody who is there. */
    private Optional<List<String>> names(Fields fields, String name) {
        List<Placed<String>> names = fields.names(name, EXPECTED_WHOM);
        List<Placed<String>> unknown =
                names.stream().filter(placed -> !known(placed.value())).toList();
        Set<String> all = unknown.isEmpty() ? Set.of() : everybody();
        unknown.forEach(placed -> problems.addName(placed.at(), "the name", placed.value(), EXPECTED_WHOM, all));
        return unknown.isEmpty() && !names.isEmpty()
                ? Optional.of(names.stream().map(Placed::value).toList())
                : Optional.empty();
    }

    private Set<String> everybody() {
        Set<String> all = new TreeSet<>(draft.names());
        all.addAll(draft.groups.keySet());
        return all;
    }

    private boolean known(String name) {
        return draft.names().contains(name)
                || draft.groups.containsKey(name)
                || draft.groups.values().stream().anyMatch(group -> member(group, name));
    }

    /** Whether a name is that of a group's member: the group's, a dash and a number. */
    static boolean member(Draft.Group group, String name) {
        String prefix = group.each().name() + "-";
        String number = name.startsWith(prefix) ? name.substring(prefix.length()) : "";
        return number.matches("[1-9]\\d{0,4}") && Integer.parseInt(number) <= group.peers();
    }
}
