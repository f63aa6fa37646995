package io.swarmflux.topology;

import io.swarmflux.segment.Mode;
import io.swarmflux.segment.StreamId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Checks what the parts of a file say about each other, and makes them a topology. */
final class TopologyCheck {
    private final Draft draft;
    private final Problems problems;
    /** The stream of each seeder and peer whose stream is known. */
    private final Map<String, String> streamOf = new HashMap<>();

    private TopologyCheck(Draft draft, Problems problems) {
        this.draft = draft;
        this.problems = problems;
    }

    /** The topology; only meaningful when there are no problems afterwards. */
    static Topology check(Draft draft, Problems problems) {
        TopologyCheck check = new TopologyCheck(draft, problems);
        draft.seeders.values().forEach(s -> check.resolveStream(s.at(), s.name(), "seeder", s.stream()));
        draft.peers.values().forEach(p -> check.resolveStream(p.at(), p.name(), "peer", p.stream()));
        check.groups();
        Map<String, List<Placed<String>>> upstreams = check.upstreams();
        check.links(upstreams);
        check.islands();
        check.addresses();
        check.standardStreams();
        check.streamsWithoutSeeder();
        new Reach(draft, streamOfSeededOnly(check), upstreams, problems).check();
        return check.topology(check.modes());
    }

    private static Map<String, String> streamOfSeededOnly(TopologyCheck check) {
        Set<String> seeded = new HashSet<>();
        check.draft.seeders.keySet().forEach(name -> seeded.add(check.streamOf.getOrDefault(name, "")));
        Map<String, String> streamOf = new HashMap<>(check.streamOf);
        streamOf.values().removeIf(stream -> !seeded.contains(stream));
        return streamOf;
    }

    private void resolveStream(Place at, String name, String what, Optional<Placed<String>> stream) {
        Set<String> known = draft.streams.keySet();
        if (stream.isPresent()) {
            if (known.contains(stream.get().value())) {
                streamOf.put(name, stream.get().value());
            } else {
                String expected = "the name of a stream" + some(known);
                problems.addName(stream.get().at(), "the stream", stream.get().value(), expected, known);
            }
        } else if (known.size() == 1) {
            streamOf.put(name, known.iterator().next());
        } else if (known.size() > 1) {
            String found = "the " + what + " " + Quantity.quoted(name) + " without a stream";
            problems.add(at, found, "'stream: NAME', because there are several" + some(known));
        }
    }

    private void groups() {
        for (Draft.Group group : draft.groups.values()) {
            Draft.Peer each = group.each();
            resolveStream(each.at(), each.name(), "group", each.stream());
            Set<String> seen = new HashSet<>();
            each.upstreams().forEach(upstream -> upstream(each, upstream, seen, draft.names()));
            if (each.sound() && group.neighbours() == 0 && each.upstreams().isEmpty() && !islander(each.name())) {
                problems.add(
                        each.at(),
                        "the group " + Quantity.quoted(each.name()) + " without neighbours and upstreams",
                        "'neighbours: N', for example 'neighbours: 14', upstreams, or an island that has it as a member");
            }
            draft.names().stream()
                    .filter(name -> SimulationReader.member(group, name))
                    .forEach(name -> problems.add(
                            draft.place(name).orElse(each.at()),
                            "the name " + Quantity.quoted(name) + " of a member of the group "
                                    + Quantity.quoted(each.name()),
                            "another name"));
        }
    }

    private boolean islander(String name) {
        return draft.islands.values().stream()
                .flatMap(island -> island.members().stream())
                .anyMatch(member -> member.value().equals(name));
    }

    /** The upstreams that exist, of each peer; none for a peer with one that does not. */
    private Map<String, List<Placed<String>>> upstreams() {
        Map<String, List<Placed<String>>> good = new LinkedHashMap<>();
        Set<String> names = draft.names();
        for (Draft.Peer peer : draft.peers.values()) {
            Set<String> seen = new HashSet<>();
            long wrong = peer.upstreams().stream()
                    .filter(upstream -> !upstream(peer, upstream, seen, names))
                    .count();
            if (wrong == 0 && peer.sound()) {
                good.put(peer.name(), peer.upstreams());
            }
        }
        return good;
    }

    private boolean upstream(Draft.Peer peer, Placed<String> upstream, Set<String> seen, Set<String> names) {
        String name = upstream.value();
        String quoted = Quantity.quoted(name);
        if (!names.contains(name)) {
            problems.addName(upstream.at(), "the upstream", name, TopologyReader.EXPECTED_MEMBER_NAME, names);
            return false;
        }
        if (name.equals(peer.name())) {
            problems.add(upstream.at(), "the peer " + quoted + " as its own upstream", "another peer or a seeder");
            return false;
        }
        if (!seen.add(name)) {
            problems.add(upstream.at(), "the upstream " + quoted + " a second time", "each upstream once");
        }
        String mine = streamOf.getOrDefault(peer.name(), "");
        String theirs = streamOf.getOrDefault(name, "");
        if (!mine.isEmpty() && !theirs.isEmpty() && !mine.equals(theirs)) {
            String found = "the upstream " + quoted + " of stream " + Quantity.quoted(theirs);
            problems.add(upstream.at(), found, "one of stream " + Quantity.quoted(mine));
            return false;
        }
        return true;
    }

