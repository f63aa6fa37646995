package io.swarmflux.swarm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Which upstream brings which sub-stream.
 *
 * <p><b>The problem.</b> Each sub-stream should come from exactly one upstream, the one from which its segments are expected
 * first, and the work should be shared. Measurements are noisy and late, a move costs a few duplicates or repairs, and an
 * upstream may have no upload left.
 *
 * <p><b>The idea.</b> Greedy, with a price on load: what an upstream costs for a sub-stream is the delay that is expected by it,
 * plus a fixed price for each sub-stream it carries already. Equal upstreams so get equal shares, and a slow one loses
 * sub-streams one after the other until its delay is gone.
 *
 * <p><b>When a sub-stream moves.</b>
 * <ol>
 *   <li>At once, when it has no upstream, or one that is gone or may not carry it (a loop). Only to somebody with upload to
 *       spare, at first; when there was nobody for 300 ms, urgently to the cheapest, who then makes room (see {@link UploadPlan}).
 *   <li>When its upstream says nothing any more while others do, to one of those, if there is any.
 *   <li>On lack of progress, which {@link Arrivals} finds, to somebody who has what is missing. The upstream that failed it does
 *       not get it back for 10 s, unless nobody else can. When nobody has it, or the upstream lacks it itself, the trouble is
 *       further up: if everybody below moved, one lost link would set a whole tree in motion.
 *   <li>When another upstream is clearly better: by more than 60 ms and a quarter. At most two such moves a second, and each
 *       sub-stream at most once in 5 s; when it halves the delay and saves 300 ms, once in 1.5 s.
 *   <li>When its upstream asks for that, and somebody else has upload to spare.
 * </ol>
 */
public final class SubStreamPlan {
    private static final long SETTLE_NS = 250_000_000L;
    private static final long URGENT_SETTLE_NS = 1_500_000_000L;
    private static final long MOST_SETTLE_NS = 2_000_000_000L;
    private static final long PRICE_NS = 30_000_000L;
    private static final long CLEARLY_NS = 60_000_000L;
    private static final long IMPROVE_EVERY_NS = 500_000_000L;
    private static final long COOL_DOWN_NS = 5_000_000_000L;
    private static final long FAR_BETTER_NS = 300_000_000L;
    private static final long FAR_BETTER_COOL_DOWN_NS = 1_500_000_000L;
    private static final long BAN_NS = 10_000_000_000L;
    private static final long DECLINED_NS = 1_000_000_000L;
    private static final long PATIENCE_NS = 300_000_000L;
    private static final long FAR = Long.MAX_VALUE / 4;

    private final @Nullable String[] owners;
    private final long[] movedAtNs;
    private final long[] settleNs;
    private final long[] aloneSinceNs;
    private final Map<String, long[]> bannedUntilNs = new HashMap<>();
    private final Map<String, long[]> declinedUntilNs = new HashMap<>();
    private long improvedAtNs = Long.MIN_VALUE / 2;

    /** Bit i set: sub-stream i is to be brought by somebody. */
    private long wanted = -1;

    // while it plans
    private final Map<String, Candidate> candidates = new HashMap<>();
    private final Map<String, Integer> load = new HashMap<>();
    private final Map<String, Integer> spare = new HashMap<>();

    /**
     * Somebody who can bring sub-streams.
     *
     * @param name its id
     * @param eligible bit i set: it may bring sub-stream i
     * @param spare how many more it has upload for
     * @param has bit i set: it has what is missing of sub-stream i, which makes no progress
     * @param excused bit i set: it lacks that itself, and will get it from somebody else soon
     * @param silent whether it says nothing any more: it is given nothing, and left for whoever says something
     * @param delayNs for each sub-stream how much later than from elsewhere it is expected by this upstream, or has come
     */
    public record Candidate(
            String name, long eligible, int spare, long has, long excused, boolean silent, IntToLongFunction delayNs) {
        /**
         * An upstream that is equally late with every sub-stream, and has upload for all of them.
         *
         * @param name its id
         * @param latenessNs how late
         * @param eligible bit i set: it may bring sub-stream i
         * @return the candidate
         */
        public static Candidate of(String name, long latenessNs, long eligible) {
            return new Candidate(name, eligible, UploadPlan.UNLIMITED, -1, 0, false, i -> latenessNs);
        }

        boolean mayBring(int subStream) {
            return (eligible & 1L << subStream) != 0;
        }

        long costNs(int subStream, int load) {
            return delayNs.applyAsLong(subStream) + load * PRICE_NS;
        }
    }

