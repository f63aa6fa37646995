package io.swarmflux.swarm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which upstream brings which sub-stream.
 *
 * <p><b>The problem.</b> Each sub-stream should come from exactly one upstream, the one from which its segments are expected
 * first, and the work should be shared. Measurements are noisy and late, and a move costs a few duplicates or repairs.
 *
 * <p><b>The idea.</b> Greedy, with a price on load: an upstream's cost is how late its segments have come, compared with the
 * first that came from anybody, plus a fixed price for each sub-stream it carries already. Equal upstreams so get equal
 * shares, and a slow one loses sub-streams one after the other until its lateness is gone.
 *
 * <p><b>When a sub-stream moves.</b>
 * <ol>
 *   <li>At once, when it has no upstream, or one that is gone or may not carry it (a loop).
 *   <li>On lack of progress, which {@link Arrivals} finds. The upstream that failed it does not get it back for 10 s, unless nobody else can.
 *   <li>When another upstream is clearly better: by more than 60 ms and a quarter. At most two such moves a second, and each
 *       sub-stream at most once in 5 s.
 * </ol>
 */
public final class SubStreamPlan {
    private static final long SETTLE_NS = 250_000_000L;
    private static final long PRICE_NS = 30_000_000L;
    private static final long CLEARLY_NS = 60_000_000L;
    private static final long IMPROVE_EVERY_NS = 500_000_000L;
    private static final long COOL_DOWN_NS = 5_000_000_000L;
    private static final long BAN_NS = 10_000_000_000L;

    private final @Nullable String[] owners;
    private final long[] movedAtNs;
    private final Map<String, long[]> bannedUntilNs = new HashMap<>();
    private long improvedAtNs = Long.MIN_VALUE / 2;

    /**
     * Somebody who can bring sub-streams.
     *
     * @param name its id
     * @param latenessNs how much later than the first from anybody its segments come, plus half its least round trip
     * @param eligible bit i set: it may bring sub-stream i
     */
    public record Candidate(String name, long latenessNs, long eligible) {
        boolean mayBring(int subStream) {
            return (eligible & 1L << subStream) != 0;
        }
    }

    /**
     * A sub-stream changes hands.
     *
     * @param subStream from 0
     * @param from who brought it; null for nobody
     * @param to who brings it from now on; null for nobody
     * @param atOnce whether {@code from} has failed, so that {@code to} must begin with what is missing; otherwise it begins
     *     where {@code from} stops
     */
    public record Move(
            int subStream, @Nullable String from, @Nullable String to, boolean atOnce) {}

    /**
     * A plan in which nobody brings anything.
     *
     * @param subStreams K
     */
    public SubStreamPlan(int subStreams) {
        owners = new String[subStreams];
        movedAtNs = new long[subStreams];
        Arrays.fill(movedAtNs, Long.MIN_VALUE / 2);
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
     * Who brings a sub-stream.
     *
     * @param subStream from 0
     * @return its id; null for nobody
     */
    public @Nullable String owner(int subStream) {
        return owners[subStream];
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
     * Decides who brings what from now on.
     *
     * @param candidates everybody who is there
     * @param stuck bit i set: sub-stream i makes no progress, see {@link Arrivals#stuck}
     * @param nowNs the time
     * @return the changes
     */
    public List<Move> plan(List<Candidate> candidates, long stuck, long nowNs) {
        List<Move> moves = new ArrayList<>();
        bannedUntilNs
                .keySet()
                .retainAll(candidates.stream().map(Candidate::name).toList());
        for (int i = 0; i < owners.length; i++) {
            Candidate owner = find(candidates, owners[i]);
            if (owner == null || !owner.mayBring(i)) {
                if (owner != null) {
                    ban(owner.name(), i, nowNs); // it takes it from here, or from nobody: not again soon
                }
                Candidate next = cheapest(candidates, i, null, nowNs);
                if (next != null || owners[i] != null) {
                    move(moves, i, next, true, nowNs);
                }
            } else if ((stuck & 1L << i) != 0 && nowNs - movedAtNs[i] > SETTLE_NS) {
                ban(owner.name(), i, nowNs);
                Candidate next = cheapest(candidates, i, owner.name(), nowNs);
                if (next != null) {
                    move(moves, i, next, true, nowNs);
                }
            }
        }
        if (moves.isEmpty() && nowNs - improvedAtNs >= IMPROVE_EVERY_NS) {
            improve(moves, candidates, nowNs);
        }
        return moves;
    }

    private void improve(List<Move> moves, List<Candidate> candidates, long nowNs) {
        long bestGainNs = 0;
        int best = -1;
        Candidate bestTo = null;
        for (int i = 0; i < owners.length; i++) {
            Candidate owner = find(candidates, owners[i]);
            Candidate to = owner == null ? null : cheapest(candidates, i, owner.name(), nowNs);
            if (owner == null || to == null || nowNs - movedAtNs[i] < COOL_DOWN_NS) {
                continue;
            }
            long costNs = owner.latenessNs() + load(owner.name()) * PRICE_NS;
            long gainNs = costNs - (to.latenessNs() + (load(to.name()) + 1) * PRICE_NS);
            if (gainNs > Math.max(CLEARLY_NS, costNs / 4) && gainNs > bestGainNs) {
                bestGainNs = gainNs;
                best = i;
                bestTo = to;
            }
        }
        if (best >= 0) {
            improvedAtNs = nowNs;
            move(moves, best, bestTo, false, nowNs);
        }
    }

    private void move(List<Move> moves, int subStream, @Nullable Candidate to, boolean atOnce, long nowNs) {
        String name = to == null ? null : to.name();
        moves.add(new Move(subStream, owners[subStream], name, atOnce));
        owners[subStream] = name;
        movedAtNs[subStream] = nowNs;
    }

    private void ban(String name, int subStream, long nowNs) {
        bannedUntilNs.computeIfAbsent(name, n -> new long[owners.length])[subStream] = nowNs + BAN_NS;
    }

    /** The cheapest that may bring it; one that failed it lately only when there is no other. */
    private @Nullable Candidate cheapest(List<Candidate> candidates, int subStream, @Nullable String but, long nowNs) {
        Candidate best = null;
        long bestCostNs = Long.MAX_VALUE;
        for (Candidate candidate : candidates) {
            if (!candidate.mayBring(subStream) || candidate.name().equals(but)) {
                continue;
            }
            long costNs = candidate.latenessNs() + (load(candidate.name()) + 1) * PRICE_NS;
            long[] banned = bannedUntilNs.get(candidate.name());
            if (banned != null && nowNs < banned[subStream]) {
                costNs += BAN_NS;
            }
            if (costNs < bestCostNs) {
                bestCostNs = costNs;
                best = candidate;
            }
        }
        return best;
    }

    private int load(String name) {
        return Long.bitCount(broughtBy(name));
    }

    private static @Nullable Candidate find(List<Candidate> candidates, @Nullable String name) {
        for (Candidate candidate : candidates) {
            if (candidate.name().equals(name)) {
                return candidate;
            }
        }
        return null;
    }
}
