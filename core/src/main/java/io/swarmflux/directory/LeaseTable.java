package io.swarmflux.directory;

import io.swarmflux.segment.StreamId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.BiConsumer;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who is known until when. Knows no clock: time is an argument. One thread at a time.
 *
 * <p>Leases wait in one queue by the deadline they had when they went in. A renewal only writes the new deadline; who comes out too
 * early goes in again. So the queue has one entry for each lease, and a renewal costs nothing.
 *
 * <p>Who has left is remembered for a minute, so that an older incarnation that comes late is still refused. These memories are
 * bounded: the oldest go first.
 */
final class LeaseTable {
    private static final long REMEMBERED_NS = 60_000_000_000L;
    private static final int MAX_REMEMBERED = 10_000;

    private final String name;
    private final DirectoryLimits limits;
    private final DoubleSupplier dice;
    private final BiConsumer<StreamId, DirectoryEvent> changes;
    private final Map<StreamId, Known> streams = new HashMap<>();
    private final PriorityQueue<Held> byDeadline =
            new PriorityQueue<>((a, b) -> Long.compare(a.queuedNs - b.queuedNs, 0));
    private final Map<Key, Gone> gone = new LinkedHashMap<>();

    LeaseTable(String name, DirectoryLimits limits, DoubleSupplier dice, BiConsumer<StreamId, DirectoryEvent> changes) {
        this.name = name;
        this.limits = limits;
        this.dice = dice;
        this.changes = changes;
    }

    private record Key(StreamId stream, String name) {}

    private record Gone(long incarnation, long untilNs) {}

    /** One lease. */
    private static final class Held {
        private PeerRecord peer;
        private long heardNs;
        private long deadlineNs;
        private long queuedNs;

        /** Its place in the list of its stream. */
        private int index;

        Held(PeerRecord peer) {
            this.peer = peer;
        }

        PeerRecord at(long nowNs) {
            return peer.withAge(Duration.ofNanos(Math.max(0, nowNs - heardNs)));
        }
    }

    /** The peers of one stream, by name and in a list to draw from. */
    private static final class Known {
        private final Map<String, Held> byName = new HashMap<>();
        private final List<Held> all = new ArrayList<>();

        void add(Held held) {
            byName.put(held.peer.name(), held);
            held.index = all.size();
            all.add(held);
        }

        void remove(Held held) {
            byName.remove(held.peer.name());
            swap(held.index, all.size() - 1);
            all.remove(all.size() - 1);
        }

        void swap(int one, int other) {
            Collections.swap(all, one, other);
            all.get(one).index = one;
            all.get(other).index = other;
        }
    }

    int size() {
        return byDeadline.size();
    }

    int streams() {
        return streams.size();
    }

    Lease register(PeerRecord peer, Duration asked, long nowNs) {
        expire(nowNs);
        Duration ttl = limits.granted(asked);
        Known known = streams.get(peer.stream());
        Held held = known == null ? null : known.byName.get(peer.name());
        checkIncarnation(peer, held, nowNs);
        if (held == null) {
            checkRoom(peer.stream(), known);
            Held fresh = new Held(peer.withAge(Duration.ZERO));
            renew(fresh, ttl, nowNs);
            fresh.queuedNs = fresh.deadlineNs;
            streams.computeIfAbsent(peer.stream(), stream -> new Known()).add(fresh);
            byDeadline.add(fresh);
            gone.remove(new Key(peer.stream(), peer.name()));
            changes.accept(peer.stream(), new DirectoryEvent.Joined(fresh.peer));
            return new Lease(ttl, false);
        }
        PeerRecord before = held.peer;
        held.peer = peer.withAge(Duration.ZERO);
        renew(held, ttl, nowNs);
        boolean same = before.incarnation() == peer.incarnation();
        if (!same) {
            changes.accept(peer.stream(), new DirectoryEvent.Joined(held.peer));
        } else if (!before.saysTheSame(peer)) {
            changes.accept(peer.stream(), new DirectoryEvent.Updated(held.peer));
        }
        return new Lease(ttl, same);
    }

    /** A shorter lease than before is due earlier than it stands in the queue: it goes in anew. */
    private void renew(Held held, Duration ttl, long nowNs) {
        held.heardNs = nowNs;
        held.deadlineNs = nowNs + ttl.toNanos();
        if (held.queuedNs > held.deadlineNs && byDeadline.remove(held)) {
            held.queuedNs = held.deadlineNs;
            byDeadline.add(held);
        }
    }

