package io.swarmflux.swarm;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What to ask for again, and from whom: a segment that is missing for longer than the reordering allowance is asked from
 * an upstream that holds it, oldest first, one request at a time for each segment.
 *
 * <p>A request that is not answered in time is put to another upstream. An upstream whose requests time out three times in
 * a row is not asked for 10 s, unless nobody else has the segment.
 */
public final class RepairPlan {
    private static final int MAX_WATCHED = 512;
    private static final int STRIKES = 3;
    private static final long REST_NS = 10_000_000_000L;

    private final int maxInFlight;
    private final TreeMap<Long, Missing> missing = new TreeMap<>();
    private final Map<String, Answers> records = new HashMap<>();

    /** One missing segment. */
    private static final class Missing {
        final long sinceNs;
        String asked = "";
        long dueNs;

        Missing(long sinceNs) {
            this.sinceNs = sinceNs;
        }
    }

    /** How one upstream answered. */
    private static final class Answers {
        int strikes;
        long restUntilNs = Long.MIN_VALUE;
    }

    /**
     * Somebody who can be asked.
     *
     * @param name its id
     * @param roundTripNs the least round trip measured; 0 when none was
     */
    public record Source(String name, long roundTripNs) {}

    /** Says who holds a segment. */
    @FunctionalInterface
    public interface Holdings {
        /**
         * Who holds a segment, the best to ask first.
         *
         * @param sequence its number
         * @return at least nobody
         */
        List<Source> holding(long sequence);
    }

    /**
     * One request.
     *
     * @param source whom to ask
     * @param sequence what for
     */
    public record Ask(String source, long sequence) {}

    /**
     * A plan that knows of nothing missing.
     *
     * @param maxInFlight how many requests may be unanswered at once
     */
    public RepairPlan(int maxInFlight) {
        this.maxInFlight = maxInFlight;
    }

    /** Forgets everything: another epoch. */
    public void clear() {
        missing.clear();
    }

    /**
     * Decides what to ask for now.
     *
     * @param holes every missing sequence worth having, oldest first; what is not listed is missing no more
     * @param holdings who holds what
     * @param allowanceNs how long after it was first seen missing a segment may still come by itself
     * @param nowNs the time
     * @return what to ask for, oldest first
     */
    public List<Ask> plan(List<Long> holes, Holdings holdings, long allowanceNs, long nowNs) {
        forgetAllBut(holes);
        List<Ask> asks = new ArrayList<>();
        Set<String> struck = new HashSet<>(); // what was asked for together times out together, and counts once
        int inFlight = 0;
        for (Missing one : missing.values()) {
            if (!one.asked.isEmpty() && nowNs < one.dueNs) {
                inFlight++;
            }
        }
        for (long sequence : holes) {
            Missing one = missing.get(sequence);
            if (one == null) {
                if (missing.size() >= MAX_WATCHED) {
                    break;
                }
                one = new Missing(nowNs);
                missing.put(sequence, one);
            }
            if (nowNs - one.sinceNs < allowanceNs || (!one.asked.isEmpty() && nowNs < one.dueNs)) {
                continue;
            }
            String before = one.asked;
            if (!before.isEmpty()) {
                one.asked = "";
                if (struck.add(before)) {
                    strike(before, nowNs);
                }
            }
            if (inFlight >= maxInFlight) {
                continue;
            }
            Source source = choose(holdings.holding(sequence), before, nowNs);
            if (source != null) {
                one.asked = source.name();
                one.dueNs = nowNs + Math.max(250_000_000L, 4 * source.roundTripNs());
                asks.add(new Ask(source.name(), sequence));
                inFlight++;
            }
        }
        return asks;
    }

    /**
     * Notes that an upstream answered a request.
     *
     * @param source who
     */
    public void answered(String source) {
        records.remove(source);
    }

    private void forgetAllBut(List<Long> holes) {
        if (holes.isEmpty()) {
            missing.clear();
            return;
        }
        int i = 0;
        for (Iterator<Long> watched = missing.keySet().iterator(); watched.hasNext(); ) {
            long sequence = watched.next();
            while (i < holes.size() && holes.get(i) < sequence) {
                i++;
            }
            if (i == holes.size() || holes.get(i) != sequence) {
                watched.remove();
            }
        }
    }

    private void strike(String source, long nowNs) {
        Answers record = records.computeIfAbsent(source, s -> new Answers());
        if (++record.strikes >= STRIKES) {
            record.strikes = 0;
            record.restUntilNs = nowNs + REST_NS;
        }
    }

    private @org.jspecify.annotations.Nullable Source choose(List<Source> holders, String notAgain, long nowNs) {
        Source again = null;
        Source resting = null;
        for (Source holder : holders) {
            Answers record = records.get(holder.name());
            if (record != null && nowNs < record.restUntilNs) {
                resting = resting == null ? holder : resting;
            } else if (!holder.name().equals(notAgain)) {
                return holder;
            } else {
                again = holder;
            }
        }
        return again != null ? again : resting;
    }
}
