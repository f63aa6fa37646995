package io.swarmflux.swarm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

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
 * a loss: so nothing has to be agreed before anybody acts. Only the first claim to a sub-stream, which all may make at once, is held
 * for 200 ms before it is acted upon, unless its gateway is alone.
 *
 * <p>A gateway that cannot bring a sub-stream any more resigns, and claims and offers nothing for 10 s, so that a flapping uplink does
 * not make the stream flap; the last one that offers a sub-stream keeps it. One that has more than its share lets go of one sub-stream
 * each 5 s, for somebody who has two fewer.
 *
 * <p>In the first three seconds a claim lapses after twice the time. The claim after one that lapsed because it was behind is given once
 * more of it, up to three times, for 10 s: where all machines are too busy to keep up the next gateway would soon be behind too, and
 * what changes hands is fetched twice.
 *
 * <p>Who wakes after a stop of 300 ms or more takes nobody for silent before it has listened for as long. A claim that lapsed because it
 * was behind is not believed again before it has come further: who says that it feeds what it does not send holds up nothing for good.
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

    /**
     * For so long after the beginning everybody is given twice the time: processes that have just started are slow, and what they take
     * for silence or lag is only that. Claims that change hands then would have much fetched twice.
     */
    private static final long BEGINNING_NS = 3_000_000_000L;

    private static final long BEGINNING_PATIENCE = 2;
    private static final long MOST_PATIENCE = 3;
    private static final long PATIENT_NS = 10_000_000_000L;

    /** Between two looks at the others no more than this is counted as waiting for them: who is late itself has not listened. */
    private static final long LATE_NS = 100_000_000L;

    /** How long a first claim is held before it is acted upon, so that others who claim the same have been heard. */
    private static final long SETTLE_NS = 200_000_000L;

    private static final long SEVERAL_RANKS = 4;

    /** No term is higher: an honest one rises with each takeover, and a forged one leaves room for another. */
    public static final long MOST_TERM = 1L << 48;

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

    /** Whose claim lapsed last because it was behind, and the sequence that it had not come to. */
    private final long[] lapsed;

    private final long[] lapsedAt;

    /** How many times the time claims to a sub-stream have, and until when; then it is once. */
    private final long[] patience;

    private final long[] patientUntilNs;

    /** From when on what this member has claimed is fetched. */
    private final long[] settlesAtNs;

    private final Map<Long, Member> members = new HashMap<>();
    private long outside;
    private long newest;
    private long restsUntilNs = Long.MIN_VALUE;
    private long sharedOutAtNs;
    private long plannedAtNs;
    private long awakeSinceNs = Long.MIN_VALUE / 2;
    private final long beginningUntilNs;

    private static final class Member {
        private long outside;
        private long presentNs = Long.MIN_VALUE / 2;

        /** When it last did what only a gateway does. */
        private long feedsNs = Long.MIN_VALUE / 2;
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
        this.lapsed = new long[subStreams];
        this.lapsedAt = new long[subStreams];
        this.patience = new long[subStreams];
        this.patientUntilNs = new long[subStreams];
        this.settlesAtNs = new long[subStreams];
        Arrays.fill(freeSinceNs, fromNs);
        Arrays.fill(awaited, -1);
        Arrays.fill(patientUntilNs, fromNs);
        this.sharedOutAtNs = fromNs;
        this.plannedAtNs = fromNs;
        this.beginningUntilNs = fromNs + BEGINNING_NS;
    }

    // ------------------------------------------------------------------ what is heard

    /**
     * A member was heard to feed something, or to say what it claims: its claims live on.
     *
     * @param member its number
     * @param nowNs the time
     */
    public void feeds(long member, long nowNs) {
        Member there = present(member, nowNs);
        there.feedsNs = Math.max(there.feedsNs, nowNs);
    }

    private Member present(long member, long nowNs) {
        Member there = members.computeIfAbsent(member, m -> new Member());
        there.presentNs = Math.max(there.presentNs, nowNs);
        return there;
    }

    /**
     * A member says what it could bring from outside.
     *
     * @param member its number
     * @param mask bit i set: sub-stream i
     * @param nowNs the time
     */
    public void couldBring(long member, long mask, long nowNs) {
        present(member, nowNs).outside = mask;
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
     * @param ofTerm the claim's term; one above {@link #MOST_TERM} is not believed
     * @param ofEdge the first sequence of it that was not sent yet
     * @param nowNs the time
     * @return whether this member has yielded to it
     */
    public boolean claimed(long member, int subStream, long ofTerm, long ofEdge, long nowNs) {
        feeds(member, nowNs);
        int i = subStream;
        if (ofTerm > MOST_TERM || (lapsed[i] == member && ofEdge <= lapsedAt[i])) {
            return false;
        }
        if (holder[i] == member && ofTerm >= term[i]) {
            term[i] = ofTerm;
            edge[i] = Math.max(edge[i], ofEdge);
            return false;
        }
        // what is free anybody may have: who claimed it with a higher term may be gone, and those who feed it have not
        // heard of it
        boolean wins = holder[i] == NOBODY
                || ofTerm > term[i]
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
     * What this member offers to bring from outside: what it could bring, as it was said last, but nothing while it rests.
     *
     * @param nowNs the time
     * @return bit i set: sub-stream i
     */
    public long offers(long nowNs) {
        return nowNs < restsUntilNs ? claimedBy(me) & outside : outside;
    }

    /**
     * How far a sub-stream has come, whoever feeds it: what this member has sent, or has got from the group. At a high loss that tells
     * sooner than heartbeats do.
     *
     * @param subStream from 0
     * @param ofEdge the first sequence that was not sent yet
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
        if (nowNs - plannedAtNs >= SILENT_NS) {
            awakeSinceNs = nowNs; // it has slept, and cannot know who was silent meanwhile
            Arrays.fill(awaited, -1);
        }
        long lateNs = Math.max(0, nowNs - plannedAtNs - LATE_NS);
        if (lateNs > 0) {
            doesNotCount(lateNs, nowNs);
        }
        plannedAtNs = nowNs;
        members.values().removeIf(member -> nowNs - member.presentNs > PRESENT_NS);
        for (int i = 0; i < count; i++) {
            if (holder[i] == me) {
                keep(changes, i, nowNs);
            } else if (holder[i] != NOBODY && isSilent(i, nowNs)) {
                free(i, nowNs);
            } else if (holder[i] != NOBODY && isBehind(i, nowNs)) {
                lapsed[i] = holder[i];
                lapsedAt[i] = awaited[i];
                growPatient(i, nowNs);
                free(i, nowNs);
            }
            if (holder[i] == NOBODY && isMyTurn(i, nowNs)) {
                // all begin at about the same time, each as soon as it can: whoever is not heard yet may have claimed
                // it too
                settlesAtNs[i] = term[i] == 0 && !members.isEmpty() ? nowNs + SETTLE_NS : nowNs;
                hold(i, me, Math.min(MOST_TERM, term[i] + 1), 0);
                changes.add(new Change(i, Step.CLAIMED));
            }
        }
        if (nowNs - sharedOutAtNs >= SHARE_OUT_NS && nowNs - awakeSinceNs >= SILENT_NS) {
            shareOut(changes, nowNs);
        }
        return changes;
    }

    /** For so long this member could not have heard what others have said: whatever waits for that waits for so much longer. */
    private void doesNotCount(long lateNs, long nowNs) {
        for (Member member : members.values()) {
            member.feedsNs = Math.min(nowNs, member.feedsNs + lateNs);
        }
        for (int i = 0; i < count; i++) {
            freeSinceNs[i] = Math.max(freeSinceNs[i], Math.min(nowNs, freeSinceNs[i] + lateNs));
            settlesAtNs[i] += settlesAtNs[i] - plannedAtNs > 0 ? lateNs : 0;
            awaitedSinceNs[i] = Math.max(awaitedSinceNs[i], Math.min(nowNs, awaitedSinceNs[i] + lateNs));
        }
    }

    private void keep(List<Change> changes, int i, long nowNs) {
        boolean couldBring = (outside & 1L << i) != 0;
        boolean others = members.values().stream().anyMatch(other -> (other.outside & 1L << i) != 0);
        boolean behind = isBehind(i, nowNs);
        if (others && (!couldBring || behind)) {
            if (behind) {
                growPatient(i, nowNs);
            }
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
            awaitedSinceNs[i] = holder[i] == me ? Math.max(nowNs, settlesAtNs[i]) : nowNs;
        }
        return awaited[i] >= 0 && nowNs - awaitedSinceNs[i] >= patience(i, nowNs) * BEHIND_NS;
    }

    private long patience(int i, long nowNs) {
        return Math.max(
                nowNs - beginningUntilNs < 0 ? BEGINNING_PATIENCE : 1, nowNs - patientUntilNs[i] < 0 ? patience[i] : 1);
    }

    private void growPatient(int i, long nowNs) {
        patience[i] = Math.min(MOST_PATIENCE, patience(i, nowNs) + 1);
        patientUntilNs[i] = nowNs + PATIENT_NS;
    }

    private boolean isSilent(int i, long nowNs) {
        Member there = members.get(holder[i]);
        return nowNs - awakeSinceNs >= SILENT_NS
                && (there == null || nowNs - there.feedsNs >= patience(i, nowNs) * SILENT_NS);
    }

    /** The first in line claims at once, each next one a turn later; but first everybody must have had the time to be heard. */
    private boolean isMyTurn(int i, long nowNs) {
        if ((outside & 1L << i) == 0 || nowNs < restsUntilNs || nowNs - awakeSinceNs < SILENT_NS) {
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
        Set<Long> chosen = chosen(i);
        boolean isChosen = chosen.contains(me);
        long mine = weight(me, i);
        long before = 0;
        for (Map.Entry<Long, Member> each : members.entrySet()) {
            long other = each.getKey();
            if (mayBring(each.getValue().outside, i)) {
                boolean otherChosen = chosen.contains(other);
                before += otherChosen == isChosen ? (weight(other, i) > mine ? 1 : 0) : (otherChosen ? 1 : 0);
            }
        }
        return before;
    }

    /** Those that the sub-streams are divided among: the first by weight that may bring this one. */
    private Set<Long> chosen(int i) {
        PriorityQueue<Long> first = new PriorityQueue<>(Comparator.comparingLong(member -> weight(member, -1)));
        if (mayBring(outside, i)) {
            first.add(me);
        }
        for (Map.Entry<Long, Member> each : members.entrySet()) {
            if (mayBring(each.getValue().outside, i)) {
                first.add(each.getKey());
                if (first.size() > gateways) {
                    first.remove();
                }
            }
        }
        return new HashSet<>(first);
    }

    /** Lets go of one sub-stream when there is a chosen gateway with at least two fewer, or this member is none of those. */
    private void shareOut(List<Change> changes, long nowNs) {
        int mine = Long.bitCount(claimedBy(me));
        for (int i = 0; i < count; i++) {
            if (holder[i] != me) {
                continue;
            }
            Set<Long> chosen = chosen(i);
            boolean isChosen = chosen.remove(me);
            boolean taker = chosen.stream().anyMatch(other -> !isChosen || Long.bitCount(claimedBy(other)) <= mine - 2);
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
     * Whether this member is to fetch a sub-stream: it has claimed it, and if that was the first claim of all, nobody who has the better
     * one was heard for a moment.
     *
     * @param subStream from 0
     * @param nowNs the time
     * @return false also when others feed it
     */
    public boolean fetches(int subStream, long nowNs) {
        return holder[subStream] == me && nowNs - settlesAtNs[subStream] >= 0;
    }

    /**
     * The term of the claim to a sub-stream, or of the last one.
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
     * How many sub-streams there are.
     *
     * @return K
     */
    public int subStreams() {
        return count;
    }
}