    /**
     * A sub-stream changes hands.
     *
     * @param subStream from 0
     * @param from who brought it; null for nobody
     * @param to who brings it from now on; null for nobody, and {@code from} when it is asked again because there is nobody else
     * @param atOnce whether {@code from} has failed, so that {@code to} must begin with what is missing; otherwise it begins
     *     where {@code from} stops
     * @param urgent whether {@code to} has no upload left that is known of
     */
    public record Move(
            int subStream, @Nullable String from, @Nullable String to, boolean atOnce, boolean urgent) {}

    /**
     * A plan in which nobody brings anything.
     *
     * @param subStreams K
     */
    public SubStreamPlan(int subStreams) {
        owners = new String[subStreams];
        movedAtNs = new long[subStreams];
        settleNs = new long[subStreams];
        aloneSinceNs = new long[subStreams];
        Arrays.fill(movedAtNs, Long.MIN_VALUE / 2);
        Arrays.fill(aloneSinceNs, -1);
    }

    /**
     * How many sub-streams there are.
     *
     * @return K
     */
    public int subStreams() {
        return owners.length;
    }

    /**
     * Sets which sub-streams are to be brought; the others come by another way, and whoever brings them is told to stop.
     *
     * @param mask bit i set: sub-stream i; all of them in the beginning
     */
    public void want(long mask) {
        wanted = mask;
    }

    /**
     * Whether all that is wanted is brought, and nothing else.
     *
     * @param brought bit i set: somebody who may brings sub-stream i
     * @return false when there is something to decide at once
     */
    public boolean isSettled(long brought) {
        long all = wanted & -1L >>> (64 - owners.length);
        long owned = 0;
        for (int i = 0; i < owners.length; i++) {
            owned |= owners[i] != null ? 1L << i : 0;
        }
        return (brought & all) == all && (owned & ~all) == 0;
    }

    /**
     * Who brings a sub-stream.
     *
     * @param subStream from 0
     * @return its id; null for nobody
     */
    public @Nullable String owner(int subStream) {
        return owners[subStream];
    }

    /**
     * How long a sub-stream has been brought by the same upstream.
     *
     * @param subStream from 0
     * @param nowNs the time
     * @return nanoseconds since it was moved, or since a move was declined
     */
    public long settledNs(int subStream, long nowNs) {
        return nowNs - movedAtNs[subStream];
    }

    /**
     * Which sub-streams somebody brings.
     *
     * @param name its id
     * @return bit i set: sub-stream i
     */
    public long broughtBy(String name) {
        long mask = 0;
        for (int i = 0; i < owners.length; i++) {
            mask |= name.equals(owners[i]) ? 1L << i : 0;
        }
        return mask;
    }

    /**
     * Notes that somebody brings everything that nobody brought: it was asked for the whole stream.
     *
     * @param name its id
     * @param nowNs the time
     */
    public void took(String name, long nowNs) {
        for (int i = 0; i < owners.length; i++) {
            if (owners[i] == null) {
                owners[i] = name;
                movedAtNs[i] = nowNs - COOL_DOWN_NS;
                settleNs[i] = SETTLE_NS;
                aloneSinceNs[i] = -1;
            }
        }
    }

    /**
     * Notes that somebody brings nothing any more.
     *
     * @param name its id
     */
    public void lost(String name) {
        for (int i = 0; i < owners.length; i++) {
            if (name.equals(owners[i])) {
                owners[i] = null;
            }
        }
    }

    /**
     * Notes that somebody does not bring what it was asked for. It is not asked for that again within a second.
     *
     * @param name its id
     * @param subStream from 0
     * @param instead who goes on with it, because it was not told to stop yet; null for nobody
     * @param nowNs the time
     */
    public void declined(String name, int subStream, @Nullable String instead, long nowNs) {
        declinedUntilNs.computeIfAbsent(name, n -> new long[owners.length])[subStream] = nowNs + DECLINED_NS;
        if (name.equals(owners[subStream])) {
            owners[subStream] = instead;
            if (instead != null) {
                settleNs[subStream] =
                        Math.min(2 * settleNs[subStream], MOST_SETTLE_NS); // not each in turn, one after the other
                movedAtNs[subStream] = nowNs;
            }
        }
    }