    private void checkIncarnation(PeerRecord peer, @Nullable Held held, long nowNs) {
        Gone left = gone.get(new Key(peer.stream(), peer.name()));
        long newest = held != null
                ? held.peer.incarnation()
                : left != null && nowNs - left.untilNs < 0 ? left.incarnation : Long.MIN_VALUE;
        if (peer.incarnation() < newest) {
            throw new DirectoryException(
                    DirectoryException.Reason.STALE,
                    name,
                    "incarnation " + peer.incarnation() + " of " + peer.name() + " comes after " + newest
                            + "; announce a larger one, or give each peer a name of its own");
        }
    }

    private void checkRoom(StreamId stream, @Nullable Known known) {
        if (known == null && streams.size() >= limits.streams()) {
            throw full("streams", limits.streams());
        }
        if (known != null && known.all.size() >= limits.peersPerStream()) {
            throw full("peers of " + stream, limits.peersPerStream());
        }
        if (byDeadline.size() >= limits.peers()) {
            throw full("peers", limits.peers());
        }
    }

    private DirectoryException full(String what, int most) {
        return new DirectoryException(
                DirectoryException.Reason.BUSY,
                name,
                "has " + most + " " + what + " and takes no more; try later, or raise its limit",
                limits.shortestLease(),
                null);
    }

    void withdraw(PeerRecord peer, long nowNs) {
        Known known = streams.get(peer.stream());
        Held held = known == null ? null : known.byName.get(peer.name());
        if (held != null && held.peer.incarnation() <= peer.incarnation()) {
            byDeadline.remove(held);
            end(held, nowNs);
        }
    }

    private void end(Held held, long nowNs) {
        StreamId stream = held.peer.stream();
        Known known = streams.get(stream);
        if (known != null) {
            known.remove(held);
            if (known.all.isEmpty()) {
                streams.remove(stream);
            }
        }
        remember(held.peer, nowNs);
        changes.accept(stream, new DirectoryEvent.Left(held.peer.name(), held.peer.incarnation()));
    }

    private void remember(PeerRecord peer, long nowNs) {
        Key key = new Key(peer.stream(), peer.name());
        gone.remove(key);
        gone.put(key, new Gone(peer.incarnation(), nowNs + REMEMBERED_NS));
        var oldest = gone.values().iterator();
        while (oldest.hasNext()) {
            boolean over = nowNs - oldest.next().untilNs >= 0;
            if (!over && gone.size() <= MAX_REMEMBERED) {
                return;
            }
            oldest.remove();
        }
    }

    /** Ends every lease whose time is over. */
    void expire(long nowNs) {
        for (Held first = byDeadline.peek(); first != null && first.queuedNs - nowNs <= 0; first = byDeadline.peek()) {
            byDeadline.remove();
            if (first.deadlineNs - nowNs <= 0) {
                end(first, nowNs);
            } else {
                first.queuedNs = first.deadlineNs;
                byDeadline.add(first);
            }
        }
    }

    /** When {@link #expire} has something to do at the earliest; -1 for never. */
    long waitNs(long nowNs) {
        Held first = byDeadline.peek();
        return first == null ? -1 : Math.max(0, first.queuedNs - nowNs);
    }

    List<PeerRecord> all(StreamId stream, long nowNs) {
        expire(nowNs);
        Known known = streams.get(stream);
        return known == null
                ? List.of()
                : known.all.stream().map(held -> held.at(nowNs)).toList();
    }

    /** Draws twice as many as are wanted, so that those without a free place can come last. */
    List<PeerRecord> find(StreamId stream, int limit, long nowNs) {
        expire(nowNs);
        Known known = streams.get(stream);
        if (known == null) {
            return List.of();
        }
        int size = known.all.size();
        int drawn = (int) Math.min(size, 2L * limit);
        List<PeerRecord> free = new ArrayList<>();
        List<PeerRecord> full = new ArrayList<>();
        for (int i = 0; i < drawn; i++) {
            known.swap(i, Math.min(size - 1, i + (int) (dice.getAsDouble() * (size - i))));
            PeerRecord peer = known.all.get(i).at(nowNs);
            (peer.freePlaces() == 0 ? full : free).add(peer);
        }
        free.addAll(full);
        return List.copyOf(free.subList(0, Math.min(limit, free.size())));
    }
}