    private void links(Map<String, List<Placed<String>>> upstreams) {
        Set<String> names = draft.names();
        Set<Set<String>> seen = new HashSet<>();
        for (Draft.Link link : draft.links) {
            List<Placed<String>> unknown = link.ends().stream()
                    .filter(end -> !names.contains(end.value()))
                    .toList();
            unknown.forEach(end -> problems.addName(
                    end.at(), "the link end", end.value(), TopologyReader.EXPECTED_MEMBER_NAME, names));
            if (!unknown.isEmpty()) {
                continue;
            }
            String one = link.ends().get(0).value();
            Placed<String> other = link.ends().get(1);
            String pair = Quantity.quoted(one) + " and " + Quantity.quoted(other.value());
            if (one.equals(other.value())) {
                problems.add(other.at(), "a link between " + pair, "two different ends");
            } else if (!seen.add(Set.of(one, other.value()))) {
                problems.add(link.at(), "a second condition of the link between " + pair, "one for each link");
            } else if (!linked(one, other.value(), upstreams) && !linked(other.value(), one, upstreams)) {
                problems.add(
                        link.at(),
                        "a condition of a link that is not there",
                        "one of " + pair + " as upstream of the other");
            }
        }
    }

    /** Whether one takes from the other; also when that cannot be said because of another problem. */
    private boolean linked(String one, String other, Map<String, List<Placed<String>>> upstreams) {
        return draft.peers.containsKey(one)
                && (!upstreams.containsKey(one)
                        || upstreams.get(one).stream().anyMatch(u -> u.value().equals(other)));
    }

    private void islands() {
        Map<String, String> islandOf = new HashMap<>();
        Map<String, Place> groups = new HashMap<>();
        for (Draft.Island island : draft.islands.values()) {
            Set<String> streams = new HashSet<>();
            int before = problems.total();
            for (Placed<String> member : island.members()) {
                member(island, member, islandOf, streams);
            }
            if (problems.total() == before) {
                gateways(island);
            }
            island.group().ifPresent(group -> {
                String address = group.value().group() + " " + group.value().port();
                Place first = groups.putIfAbsent(address, group.at());
                if (first != null) {
                    problems.add(
                            group.at(),
                            "the group " + group.value() + " a second time",
                            "a group of its own; the first is in line " + first.line());
                }
            });
        }
    }

    private void member(Draft.Island island, Placed<String> member, Map<String, String> islandOf, Set<String> streams) {
        String name = member.value();
        String quoted = Quantity.quoted(name);
        if (draft.seeders.containsKey(name)) {
            problems.add(member.at(), "the seeder " + quoted + " as a member", "the name of a peer");
            return;
        }
        if (!draft.peers.containsKey(name) && !draft.groups.containsKey(name)) {
            Set<String> known = new LinkedHashSet<>(draft.peers.keySet());
            known.addAll(draft.groups.keySet());
            problems.addName(member.at(), "the member", name, TopologyReader.EXPECTED_ISLANDER, known);
            return;
        }
        String other = islandOf.putIfAbsent(name, island.name());
        if (other != null) {
            String found = "the member " + quoted + " a second time";
            problems.add(member.at(), found, "each peer on one island; it is on " + Quantity.quoted(other));
        }
        String stream = streamOf.getOrDefault(name, "");
        if (!stream.isEmpty() && streams.add(stream) && streams.size() > 1) {
            String found = "the member " + quoted + " of stream " + Quantity.quoted(stream);
            problems.add(member.at(), found, "members of one stream");
        }
    }

    private void gateways(Draft.Island island) {
        Set<String> inside = new HashSet<>();
        island.members().forEach(member -> inside.add(member.value()));
        long able = island.members().stream()
                .mapToLong(member -> able(member.value(), inside))
                .sum();
        int gateways = island.gateways().value();
        if (gateways > able && !island.members().isEmpty()) {
            problems.add(
                    island.gateways().at(),
                    gateways + (gateways == 1 ? " gateway" : " gateways"),
                    "at most one for each member with an upstream outside the island, of which there are " + able);
        }
    }

    /** How many of the peers behind a name have an upstream outside the island. */
    private long able(String name, Set<String> inside) {
        Draft.Group group = draft.groups.get(name);
        Draft.Peer peer = group == null ? draft.peers.get(name) : group.each();
        boolean given =
                peer != null && peer.upstreams().stream().anyMatch(upstream -> !inside.contains(upstream.value()));
        if (group == null) {
            return given ? 1 : 0;
        }
        return given || group.neighbours() > 0 ? group.peers() : 0;
    }

