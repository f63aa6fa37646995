package io.swarmflux.swarm;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whom a peer pushes which sub-streams, as far as its upload reaches.
 *
 * <p><b>The problem.</b> A peer that may upload c times the stream's rate can push c·K sub-streams and no more: one too many,
 * and everything it sends comes later and later. But a swarm whose upload is barely enough must use all of it, and who comes
 * last finds every neighbour full.
 *
 * <p><b>The idea.</b> Places. Who asks for a sub-stream gets a place while there is one, and is declined otherwise: it will find
 * another upstream, or say that it needs this one when nobody has a free place. For that room is made: a downstream that is
 * already served is asked to take one of its sub-streams from somebody else, which it does only if it can, and moves before
 * its place is given away. So in a tight swarm the one free place wanders to where it is needed. If nobody moves in time the
 * asker is declined and tries elsewhere; only one that has no other upstream at all is let in beyond what there is, and then all
 * share that, until somebody moves.
 *
 * <p><b>Who is asked to yield.</b> Whoever has most places here, and of its sub-streams the one that reaches fewest peers: a leaf
 * finds another place more easily than one on whom many depend, and does less harm meanwhile.
 */
public final class UploadPlan {
    /** As many as anybody asks for. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    private static final long PATIENCE_NS = 600_000_000L;
    private static final long LONGEST_WAIT_NS = 1_500_000_000L;
    private static final long REST_NS = 2_000_000_000L;
    private static final long YIELD_EVERY_NS = 20_000_000L;

    private final Map<Place, Held> held = new LinkedHashMap<>();
    private final Map<Place, Waiting> waiting = new LinkedHashMap<>();
    private int capacity = UNLIMITED;
    private long yieldedAtNs = Long.MIN_VALUE / 2;

    /**
     * A sub-stream for somebody.
     *
     * @param downstream its id
     * @param subStream from 0
     */
    public record Place(String downstream, int subStream) {}

    private static final class Held {
        private long reach;
        private long askedAtNs = Long.MIN_VALUE / 2;

        Held(long reach) {
            this.reach = reach;
        }
    }

    private record Waiting(long reach, Need need, long sinceNs) {}

    /** What happens to a downstream that gets no place. */
    public enum Need {
        /** Somebody else brings the sub-stream, or has upload to spare. */
        WANTED,
        /** It knows nobody who has upload to spare. */
        NEEDED,
        /** It has no other upstream at all. */
        ALONE
    }

    /** What to do. */
    public sealed interface Step {
        /**
         * The place it is about.
         *
         * @return the place
         */
        Place place();
    }

    /**
     * Let it in: it waited for this.
     *
     * @param place the place
     */
    public record Admit(Place place) implements Step {}

    /**
     * Tell it to look elsewhere: it waited in vain.
     *
     * @param place the place
     */
    public record Decline(Place place) implements Step {}

    /**
     * Ask it to take this sub-stream from somebody else, if it can.
     *
     * @param place the place
     */
    public record AskToYield(Place place) implements Step {}

    /** How a request went. */
    public enum Answer {
        /** It has the place. */
        ADMITTED,
        /** There is none. */
        DECLINED,
        /** Room is being made. */
        WAITING
    }

    /** A plan without downstreams and without a limit. */
    public UploadPlan() {}

    /**
     * Sets how many places there are. Who has one keeps it when they become fewer, but is asked to yield.
     *
     * @param places how many sub-streams can be pushed at once; {@link #UNLIMITED} for any number
     */
    public void capacity(int places) {
        capacity = places;
    }

    /**
     * How many places there are.
     *
     * @return {@link #UNLIMITED} without a limit
     */
    public int capacity() {
        return capacity;
    }

    /**
     * How many places are free.
     *
     * @return 0 when none is, or more are taken than there are; {@link #UNLIMITED} without a limit
     */
    public int spare() {
        return capacity == UNLIMITED ? UNLIMITED : Math.max(0, capacity - held.size() - waiting.size());
    }

    /**
     * How many places are taken.
     *
     * @return may be more than there are
     */
    public int taken() {
        return held.size();
    }

    /**
     * How many peers get a sub-stream by the downstreams here.
     *
     * @param subStream from 0
     * @return 0 when nobody takes it
     */
    public long reach(int subStream) {
        long sum = 0;
        for (Map.Entry<Place, Held> one : held.entrySet()) {
            if (one.getKey().subStream() == subStream) {
                sum += one.getValue().reach;
            }
        }
        return sum;
    }