    /**
     * Decides who brings what from now on.
     *
     * @param present everybody who is there
     * @param stuck bit i set: sub-stream i makes no progress, see {@link Arrivals#stuck}
     * @param nowNs the time
     * @return the changes
     */
    public List<Move> plan(List<Candidate> present, long stuck, long nowNs) {
        List<Move> moves = new ArrayList<>();
        begin(present);
        for (int i = 0; i < owners.length; i++) {
            Candidate owner = find(owners[i]);
            if (owner != null && owner.mayBring(i) && !owner.silent()) {
                aloneSinceNs[i] = -1;
            }
            if ((wanted & 1L << i) == 0) {
                aloneSinceNs[i] = -1;
                if (owners[i] != null) {
                    move(moves, i, null, true, false, nowNs);
                }
            } else if (owner == null || !owner.mayBring(i)) {
                if (owner != null) {
                    ban(owner.name(), i, nowNs); // it takes it from here, or from nobody: not again soon
                }
                adopt(moves, i, nowNs);
            } else if (owner.silent()) {
                leave(moves, i, owner, nowNs);
            } else if ((stuck & ~owner.excused() & (1L << i)) != 0 && nowNs - movedAtNs[i] > settleNs[i]) {
                rescue(moves, i, owner, nowNs);
            }
        }
        if (moves.isEmpty() && mayImprove(nowNs)) {
            improve(moves, nowNs);
        }
        return moves;
    }

    /**
     * Whether it is time to look for somebody who brings something better. Until then there is nothing to decide while every
     * sub-stream is brought and makes progress.
     *
     * @param nowNs the time
     * @return whether {@link #plan} would look
     */
    public boolean mayImprove(long nowNs) {
        return nowNs - improvedAtNs >= IMPROVE_EVERY_NS;
    }

    /** Moves what makes no progress to somebody who has what is missing; where nobody has, the trouble is further up. */
    private void rescue(List<Move> moves, int subStream, Candidate owner, long nowNs) {
        Candidate next = cheapest(subStream, owner.name(), Need.SPARE_AND_SEGMENT, nowNs);
        boolean urgent = next == null && nowNs - movedAtNs[subStream] > URGENT_SETTLE_NS;
        if (urgent) {
            next = cheapest(subStream, owner.name(), Need.SEGMENT, nowNs);
        }
        if (next == null && owner.excused() == 0 && nowNs - movedAtNs[subStream] > URGENT_SETTLE_NS) {
            move(moves, subStream, owner, true, true, nowNs); // there is nobody else: perhaps it has not heard
        } else if (next != null) {
            ban(owner.name(), subStream, nowNs);
            move(moves, subStream, next, true, urgent, nowNs);
        }
    }

    /** Moves what is brought by somebody who says nothing any more, as soon as there is anybody else. */
    private void leave(List<Move> moves, int subStream, Candidate owner, long nowNs) {
        Candidate next = cheapest(subStream, owner.name(), Need.SPARE, nowNs);
        boolean urgent = next == null && isPatienceOver(subStream, nowNs);
        if (urgent) {
            next = cheapest(subStream, owner.name(), Need.NOTHING, nowNs);
        }
        if (next != null && !isUntil(declinedUntilNs, next.name(), subStream, nowNs)) {
            ban(owner.name(), subStream, nowNs);
            move(moves, subStream, next, true, urgent, nowNs);
        }
    }

    private void adopt(List<Move> moves, int subStream, long nowNs) {
        boolean patienceIsOver = isPatienceOver(subStream, nowNs);
        Candidate next = cheapest(subStream, null, Need.SPARE, nowNs);
        boolean urgent = next == null && patienceIsOver;
        if (urgent) {
            next = cheapest(subStream, null, Need.NOTHING, nowNs);
        }
        if (next != null || owners[subStream] != null) {
            move(moves, subStream, next, true, urgent && next != null, nowNs);
        }
    }

    /** Whether a sub-stream has been without anybody who brings it for so long that others are asked to make room. */
    private boolean isPatienceOver(int subStream, long nowNs) {
        if (aloneSinceNs[subStream] < 0) {
            aloneSinceNs[subStream] = nowNs;
        }
        return nowNs - aloneSinceNs[subStream] >= PATIENCE_NS;
    }

    /**
     * Finds others for what an upstream would rather not bring any more.
     *
     * @param name the upstream
     * @param subStreams bit i set: sub-stream i
     * @param present everybody who is there
     * @param nowNs the time
     * @return the changes; none for what nobody else has upload for
     */
    public List<Move> moveAway(String name, long subStreams, List<Candidate> present, long nowNs) {
        List<Move> moves = new ArrayList<>();
        begin(present);
        for (int i = 0; i < owners.length; i++) {
            if ((subStreams & 1L << i) != 0 && name.equals(owners[i])) {
                Candidate next = cheapest(i, name, Need.SPARE, nowNs);
                if (next != null && !isUntil(bannedUntilNs, next.name(), i, nowNs)) {
                    declinedUntilNs.computeIfAbsent(name, n -> new long[owners.length])[i] = nowNs + COOL_DOWN_NS;
                    move(moves, i, next, false, false, nowNs);
                }
            }
        }
        return moves;
    }

