package io.swarmflux.topology;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Checks that a seeder's stream gets to every peer.
 *
 * <p>The stream floods from the seeders along the links, and over each island that has one member it got to. Who stays
 * dry has no upstream, or stands in a cycle that nothing feeds, or is below such a one. A cycle that something feeds is
 * a mesh, and welcome.
 */
final class Reach {
    private final Draft draft;
    private final Map<String, String> streamOf;
    private final Map<String, List<Placed<String>>> upstreams;
    private final Problems problems;
    private final Set<String> reached = new HashSet<>();

    /**
     * Prepares the check.
     *
     * @param streamOf the stream of each peer to check; a peer that is not in it counts as reached
     * @param upstreams the upstreams of each peer to check; a peer that is not in it counts as reached
     */
    Reach(Draft draft, Map<String, String> streamOf, Map<String, List<Placed<String>>> upstreams, Problems problems) {
        this.draft = draft;
        this.streamOf = streamOf;
        this.upstreams = upstreams;
        this.problems = problems;
    }

    void check() {
        flood();
        Set<String> reported = new HashSet<>();
        draft.groups.values().stream()
                .map(Draft.Group::each)
                .filter(each -> each.sound() && each.upstreams().isEmpty() && onIsland(each.name()))
                .filter(each -> !reached.contains(each.name()))
                .forEach(each -> problems.add(
                        each.at(),
                        "the group " + Quantity.quoted(each.name()) + " on an island that no seeder reaches",
                        "a member of the island with an upstream outside"));
        for (Draft.Peer peer : draft.peers.values()) {
            if (!reached.contains(peer.name()) && reported.add(peer.name())) {
                report(peer, reported);
            }
        }
    }

    private boolean onIsland(String name) {
        return draft.islands.values().stream()
                .flatMap(island -> island.members().stream())
                .anyMatch(member -> member.value().equals(name));
    }

    private void flood() {
        Map<String, List<String>> downstreams = new HashMap<>();
        upstreams.forEach((peer, names) -> names.forEach(upstream -> downstreams
                .computeIfAbsent(upstream.value(), n -> new ArrayList<>())
                .add(peer)));
        draft.groups.values().forEach(group -> group.each().upstreams().forEach(upstream -> downstreams
                .computeIfAbsent(upstream.value(), n -> new ArrayList<>())
                .add(group.each().name())));
        for (Draft.Island island : draft.islands.values()) {
            // The island itself stands between its members; no peer's name begins with a space.
            String sea = " " + island.name();
            island.members().forEach(member -> {
                downstreams
                        .computeIfAbsent(member.value(), n -> new ArrayList<>())
                        .add(sea);
                downstreams.computeIfAbsent(sea, n -> new ArrayList<>()).add(member.value());
            });
        }
        Deque<String> wet = new ArrayDeque<>(draft.seeders.keySet());
        draft.groups.values().stream()
                .filter(group -> group.neighbours() > 0)
                .forEach(group -> wet.add(group.each().name()));
        draft.peers.keySet().stream()
                .filter(name -> !upstreams.containsKey(name) || !streamOf.containsKey(name))
                .forEach(wet::add);
        while (!wet.isEmpty()) {
            String name = wet.remove();
            if (reached.add(name)) {
                wet.addAll(downstreams.getOrDefault(name, List.of()));
            }
        }
    }

    private void report(Draft.Peer peer, Set<String> reported) {
        String quoted = Quantity.quoted(peer.name());
        if (peer.upstreams().isEmpty()) {
            problems.add(
                    peer.at(),
                    "the peer " + quoted + " without upstreams",
                    "at least one, or an island that a seeder reaches");
            return;
        }
        List<Placed<String>> cycle = cycle(peer);
        if (cycle.isEmpty()) {
            String found = "the peer " + quoted + " that no seeder reaches";
            problems.add(peer.at(), found, "a path from a seeder through its upstreams");
            return;
        }
        StringBuilder path = new StringBuilder(peer.name());
        cycle.stream().limit(8).forEach(upstream -> path.append(" <- ").append(upstream.value()));
        cycle.forEach(upstream -> reported.add(upstream.value()));
        problems.add(
                cycle.get(0).at(),
                "the cycle " + path + (cycle.size() > 8 ? " <- …" : "") + " that no seeder feeds",
                "a seeder, or a peer that one reaches, among the upstreams of one of them");
    }

    /** The way from a peer up through first upstreams and back to it; empty when it does not come back. */
    private List<Placed<String>> cycle(Draft.Peer start) {
        List<Placed<String>> path = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        Draft.Peer at = start;
        while (at != null && !at.upstreams().isEmpty() && seen.add(at.name())) {
            Placed<String> up = at.upstreams().get(0);
            path.add(up);
            if (up.value().equals(start.name())) {
                return path;
            }
            at = draft.peers.get(up.value());
        }
        return List.of();
    }
}