    private void addresses() {
        Map<Integer, List<Placed<HostPort>>> byPort = new HashMap<>();
        for (Placed<HostPort> listener : draft.listeners) {
            List<Placed<HostPort>> others =
                    byPort.computeIfAbsent(listener.value().port(), port -> new ArrayList<>());
            others.stream()
                    .filter(other -> other.value().clashes(listener.value()))
                    .findFirst()
                    .ifPresent(other -> problems.add(
                            listener.at(),
                            "port " + listener.value().port() + " a second time",
                            "an address of its own; the first is in line "
                                    + other.at().line()));
            others.add(listener);
        }
    }

    private void standardStreams() {
        List<Draft.Peer> writers = draft.peers.values().stream()
                .filter(peer -> peer.playing().players().contains(new Player.ToStandardOutput()))
                .toList();
        writers.stream()
                .skip(1)
                .forEach(peer -> problems.add(
                        peer.at(),
                        "a second peer that plays to standard output, " + Quantity.quoted(peer.name()),
                        "one; the first is in line " + writers.get(0).at().line()));
    }

    private void streamsWithoutSeeder() {
        Collection<String> seeded = draft.seeders.keySet().stream()
                .map(name -> streamOf.getOrDefault(name, ""))
                .toList();
        for (Draft.Stream stream : draft.streams.values()) {
            boolean unclear = seeded.contains("") || draft.seeders.isEmpty();
            if (!unclear && !seeded.contains(stream.id().name())) {
                String found = "the stream " + Quantity.quoted(stream.id().name()) + " without a seeder";
                problems.add(
                        stream.at(),
                        found,
                        "a seeder with 'stream: " + stream.id().name() + "'");
            }
        }
    }

    /** The mode of each stream: as written, else as its seeders' pace says. */
    private Map<String, Mode> modes() {
        Map<String, Mode> modes = new HashMap<>();
        draft.streams.values().forEach(stream -> stream.mode()
                .ifPresent(mode -> modes.put(stream.id().name(), mode)));
        Set<String> written = Set.copyOf(modes.keySet());
        for (Draft.Seeder seeder : draft.seeders.values()) {
            String stream = streamOf.getOrDefault(seeder.name(), "");
            Mode mode = seeder.feed().pace() instanceof Pace.None ? Mode.LOSSLESS : Mode.LIVE;
            Mode before = modes.putIfAbsent(stream, mode);
            if (before != null && before != mode && !written.contains(stream) && !stream.isEmpty()) {
                problems.add(
                        seeder.paceAt(),
                        "a pace that makes the stream " + mode(mode) + " beside one that makes it " + mode(before),
                        "'mode: live' or 'mode: lossless' in the stream " + Quantity.quoted(stream));
            }
        }
        return modes;
    }

    private static String mode(Mode mode) {
        return mode == Mode.LIVE ? "live" : "lossless";
    }

    private Topology topology(Map<String, Mode> modes) {
        return new Topology(
                draft.streams.values().stream()
                        .map(s -> new Topology.Stream(
                                s.id(), modes.getOrDefault(s.id().name(), Mode.LIVE), s.subStreams()))
                        .toList(),
                draft.seeders.values().stream()
                        .map(s -> new Topology.Seeder(s.name(), stream(s.name()), s.feed(), s.serving(), s.host()))
                        .toList(),
                draft.peers.values().stream().map(this::peer).toList(),
                draft.groups.values().stream()
                        .map(g -> new Topology.Group(g.peers(), g.neighbours(), peer(g.each())))
                        .toList(),
                draft.links.stream()
                        .map(l -> new Topology.Link(
                                l.ends().get(0).value(), l.ends().get(1).value(), l.condition()))
                        .toList(),
                draft.islands.values().stream()
                        .map(i -> new Topology.Island(
                                i.name(),
                                i.group().map(Placed::value),
                                values(i.members()),
                                i.gateways().value(),
                                i.secretFile(),
                                i.condition()))
                        .toList(),
                draft.simulation);
    }

    private Topology.Peer peer(Draft.Peer p) {
        return new Topology.Peer(p.name(), stream(p.name()), values(p.upstreams()), p.playing(), p.serving(), p.host());
    }

    private StreamId stream(String member) {
        return StreamId.of(streamOf.getOrDefault(member, "unknown"));
    }

    private static List<String> values(List<Placed<String>> names) {
        return names.stream().map(Placed::value).toList();
    }

    private static String some(Collection<String> known) {
        return known.isEmpty()
                ? ""
                : ": " + String.join(", ", known.stream().limit(5).toList()) + (known.size() > 5 ? ", …" : "");
    }
}