    private void begin(List<Candidate> present) {
        candidates.clear();
        load.clear();
        spare.clear();
        for (Candidate one : present) {
            candidates.put(one.name(), one);
            spare.put(one.name(), one.spare());
        }
        for (String owner : owners) {
            if (owner != null) {
                load.merge(owner, 1, Integer::sum);
            }
        }
        bannedUntilNs.keySet().retainAll(candidates.keySet());
        declinedUntilNs.keySet().retainAll(candidates.keySet());
    }

    private void improve(List<Move> moves, long nowNs) {
        improvedAtNs = nowNs;
        long bestGainNs = 0;
        int best = -1;
        Candidate bestTo = null;
        for (int i = 0; i < owners.length; i++) {
            Candidate owner = find(owners[i]);
            if (owner == null || nowNs - movedAtNs[i] < FAR_BETTER_COOL_DOWN_NS) {
                continue;
            }
            Candidate to = cheapest(i, owner.name(), Need.SPARE, nowNs);
            if (to == null || isUntil(bannedUntilNs, to.name(), i, nowNs)) {
                continue; // it failed this one lately, and somebody brings it
            }
            long costNs = owner.costNs(i, loadOf(owner));
            long gainNs = costNs - to.costNs(i, loadOf(to) + 1);
            boolean farBetter = gainNs > Math.max(FAR_BETTER_NS, costNs / 2);
            if (!farBetter && nowNs - movedAtNs[i] < COOL_DOWN_NS) {
                continue;
            }
            if (gainNs > Math.max(CLEARLY_NS, costNs / 4) && gainNs > bestGainNs) {
                bestGainNs = gainNs;
                best = i;
                bestTo = to;
            }
        }
        if (best >= 0) {
            move(moves, best, bestTo, false, false, nowNs);
        }
    }

    private void move(
            List<Move> moves, int subStream, @Nullable Candidate to, boolean atOnce, boolean urgent, long nowNs) {
        String before = owners[subStream];
        String name = to == null ? null : to.name();
        moves.add(new Move(subStream, before, name, atOnce, urgent));
        owners[subStream] = name;
        movedAtNs[subStream] = nowNs;
        settleNs[subStream] = urgent ? URGENT_SETTLE_NS : SETTLE_NS;
        if (before != null) {
            load.merge(before, -1, Integer::sum);
        }
        if (name != null) {
            aloneSinceNs[subStream] = -1;
            load.merge(name, 1, Integer::sum);
            spare.computeIfPresent(name, (n, left) -> left == UploadPlan.UNLIMITED ? left : left - 1);
        }
    }

    private void ban(String name, int subStream, long nowNs) {
        bannedUntilNs.computeIfAbsent(name, n -> new long[owners.length])[subStream] = nowNs + BAN_NS;
    }

    /** What whoever is chosen must have. */
    private enum Need {
        NOTHING(false, false),
        SPARE(true, false),
        SEGMENT(false, true),
        SPARE_AND_SEGMENT(true, true);

        private final boolean spare;
        private final boolean segment;

        Need(boolean spare, boolean segment) {
            this.spare = spare;
            this.segment = segment;
        }
    }

    /** The cheapest that may bring it; one that failed it lately only when there is no other. */
    private @Nullable Candidate cheapest(int subStream, @Nullable String but, Need need, long nowNs) {
        Candidate best = null;
        long bestCostNs = Long.MAX_VALUE;
        for (Candidate candidate : candidates.values()) {
            if (!candidate.mayBring(subStream)
                    || candidate.silent()
                    || candidate.name().equals(but)
                    || (need.segment && (candidate.has() & (1L << subStream)) == 0)
                    || (need.spare
                            && (spare.getOrDefault(candidate.name(), 0) <= 0
                                    || isUntil(declinedUntilNs, candidate.name(), subStream, nowNs)))) {
                continue;
            }
            long costNs = candidate.costNs(subStream, loadOf(candidate) + 1);
            if (isUntil(bannedUntilNs, candidate.name(), subStream, nowNs)) {
                costNs += FAR;
            }
            boolean better = costNs < bestCostNs
                    || (costNs == bestCostNs && best != null && candidate.name().compareTo(best.name()) < 0);
            if (better) {
                bestCostNs = costNs;
                best = candidate;
            }
        }
        return best;
    }

    private static boolean isUntil(Map<String, long[]> untilNs, String name, int subStream, long nowNs) {
        long[] until = untilNs.get(name);
        return until != null && nowNs < until[subStream];
    }

    private int loadOf(Candidate candidate) {
        return load.getOrDefault(candidate.name(), 0);
    }

    private @Nullable Candidate find(@Nullable String name) {
        return name == null ? null : candidates.get(name);
    }
}