    /**
     * How many peers get a sub-stream by one downstream.
     *
     * @param place the downstream and the sub-stream
     * @return at least 1
     */
    public long reach(Place place) {
        Held one = held.get(place);
        return one == null ? 1 : one.reach;
    }

    /**
     * Notes how many peers get a sub-stream by one downstream. Believed only for who goes first, never for who gets how much.
     *
     * @param place the downstream and the sub-stream
     * @param peers how many, as it says
     */
    public void reaches(Place place, long peers) {
        Held one = held.get(place);
        if (one != null) {
            one.reach = Math.max(1, peers);
        }
    }

    /**
     * Somebody wants a sub-stream.
     *
     * @param place the downstream and the sub-stream
     * @param reach how many peers will get it by that
     * @param need what happens to it otherwise
     * @param nowNs the time
     * @return whether it is pushed from now on
     */
    public Answer ask(Place place, long reach, Need need, long nowNs) {
        Held has = held.get(place);
        if (has != null) {
            has.reach = Math.max(1, reach);
            return Answer.ADMITTED;
        }
        Waiting before = waiting.get(place);
        int others = held.size() + waiting.size() - (before == null ? 0 : 1); // it does not stand in its own way
        if (capacity == UNLIMITED || others < capacity) {
            admit(place, reach);
            return Answer.ADMITTED;
        }
        if (need == Need.WANTED) {
            waiting.remove(place);
            return Answer.DECLINED;
        }
        waiting.put(place, new Waiting(reach, need, before == null ? nowNs : before.sinceNs()));
        return Answer.WAITING;
    }

    private void admit(Place place, long reach) {
        waiting.remove(place);
        held.put(place, new Held(Math.max(1, reach)));
    }

    /**
     * A downstream wants a sub-stream no more.
     *
     * @param place the downstream and the sub-stream
     */
    public void release(Place place) {
        held.remove(place);
        waiting.remove(place);
    }

    /**
     * A downstream has gone.
     *
     * @param downstream its id
     */
    public void left(String downstream) {
        held.keySet().removeIf(place -> place.downstream().equals(downstream));
        waiting.keySet().removeIf(place -> place.downstream().equals(downstream));
    }

    /**
     * What to do now for those who wait, and about more places taken than there are.
     *
     * @param nowNs the time
     * @return the steps, in order
     */
    public List<Step> plan(long nowNs) {
        List<Step> steps = new ArrayList<>();
        for (Map.Entry<Place, Waiting> one : List.copyOf(waiting.entrySet())) {
            boolean free = capacity == UNLIMITED || held.size() < capacity;
            boolean alone = one.getValue().need() == Need.ALONE;
            long waitedNs = nowNs - one.getValue().sinceNs();
            if (free || (alone && waitedNs >= PATIENCE_NS)) {
                admit(one.getKey(), one.getValue().reach());
                steps.add(new Admit(one.getKey()));
            } else if (waitedNs >= LONGEST_WAIT_NS) {
                waiting.remove(one.getKey());
                steps.add(new Decline(one.getKey()));
            }
        }
        boolean full = !waiting.isEmpty() || (capacity != UNLIMITED && held.size() > capacity);
        if (full && nowNs - yieldedAtNs >= YIELD_EVERY_NS) {
            Place asked = whoYields(nowNs);
            if (asked != null) {
                yieldedAtNs = nowNs;
                steps.add(new AskToYield(asked));
            }
        }
        return steps;
    }

    private @Nullable Place whoYields(long nowNs) {
        Map<String, Integer> count = new LinkedHashMap<>();
        held.keySet().forEach(place -> count.merge(place.downstream(), 1, Integer::sum));
        Collection<Map.Entry<Place, Held>> rested = held.entrySet().stream()
                .filter(one -> nowNs - one.getValue().askedAtNs >= REST_NS)
                .toList();
        Map.Entry<Place, Held> asked = rested.stream()
                .min(Comparator.<Map.Entry<Place, Held>>comparingInt(
                                one -> -count.getOrDefault(one.getKey().downstream(), 0))
                        .thenComparingLong(one -> one.getValue().reach))
                .orElse(null);
        if (asked == null) {
            return null;
        }
        asked.getValue().askedAtNs = nowNs;
        return asked.getKey();
    }
}
