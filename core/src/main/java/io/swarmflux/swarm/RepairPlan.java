package io.swarmflux.swarm;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What to ask for again, and from whom: a segment that is missing for longer than the reordering allowance is asked from
 * an upstream that holds it, oldest first, one request at a time for each segment. Nobody is asked whose answer cannot come
 * before the segment is due to be played.
 *
 * <p>A request that is not answered in time is put to another upstream. The time-out is the upstream's own ({@link RoundTrip}): from
 * its link's round trips and what it says of its queue, or from how long its answers took when that is longer, because whoever has a
 * limited upload answers from what nobody else needs. It doubles with each repeat for one segment, as RFC 6298 (2011), 5.5, backs off: what is missing may be late for a reason that asking
 * more often makes worse. An upstream whose requests time out three times in a row is not asked for 10 s, unless nobody else
 * has the segment.
 */
public final class RepairPlan {
    private static final int MAX_WATCHED = 512;
    private static final int MAX_SOURCES = 256;
    private static final int STRIKES = 3;
    private static final long REST_NS = 10_000_000_000L;

    /** No time-out is longer: most windows keep a segment for no more than a few of these. */
    private static final long LONGEST_TIME_OUT_NS = 4_000_000_000L;

    private final int maxInFlight;
    private final TreeMap<Long, Missing> missing = new TreeMap<>();
    private final Map<String, Answers> records = new HashMap<>();

    /** One missing segment. */
    private static final class Missing {
        final long sinceNs;
        String asked = "";
        long dueNs;
        long askedNs;
        int repeats;
        int times;

        Missing(long sinceNs) {
            this.sinceNs = sinceNs;
        }
    }

    /** How one upstream answered. */
    private static final class Answers {
        int strikes;
        long restUntilNs = Long.MIN_VALUE;

        /** From request to answer. */
        final RoundTrip times = new RoundTrip();
    }

    /**
     * Somebody who can be asked.
     *
     * @param name its id
     * @param roundTripNs the least round trip measured, and so the least time that an answer takes; 0 when none was
     * @param timeOutNs after how long an answer is not to be expected any more, as {@link RoundTrip#timeOutNs} says
     */
    public record Source(String name, long roundTripNs, long timeOutNs) {}

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

    /** Says how much time is left until a segment is due to be played. */
    @FunctionalInterface
    public interface TimeLeft {
        /** Nothing is ever due: everything is worth asking for, for as long as it is listed. */
        TimeLeft ENDLESS = sequence -> PlayoutDeadline.NEVER;

        /**
         * How much time is left, as {@link PlayoutDeadline#leftNs} says.
         *
         * @param sequence its number
         * @return nanoseconds, negative when it is overdue; {@link PlayoutDeadline#NEVER} when it never is
         */
        long leftNs(long sequence);
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
     * @param timeLeft until when an answer is of use
     * @param allowance how long, in nanoseconds, after it was first seen missing a segment may still come by itself
     * @param nowNs the time
     * @return what to ask for, oldest first
     */
    public List<Ask> plan(
            List<Long> holes, Holdings holdings, TimeLeft timeLeft, LongUnaryOperator allowance, long nowNs) {
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
            if (nowNs - one.sinceNs < allowance.applyAsLong(sequence) || (!one.asked.isEmpty() && nowNs < one.dueNs)) {
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
            long leftNs = timeLeft.leftNs(sequence);
            Source source = choose(holdings.holding(sequence), before, leftNs, nowNs);
            if (source != null) {
                one.repeats = source.name().equals(before) ? one.repeats + 1 : 0;
                one.asked = source.name();
                one.askedNs = nowNs;
                one.dueNs = nowNs + timeOutNs(source, one.repeats, leftNs);
                one.times++;
                asks.add(new Ask(source.name(), sequence));
                inFlight++;
            }
        }
        return asks;
    }

    /**
     * Notes that an upstream answered a request. Only what was asked for once tells how long an answer takes: otherwise it might be the
     * answer to any of the requests (Karn's algorithm, RFC 6298, 3).
     *
     * @param source who
     * @param sequence what came
     * @param nowNs the time
     */
    public void answered(String source, long sequence, long nowNs) {
        Answers record = record(source);
        record.strikes = 0;
        record.restUntilNs = Long.MIN_VALUE;
        Missing one = missing.get(sequence);
        if (one != null && one.times == 1 && one.asked.equals(source)) {
            record.times.measured(nowNs - one.askedNs);
        }
    }

    private Answers record(String source) {
        if (records.size() >= MAX_SOURCES && !records.containsKey(source)) {
            records.clear(); // who was known is long gone, most of them
        }
        return records.computeIfAbsent(source, s -> new Answers());
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
        Answers record = record(source);
        if (++record.strikes >= STRIKES) {
            record.strikes = 0;
            record.restUntilNs = nowNs + REST_NS;
        }
    }

    /**
     * As long as the link and the upstream say, or as answers have taken, whichever is longer; twice that with each repeat to the same
     * upstream, as somebody else does not answer later for it. Half of the time that is left at most, so that somebody else can be
     * asked before it is too late.
     */
    private long timeOutNs(Source source, int timesBefore, long leftNs) {
        Answers record = records.get(source.name());
        long usualNs = record == null || record.times.leastNs() < 0 ? 0 : record.times.timeOutNs(0);
        double doubled = Math.scalb((double) Math.max(usualNs, source.timeOutNs()), timesBefore);
        long mostNs = Math.min(LONGEST_TIME_OUT_NS, Math.max(RoundTrip.LEAST_TIME_OUT_NS, leftNs / 2));
        return (long) Math.min((double) mostNs, doubled);
    }

    /** The first of those who can bring it in time; one that has just failed, or rests, only when there is nobody else. */
    private @Nullable Source choose(List<Source> holders, String notAgain, long leftNs, long nowNs) {
        Source again = null;
        Source resting = null;
        for (Source holder : holders) {
            if (holder.roundTripNs() > leftNs) {
                continue;
            }
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
