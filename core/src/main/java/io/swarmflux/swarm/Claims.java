package io.swarmflux.swarm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which member of an island feeds which sub-stream from the outside.
 *
 * <p><b>The problem.</b> Each sub-stream should cross the island's uplink once. Members hear each other by datagrams that get lost, so
 * no two of them know quite the same; whoever feeds may die, freeze, or lose its own upstream without anybody being told.
 *
 * <p><b>The idea.</b> A gateway <em>claims</em> a sub-stream, with a term, and says so each 100 ms. A live claim is never taken.
 * It lapses by 300 ms of silence, by standing 500 ms behind what others know to exist, or because its gateway gives it up. The weight
 * of a member for a sub-stream (rendezvous hashing) only decides who claims a free one first, each next one a little later,
 * and who yields when two claim with the same term; otherwise the higher term wins. Two gateways at a time cost duplicates, never
 * a loss: so nothing has to be agreed before anybody acts.
 *
 * <p>A gateway that cannot bring a sub-stream any more resigns, and claims nothing for 10 s, so that a flapping uplink does not make
 * the stream flap. One that has more than its share lets go of one sub-stream each 5 s, for somebody who has two fewer.
 *
 * <pre>
 *  free --(I come first, or nobody did so far)--> mine --(higher term heard | cannot bring it | shared out)--> other's or free
 *  other's --(silent 300 ms | behind 500 ms | given up)--> free
 * </pre>
 *
 * <p>Rendezvous hashing: Thaler and Ravishankar, "Using name-based mappings to increase hit rates", 1998. Not thread-safe.
 */
public final class Claims {
    /** No member. */
    public static final long NOBODY = 0;

    private static final long SILENT_NS = 300_000_000L;
    private static final long BEHIND_NS = 500_000_000L;
    private static final long TURN_NS = 60_000_000L;
    private static final long REST_NS = 10_000_000_000L;
    private static final long SHARE_OUT_NS = 5_000_000_000L;
    private static final long PRESENT_NS = 3_500_000_000L;
    private static final long SEVERAL_RANKS = 4;

    private final long me;
    private final int gateways;
    private final int count;
    private final long[] holder;
    private final long[] term;
    private final long[] edge;
    private final long[] freeSinceNs;

    /** The sequence that a claim has not come to although it exists; -1 for none. */
    private final long[] awaited;

    private final long[] awaitedSinceNs;
    private final Map<Long, Member> members = new HashMap<>();
    private long outside;
    private long newest;
    private long restsUntilNs = Long.MIN_VALUE;
    private long sharedOutAtNs;

    private static final class Member {
        private long outside;
        private long heardNs = Long.MIN_VALUE / 2;
    }

    /** What has changed for this member. */
    public enum Step {
        /** It feeds the sub-stream from now on. */
        CLAIMED,
        /** Another feeds it. */
        YIELDED,
        /** It cannot bring it. */
        RESIGNED,
        /** Somebody with fewer is to feed it. */
        SHARED_OUT
    }

    /**
     * A change.
     *
     * @param subStream from 0
     * @param step what has changed
     */
    public record Change(int subStream, Step step) {}

    /**
     * Nothing is claimed.
     *
     * @param me the instance number of this member, not 0
     * @param gateways among how many members the sub-streams are divided, at least 1
     * @param subStreams K
     * @param fromNs from when on what nobody claims counts as free
     */
    public Claims(long me, int gateways, int subStreams, long fromNs) {
        if (me == NOBODY) {
            throw new IllegalArgumentException("a member's number is not 0");
        }
        if (gateways < 1) {
            throw new IllegalArgumentException("an island has at least 1 gateway, was " + gateways);
        }
        this.me = me;
        this.gateways = gateways;
        this.count = subStreams;
        this.holder = new long[subStreams];
        this.term = new long[subStreams];
        this.edge = new long[subStreams];
        this.freeSinceNs = new long[subStreams];
        this.awaited = new long[subStreams];
        this.awaitedSinceNs = new long[subStreams];
        Arrays.fill(freeSinceNs, fromNs);
        Arrays.fill(awaited, -1);
        this.sharedOutAtNs = fromNs;
    }

    // ------------------------------------------------------------------ what is heard

    /**
     * A member was heard, whatever it said: its claims live on.
     *
     * @param member its number
     * @param nowNs the time
     */
    public void heard(long member, long nowNs) {
        Member there = members.computeIfAbsent(member, m -> new Member());
        there.heardNs = Math.max(there.heardNs, nowNs);
    }

    /**
     * A member says what it could bring from outside.
     *
     * @param member its number
     * @param mask bit i set: sub-stream i
     * @param nowNs the time
     */
    public void couldBring(long member, long mask, long nowNs) {
        heard(member, nowNs);
        members.computeIfAbsent(member, m -> new Member()).outside = mask;
    }

