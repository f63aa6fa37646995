package io.swarmflux.swarm;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * When segments came, and from whom: how late each upstream is, and which sub-streams make no progress. May be called from
 * any thread; nobody waits long.
 *
 * <p>A segment exists from the moment on that one with its sequence or a later one came from anybody. It is late by the
 * time from then on: with several upstreams the quickest sets the measure, and wall clocks are never compared.
 */
public final class Arrivals {
    private static final int REMEMBERED = 4096;
    private static final long LEAST_STUCK_NS = 250_000_000L;
    private static final long UNMEASURED_NS = 1_000_000_000L;
    private static final double SMOOTHING = 1.0 / 16;

    private final int subStreams;
    private final long[] existsSinceNs = new long[REMEMBERED];
    private final long[] newest;
    private final @Nullable String[] bringers;
    private final @Nullable String[] doublers;
    private final long[] cameAtNs;
    private final double[] intervalNs;
    private final double[] lateNs;
    private final double[] lateDeviationNs;
    private final double[] ageNs;
    private final Map<String, Lateness> lateness = new HashMap<>();

    /** Whose segment came last, and its lateness: mostly the next is of the same. */
    private @Nullable String lastUpstream;

    private @Nullable Lateness lastLateness;
    private long start = -1;
    private long edge;

    /** How late what an upstream pushes is, smoothed. */
    private static final class Lateness {
        private double ns;

        Lateness(double ns) {
            this.ns = ns;
        }
    }

    /**
     * Nothing has come yet.
     *
     * @param subStreams K
     */
    public Arrivals(int subStreams) {
        this.subStreams = subStreams;
        newest = new long[subStreams];
        bringers = new String[subStreams];
        doublers = new String[subStreams];
        cameAtNs = new long[subStreams];
        intervalNs = new double[subStreams];
        lateNs = new double[subStreams];
        lateDeviationNs = new double[subStreams];
        ageNs = new double[subStreams];
        Arrays.fill(lateNs, -1);
        Arrays.fill(ageNs, -1);
        Arrays.fill(newest, -1);
    }

    /**
     * How many sub-streams there are.
     *
     * @return K
     */
    public int subStreams() {
        return subStreams;
    }

    /**
     * A segment was pushed.
     *
     * @param upstream from whom
     * @param sequence its number
     * @param first whether it was not there yet
     * @param nowNs the time
     */
    public synchronized void came(String upstream, long sequence, boolean first, long nowNs) {
        int subStream = (int) (sequence % subStreams);
        if (!first) {
            doublers[subStream] = upstream;
        } else if (sequence > newest[subStream]) {
            bringers[subStream] = upstream;
        }
        came(upstream, sequence, first, true, nowNs);
    }

    /**
     * A segment came because it was asked for again. That tells that it exists; but nothing of how late its sub-stream usually is, or a
     * sub-stream of which every segment had to be asked for would be waited for longer and longer.
     *
     * @param upstream from whom
     * @param sequence its number
     * @param first whether it was not there yet
     * @param nowNs the time
     */
    public synchronized void repaired(String upstream, long sequence, boolean first, long nowNs) {
        came(upstream, sequence, first, false, nowNs);
    }

    private void came(String upstream, long sequence, boolean first, boolean pushed, long nowNs) {
        if (start < 0) {
            start = sequence;
            edge = sequence;
        }
        long late = 0;
        if (sequence >= edge) {
            for (long s = Math.max(edge, sequence - REMEMBERED + 1); s <= sequence; s++) {
                existsSinceNs[slot(s)] = nowNs;
            }
            edge = sequence + 1;
        } else if (sequence >= edge - REMEMBERED) {
            late = nowNs - existsSinceNs[slot(sequence)];
        } else {
            return; // too old to tell anything
        }
        if (pushed) {
            Lateness usual = latenessOf(upstream, late);
            usual.ns += (late - usual.ns) * SMOOTHING;
        }
        int subStream = (int) (sequence % subStreams);
        if (first && sequence > newest[subStream]) {
            if (newest[subStream] >= 0) {
                double interval = nowNs - cameAtNs[subStream];
                intervalNs[subStream] += (interval - intervalNs[subStream]) * (intervalNs[subStream] == 0 ? 1 : 0.125);
            }
            newest[subStream] = sequence;
            cameAtNs[subStream] = nowNs;
            if (pushed) {
                late(subStream, late);
            }
        }
    }

    private Lateness latenessOf(String upstream, long first) {
        Lateness last = lastLateness;
        if (last != null && upstream.equals(lastUpstream)) {
            return last;
        }
        Lateness found = lateness.computeIfAbsent(upstream, one -> new Lateness(first));
        lastUpstream = upstream;
        lastLateness = found;
        return found;
    }

    private void late(int subStream, long late) {
        boolean unmeasured = lateNs[subStream] < 0;
        double error = late - (unmeasured ? late : lateNs[subStream]);
        lateNs[subStream] = unmeasured ? late : lateNs[subStream] + error / 8;
        lateDeviationNs[subStream] += (Math.abs(error) - lateDeviationNs[subStream]) / 4;
    }

    /**
     * A segment is not pushed any more: its sub-stream has gone on beyond it.
     *
     * @param sequence its number
     * @param nowNs the time
     */
    public synchronized void passedOver(long sequence, long nowNs) {
        int subStream = (int) (sequence % subStreams);
        if (start >= 0 && sequence < edge && sequence > newest[subStream]) {
            newest[subStream] = sequence;
            cameAtNs[subStream] = nowNs;
        }
    }

