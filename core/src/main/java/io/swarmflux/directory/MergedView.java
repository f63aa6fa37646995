package io.swarmflux.directory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the watches of several directories add up to. A peer is there as long as one directory that works says so. What a
 * directory said that has broken is believed until one that works says that the peer has left, or until it works again.
 */
final class MergedView {
    private final Map<Source, Map<String, PeerRecord>> views = new LinkedHashMap<>();
    private final Set<Source> up = new HashSet<>();
    private final int sources;
    private final Set<Source> brokenOnes = new HashSet<>();
    private Map<String, PeerRecord> told = new HashMap<>();
    private boolean allDue = true;

    MergedView(int sources) {
        this.sources = sources;
    }

    /** What to tell after one directory has said something. */
    List<DirectoryEvent> apply(Source source, DirectoryEvent event) {
        Map<String, PeerRecord> view = views.computeIfAbsent(source, none -> new HashMap<>());
        if (event instanceof DirectoryEvent.Broken broken) {
            up.remove(source);
            brokenOnes.add(source);
            boolean first = !allDue || told.isEmpty();
            if (up.isEmpty() && brokenOnes.size() == sources && first) {
                allDue = true;
                return List.of(broken);
            }
            return List.of();
        }
        if (event instanceof DirectoryEvent.Snapshot all) {
            up.add(source);
            brokenOnes.remove(source);
            view.clear();
            all.peers().forEach(peer -> view.put(peer.name(), peer));
            return allDue ? everything() : changes(union(view.keySet(), told.keySet()));
        }
        if (event instanceof DirectoryEvent.Joined joined) {
            view.put(joined.peer().name(), joined.peer());
            return changes(Set.of(joined.peer().name()));
        }
        if (event instanceof DirectoryEvent.Updated updated) {
            view.put(updated.peer().name(), updated.peer());
            return changes(Set.of(updated.peer().name()));
        }
        DirectoryEvent.Left left = (DirectoryEvent.Left) event;
        view.remove(left.name());
        views.forEach((other, known) -> {
            PeerRecord peer = known.get(left.name());
            if (!up.contains(other) && peer != null && peer.incarnation() <= left.incarnation()) {
                known.remove(left.name());
            }
        });
        return changes(Set.of(left.name()));
    }

    private List<DirectoryEvent> everything() {
        allDue = false;
        Set<String> names = new HashSet<>();
        views.values().forEach(view -> names.addAll(view.keySet()));
        told = new HashMap<>();
        for (String name : names) {
            PeerRecord peer = best(name);
            if (peer != null) {
                told.put(name, peer);
            }
        }
        return List.of(new DirectoryEvent.Snapshot(List.copyOf(told.values())));
    }

    private static Set<String> union(Set<String> one, Set<String> other) {
        Set<String> both = new HashSet<>(one);
        both.addAll(other);
        return both;
    }

    private List<DirectoryEvent> changes(Set<String> names) {
        List<DirectoryEvent> events = new ArrayList<>();
        for (String name : names) {
            PeerRecord now = best(name);
            PeerRecord before = now == null ? told.remove(name) : told.put(name, now);
            if (now == null) {
                if (before != null) {
                    events.add(new DirectoryEvent.Left(name, before.incarnation()));
                }
            } else if (before == null || before.incarnation() != now.incarnation()) {
                events.add(new DirectoryEvent.Joined(now));
            } else if (!before.saysTheSame(now)) {
                events.add(new DirectoryEvent.Updated(now));
            }
        }
        return events;
    }

    /** The newest incarnation; of one incarnation what a directory says that works, then what was told before. */
    private @Nullable PeerRecord best(String name) {
        PeerRecord best = null;
        boolean bestIsUp = false;
        for (Map.Entry<Source, Map<String, PeerRecord>> view : views.entrySet()) {
            PeerRecord peer = view.getValue().get(name);
            boolean works = up.contains(view.getKey());
            if (peer == null) {
                continue;
            }
            boolean newer = best == null
                    || peer.incarnation() > best.incarnation()
                    || (peer.incarnation() == best.incarnation() && works && (!bestIsUp || peer.replaces(best)));
            if (newer) {
                best = peer;
                bestIsUp = works;
            }
        }
        return best;
    }
}