    /**
     * A member has left: what it claimed is free at once.
     *
     * @param member its number
     * @param nowNs the time
     */
    public void left(long member, long nowNs) {
        members.remove(member);
        for (int i = 0; i < count; i++) {
            if (holder[i] == member) {
                free(i, nowNs);
            }
        }
    }

    /**
     * A member claims a sub-stream.
     *
     * @param member its number
     * @param subStream from 0
     * @param ofTerm the claim's term
     * @param ofEdge the first sequence of it that was not sent yet
     * @param nowNs the time
     * @return whether this member has yielded to it
     */
    public boolean claimed(long member, int subStream, long ofTerm, long ofEdge, long nowNs) {
        heard(member, nowNs);
        int i = subStream;
        if (holder[i] == member && ofTerm >= term[i]) {
            term[i] = ofTerm;
            edge[i] = Math.max(edge[i], ofEdge);
            return false;
        }
        boolean wins = ofTerm > term[i]
                || (ofTerm == term[i] && holder[i] == NOBODY)
                || (ofTerm == term[i] && weight(member, i) > weight(holder[i], i));
        if (!wins) {
            return false;
        }
        boolean yields = holder[i] == me;
        hold(i, member, ofTerm, ofEdge);
        return yields;
    }

    /**
     * A member has said all that it claims: what it claimed before and does not name any more is free.
     *
     * @param member its number
     * @param mask bit i set: it claims sub-stream i
     * @param nowNs the time
     */
    public void claimsOnly(long member, long mask, long nowNs) {
        for (int i = 0; i < count; i++) {
            if (holder[i] == member && (mask & 1L << i) == 0) {
                free(i, nowNs);
            }
        }
    }

    /**
     * What this member could bring from outside itself.
     *
     * @param mask bit i set: sub-stream i
     */
    public void outside(long mask) {
        outside = mask;
    }

    /**
     * What this member could bring from outside, as it was said last.
     *
     * @return bit i set: sub-stream i
     */
    public long outside() {
        return outside;
    }

    /**
     * How far this member has come with a sub-stream that it claims.
     *
     * @param subStream from 0
     * @param ofEdge the first sequence that it has not sent yet
     */
    public void sent(int subStream, long ofEdge) {
        edge[subStream] = Math.max(edge[subStream], ofEdge);
    }

    /**
     * What is known to exist, because an upstream outside has announced it.
     *
     * @param ofEdge one past the newest sequence
     */
    public void exists(long ofEdge) {
        newest = Math.max(newest, ofEdge);
    }

    // ------------------------------------------------------------------ what follows

    /**
     * Decides what this member feeds from now on.
     *
     * @param nowNs the time
     * @return what has changed, in no order
     */
    public List<Change> plan(long nowNs) {
        List<Change> changes = new ArrayList<>();
        members.values().removeIf(member -> nowNs - member.heardNs > PRESENT_NS);
        for (int i = 0; i < count; i++) {
            if (holder[i] == me) {
                keep(changes, i, nowNs);
            } else if (holder[i] != NOBODY && (isSilent(holder[i], nowNs) || isBehind(i, nowNs))) {
                free(i, nowNs);
            }
            if (holder[i] == NOBODY && isMyTurn(i, nowNs)) {
                hold(i, me, term[i] + 1, 0);
                changes.add(new Change(i, Step.CLAIMED));
            }
        }
        if (nowNs - sharedOutAtNs >= SHARE_OUT_NS) {
            shareOut(changes, nowNs);
        }
        return changes;
    }

    private void keep(List<Change> changes, int i, long nowNs) {
        boolean couldBring = (outside & 1L << i) != 0;
        boolean others = members.values().stream().anyMatch(other -> (other.outside & 1L << i) != 0);
        if (others && (!couldBring || isBehind(i, nowNs))) {
            restsUntilNs = nowNs + REST_NS;
            free(i, nowNs);
            changes.add(new Change(i, Step.RESIGNED));
        }
    }

    /** Whether a sequence has been known to exist for so long and its claim has not come to it. */
    private boolean isBehind(int i, long nowNs) {
        if (awaited[i] >= 0 && edge[i] > awaited[i]) {
            awaited[i] = -1;
        }
        long next = edge[i] + Math.floorMod(i - edge[i], (long) count);
        if (awaited[i] < 0 && next < newest) {
            awaited[i] = next;
            awaitedSinceNs[i] = nowNs;
        }
        return awaited[i] >= 0 && nowNs - awaitedSinceNs[i] >= BEHIND_NS;
    }

    private boolean isSilent(long member, long nowNs) {
        Member there = members.get(member);
        return there == null || nowNs - there.heardNs >= SILENT_NS;
    }

    /** The first in line claims at once, each next one a turn later; but first everybody must have had the time to be heard. */
    private boolean isMyTurn(int i, long nowNs) {
        if ((outside & 1L << i) == 0 || nowNs < restsUntilNs) {
            return false;
        }
        return nowNs - freeSinceNs[i] >= TURN_NS * Math.min(SEVERAL_RANKS, rank(i));
    }