    /**
     * A segment was this old when it came, by stream time.
     *
     * @param sequence its number
     * @param age in nanoseconds
     */
    public synchronized void aged(long sequence, long age) {
        int subStream = (int) (sequence % subStreams);
        double before = ageNs[subStream];
        ageNs[subStream] = before < 0 ? Math.max(0, age) : before + (Math.max(0, age) - before) / 8;
    }

    /**
     * How old the segments of a sub-stream are when they come.
     *
     * @param subStream from 0
     * @return nanoseconds, smoothed; -1 when it is not known
     */
    public synchronized long ageNs(int subStream) {
        return (long) ageNs[subStream];
    }

    /**
     * Another upstream brings a sub-stream: until its segments come, they are taken to be as old as is expected.
     *
     * @param subStream from 0
     * @param expectedNs how old; -1 when nothing is known
     */
    public synchronized void expectAge(int subStream, long expectedNs) {
        ageNs[subStream] = expectedNs;
    }

    /**
     * How late the segments of a sub-stream may come, after the first that tells of them, without anything being wrong.
     *
     * @param subStream from 0
     * @return nanoseconds: the mean and four mean deviations
     */
    public synchronized long usualLatenessNs(int subStream) {
        return (long) (Math.max(0, lateNs[subStream]) + 4 * lateDeviationNs[subStream]);
    }

    /**
     * How late an upstream's segments come, compared with the first from anybody.
     *
     * @param upstream who
     * @return nanoseconds, smoothed; 0 when nothing came from it
     */
    public synchronized long latenessNs(String upstream) {
        Lateness of = lateness.get(upstream);
        return of == null ? 0 : (long) of.ns;
    }

    /**
     * Forgets how late an upstream was: it is gone, or begins anew.
     *
     * @param upstream who
     */
    public synchronized void forget(String upstream) {
        lateness.remove(upstream);
        lastUpstream = null;
        lastLateness = null;
    }

    /**
     * The sub-streams whose next segment has existed without coming for longer than can be explained, see {@link #patienceNs}.
     *
     * @param beyondNs how much longer than that
     * @param nowNs the time
     * @return bit i set: sub-stream i
     */
    public synchronized long stuck(long beyondNs, long nowNs) {
        long mask = 0;
        for (int i = 0; i < subStreams && start >= 0; i++) {
            long next = nextOf(i);
            if (next < edge - REMEMBERED
                    || (next < edge && nowNs - existsSinceNs[slot(next)] > patienceNs(i) + beyondNs)) {
                mask |= 1L << i;
            }
        }
        return mask;
    }

    /**
     * How long a segment may exist without coming before something is wrong: as long as is usual for its sub-stream, and 250 ms or
     * the time of four segments of the stream, whichever is more; but not more than 250 ms or three intervals of the sub-stream.
     *
     * @param subStream from 0
     * @return nanoseconds
     */
    public synchronized long patienceNs(int subStream) {
        double intervals = 3 * intervalNs[subStream];
        double slots = 4 * intervalNs[subStream] / subStreams;
        double beyondUsual =
                Math.max(LEAST_STUCK_NS, slots) + (lateNs[subStream] < 0 ? UNMEASURED_NS : usualLatenessNs(subStream));
        return (long) Math.max(LEAST_STUCK_NS, Math.min(intervals, beyondUsual));
    }

    /**
     * What a sub-stream should bring next.
     *
     * @param subStream from 0
     * @return one interval after the newest that came
     */
    public synchronized long nextOf(int subStream) {
        return newest[subStream] >= 0
                ? newest[subStream] + subStreams
                : start + Math.floorMod(subStream - start, subStreams);
    }

    /**
     * Who pushed the newest segment of a sub-stream.
     *
     * @param subStream from 0
     * @return its id; null before the first
     */
    public synchronized @Nullable String bringer(int subStream) {
        return bringers[subStream];
    }

    /**
     * Somebody who pushes a sub-stream that somebody else brings: it has heard of that and not of the end of it, or too early.
     *
     * @param subStream from 0
     * @param owner who should bring it
     * @return the id of somebody else who pushed a segment since this was asked last; null when nobody did
     */
    public synchronized @Nullable String stray(int subStream, String owner) {
        String stray = owner.equals(bringers[subStream]) ? doublers[subStream] : bringers[subStream];
        doublers[subStream] = null;
        bringers[subStream] = owner;
        return owner.equals(stray) ? null : stray;
    }

    /**
     * Whether the sub-stream of a segment has gone on beyond it: whoever brings that sub-stream did not have it.
     *
     * @param sequence its number
     * @return false while it may simply be on its way
     */
    public synchronized boolean passed(long sequence) {
        return newest[(int) (sequence % subStreams)] >= sequence;
    }

    /**
     * How long a segment has existed.
     *
     * @param sequence its number
     * @param nowNs the time
     * @return nanoseconds; 0 when nothing says that it exists
     */
    public synchronized long existsForNs(long sequence, long nowNs) {
        if (sequence >= edge) {
            return 0;
        }
        return sequence < edge - REMEMBERED ? Long.MAX_VALUE : nowNs - existsSinceNs[slot(sequence)];
    }

    /**
     * One past the newest sequence that came.
     *
     * @return 0 before the first
     */
    public synchronized long edge() {
        return edge;
    }

    private static int slot(long sequence) {
        return (int) (sequence % REMEMBERED);
    }
}
