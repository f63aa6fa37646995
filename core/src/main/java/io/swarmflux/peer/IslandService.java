package io.swarmflux.peer;

import io.swarmflux.swarm.Claims;
import io.swarmflux.wire.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntToLongFunction;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What the group does for this member: which sub-streams it brings, and what is to come over links all the same.
 *
 * <p>A sub-stream is <em>served</em> while a member claims it that hears this one and is heard by it, and while something of it comes: of
 * a gateway that claims and does not send, or whose chunks do not get here, the claim says nothing. It counts as served for a second longer:
 * by then it has a new gateway, or there is none. Inside the strand.
 */
final class IslandService {
    private static final long PATIENCE_NS = Duration.ofSeconds(1).toNanos();
    private static final long BEHIND_MEMBERS_NS = Duration.ofMillis(500).toNanos();
    private static final int MAX_WANTED = 1024;

    private final long me;
    private final IslandMembers members;

    /** Since when each sub-stream is neither fed here nor by somebody who serves this member; by sub-stream. */
    private final Map<Integer, Long> unservedSinceNs = new HashMap<>();

    /** What exists of each sub-stream and has not come from the group, and since when. */
    private final Map<Integer, Awaited> awaited = new HashMap<>();

    /** The first sequence of each sub-stream that the group brought or will bring; what is older comes over links. */
    private final Map<Integer, Long> beginnings = new HashMap<>();

    /** What the group does not bring although it should. */
    private final Set<Long> wantedOutside = new HashSet<>();

    private final Map<Long, Long> askedInsideAtNs = new HashMap<>();

    private record Awaited(long edge, long sinceNs) {}

    IslandService(long me, IslandMembers members) {
        this.me = me;
        this.members = members;
    }

    void forget() {
        unservedSinceNs.clear();
        awaited.clear();
        beginnings.clear();
        wantedOutside.clear();
    }

    // ------------------------------------------------------------------ what is heard

    /** A gateway says where it begins. */
    void begins(int subStream, long first) {
        beginnings.putIfAbsent(subStream, first);
    }

    /** The group was asked for these in vain. */
    void isWantedOutside(List<Long> sequences) {
        for (long sequence : sequences) {
            if (wantedOutside.size() < MAX_WANTED) {
                wantedOutside.add(sequence);
            }
        }
    }

    /** What is below, or here, is not wanted any more. */
    void passed(long next, LongPredicate isHere) {
        wantedOutside.removeIf(sequence -> sequence < next || isHere.test(sequence));
        askedInsideAtNs.keySet().removeIf(sequence -> sequence < next);
    }

    /**
     * Keeps account of what is served, and since when what is not.
     *
     * @param came for each sub-stream, how far it has come from the group
     * @param exists one past the newest sequence that is known to exist
     */
    void tick(Claims claims, IntToLongFunction came, long exists, long nowNs) {
        for (int i = 0; i < claims.subStreams(); i++) {
            if (claims.holder(i) == me) {
                unservedSinceNs.remove(i);
                awaited.remove(i);
            } else if (!isClaimed(claims, i, nowNs)) {
                unservedSinceNs.putIfAbsent(i, nowNs);
                awaited.remove(i);
            } else if (comes(i, came.applyAsLong(i), exists, claims.subStreams(), nowNs)) {
                unservedSinceNs.remove(i);
            } else {
                unservedSinceNs.putIfAbsent(i, nowNs - PATIENCE_NS);
            }
        }
    }

    private boolean isClaimed(Claims claims, int subStream, long nowNs) {
        long holder = claims.holder(subStream);
        IslandMembers.Member member = holder == Claims.NOBODY ? null : members.of(holder);
        return member != null && members.mutual(member, nowNs);
    }

    /** Whether something has come since this member knew of something that should. */
    private boolean comes(int subStream, long came, long exists, int count, long nowNs) {
        Awaited before = awaited.get(subStream);
        if (before == null || came > before.edge()) {
            // a whole round of sub-streams ahead, so that one of it is among what is to come
            if (exists >= came + count) {
                awaited.put(subStream, new Awaited(came, nowNs));
            } else {
                awaited.remove(subStream);
            }
            return true;
        }
        return nowNs - before.sinceNs() < PATIENCE_NS;
    }

    // ------------------------------------------------------------------ what follows

    boolean isServed(Claims claims, int subStream, long nowNs) {
        if (claims.holder(subStream) == me) {
            return !claims.fetches(subStream, nowNs);
        }
        Long sinceNs = unservedSinceNs.get(subStream);
        return sinceNs == null || nowNs - sinceNs < PATIENCE_NS;
    }

    boolean brings(Claims claims, long sequence, long nowNs) {
        return isServed(claims, (int) (sequence % claims.subStreams()), nowNs);
    }

    boolean mayAsk(Claims claims, long sequence, long nowNs) {
        int subStream = (int) (sequence % claims.subStreams());
        if (!isServed(claims, subStream, nowNs)) {
            return true;
        }
        Long beginning = beginnings.get(subStream);
        return wantedOutside.contains(sequence)
                || (beginning != null && sequence < beginning)
                || isGone(claims.holder(subStream), sequence);
    }

    /** Whether a gateway does not hold it any more, while others may. */
    private boolean isGone(long gateway, long sequence) {
        IslandMembers.Member member = members.of(gateway);
        return member != null && member.beat != null && sequence < member.beat.oldest();
    }

    boolean mayAskOutside(Claims claims, long sequence, boolean memberHasIt, long nowNs) {
        if (!brings(claims, sequence, nowNs)) {
            return true;
        }
        long sinceNs = askedInsideAtNs.computeIfAbsent(sequence, s -> nowNs);
        return nowNs - sinceNs > (memberHasIt ? 2 * BEHIND_MEMBERS_NS : BEHIND_MEMBERS_NS);
    }

    /** Whether a way leads through the island, or by a member that has not said so because it takes that from outside itself. */
    boolean refusesWay(List<String> way, String island, long nowNs) {
        if (!members.anyMutual(nowNs)) {
            return false;
        }
        for (int i = 1; i < way.size() - 1; i++) {
            if (members.areMutual(way.get(i), nowNs)) {
                return true;
            }
        }
        return way.contains(island);
    }

    /** The way by which a gateway brings a sub-stream, and the island; null when none does, or its way is not known. */
    @Nullable
    List<String> way(Claims claims, int subStream, String island) {
        long holder = subStream >= claims.subStreams() ? Claims.NOBODY : claims.holder(subStream);
        IslandMembers.Member member = holder == Claims.NOBODY ? null : members.of(holder);
        if (member == null || holder == me) {
            return null;
        }
        for (Message.Path path : member.ways) {
            if ((path.subStreams() & 1L << subStream) != 0) {
                List<String> way = new ArrayList<>(path.peers());
                way.add(island);
                return way;
            }
        }
        return null;
    }
}