    /**
     * Whether a member may come first for a sub-stream. Before its first claim nobody knows yet who could bring it: then all that are
     * there take turns, so that a stream for which all have waited is not fetched by all of them.
     */
    private boolean mayBring(long could, int i) {
        return (could & 1L << i) != 0 || term[i] == 0;
    }

    /** How many come before this member for a sub-stream: the chosen gateways first, each by its weight for it. */
    private long rank(int i) {
        boolean chosen = isChosen(me, outside, i);
        long mine = weight(me, i);
        long before = 0;
        for (Map.Entry<Long, Member> each : members.entrySet()) {
            long other = each.getKey();
            if (mayBring(each.getValue().outside, i)) {
                boolean otherChosen = isChosen(other, each.getValue().outside, i);
                before += otherChosen == chosen ? (weight(other, i) > mine ? 1 : 0) : (otherChosen ? 1 : 0);
            }
        }
        return before;
    }

    /** Whether a member is one of those that the sub-streams are divided among: the first by weight that could bring this one. */
    private boolean isChosen(long member, long could, int i) {
        if (!mayBring(could, i)) {
            return false;
        }
        int before = member != me && mayBring(outside, i) && weight(me, -1) > weight(member, -1) ? 1 : 0;
        for (Map.Entry<Long, Member> each : members.entrySet()) {
            long other = each.getKey();
            if (other != member && mayBring(each.getValue().outside, i) && weight(other, -1) > weight(member, -1)) {
                before++;
            }
        }
        return before < gateways;
    }

    /** Lets go of one sub-stream when there is a chosen gateway with at least two fewer, or this member is none of those. */
    private void shareOut(List<Change> changes, long nowNs) {
        int mine = Long.bitCount(claimedBy(me));
        for (int i = 0; i < count; i++) {
            if (holder[i] != me) {
                continue;
            }
            int of = i;
            boolean chosen = isChosen(me, outside, i);
            boolean taker = members.entrySet().stream()
                    .anyMatch(each -> (each.getValue().outside & 1L << of) != 0
                            && isChosen(each.getKey(), each.getValue().outside, of)
                            && (!chosen || Long.bitCount(claimedBy(each.getKey())) <= mine - 2));
            if (taker && rank(i) > 0) {
                sharedOutAtNs = nowNs;
                free(i, nowNs);
                freeSinceNs[i] = nowNs + TURN_NS; // not by itself again
                changes.add(new Change(i, Step.SHARED_OUT));
                return;
            }
        }
    }

    private void hold(int i, long member, long ofTerm, long ofEdge) {
        holder[i] = member;
        term[i] = ofTerm;
        edge[i] = ofEdge;
        awaited[i] = -1;
    }

    private void free(int i, long nowNs) {
        holder[i] = NOBODY;
        freeSinceNs[i] = nowNs;
        awaited[i] = -1;
    }

    /** How much a member is called to feed a sub-stream; with -1, to be a gateway at all. */
    private static long weight(long member, int subStream) {
        return member == NOBODY ? Long.MIN_VALUE : mixed(member ^ mixed(subStream + 2L)) >>> 1;
    }

    /** Spreads bits (the finaliser of SplitMix64; Steele, Lea and Flood, 2014). */
    private static long mixed(long bits) {
        long z = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    // ------------------------------------------------------------------ what is so

    /**
     * Who feeds a sub-stream.
     *
     * @param subStream from 0
     * @return the member's number; {@link #NOBODY} when it is free
     */
    public long holder(int subStream) {
        return holder[subStream];
    }

    /**
     * The newest term that was heard of a sub-stream.
     *
     * @param subStream from 0
     * @return 0 when it was never claimed
     */
    public long term(int subStream) {
        return term[subStream];
    }

    /**
     * How far the gateway of a sub-stream has come.
     *
     * @param subStream from 0
     * @return the first sequence that was not sent yet, as far as is known
     */
    public long edge(int subStream) {
        return edge[subStream];
    }

    /**
     * What a member feeds.
     *
     * @param member its number
     * @return bit i set: sub-stream i
     */
    public long claimedBy(long member) {
        long mask = 0;
        for (int i = 0; i < count; i++) {
            mask |= holder[i] == member ? 1L << i : 0;
        }
        return mask;
    }

    /**
     * Since when a sub-stream is free.
     *
     * @param subStream from 0
     * @param nowNs the time
     * @return nanoseconds; -1 when somebody feeds it
     */
    public long freeForNs(int subStream, long nowNs) {
        return holder[subStream] == NOBODY ? nowNs - freeSinceNs[subStream] : -1;
    }

    /**
     * How many sub-streams there are.
     *
     * @return K
     */
    public int subStreams() {
        return count;
    }
}
