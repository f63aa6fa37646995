package io.swarmflux.media.player;

import io.swarmflux.flux.Gap;
import io.swarmflux.flux.StreamSignal;
import io.swarmflux.segment.Segment;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Counts what a player is given. Every method may be called from any thread.
 *
 * <pre>
 *  given     5  6  7  [8..9 passed]  10  9  13
 *  counted   +  +  +   2 missing      +  out of order  2 missing (11, 12), +
 * </pre>
 */
final class Tally {
    /** Media time this far behind the clock, counted from the first segment, is a stall. */
    private static final long STALL_MILLIS = 500;

    private final @Nullable ToLongFunction<Segment> lagMillis;
    private final MessageDigest digest = sha256();
    private final List<Gap> gaps = new ArrayList<>();
    private final LagHistogram lags = new LagHistogram();

    private boolean started;
    private long startedNs;
    private long epoch = -1;
    private long firstSequence = -1;
    private long lastSequence = -1;
    private long delivered;
    private long missing;
    private long outOfOrder;
    private long integers;
    private long others;
    private long bytes;
    private long startupMillis = -1;
    private long anchorNs;
    private long anchorUs;
    private boolean behind;
    private long stalls;

    Tally(@Nullable ToLongFunction<Segment> lagMillis) {
        this.lagMillis = lagMillis;
    }

    /** Starts the clock; false when it ran already. */
    synchronized boolean start(long nowNs) {
        if (started) {
            return false;
        }
        started = true;
        startedNs = nowNs;
        return true;
    }

    /** Counts one signal; true when it is a segment to play. */
    synchronized boolean count(StreamSignal<Segment> signal, long nowNs) {
        if (signal instanceof StreamSignal.Element<Segment> element) {
            return played(element.value(), nowNs);
        }
        passed(((StreamSignal.Missing<Segment>) signal).gap());
        return false;
    }

    private boolean played(Segment segment, long nowNs) {
        if (segment.epoch() < epoch || (segment.epoch() == epoch && segment.sequence() <= lastSequence)) {
            outOfOrder++;
            return false;
        }
        long expected = segment.epoch() == epoch ? lastSequence + 1 : segment.sequence();
        if (segment.sequence() > expected) {
            passed(new Gap(epoch, expected, segment.sequence(), Gap.Reason.UNFILLABLE));
        }
        boolean anew = segment.epoch() != epoch || (segment.flags() & Segment.DISCONTINUITY) != 0;
        moveTo(segment.epoch(), segment.sequence(), segment.sequence());
        measure(segment, anew || delivered == 0, nowNs);
        delivered++;
        bytes += segment.payloadBytes();
        digest.update(segment.payload());
        if (segment.payloadBytes() == Long.BYTES && segment.payload().getLong() == segment.sequence()) {
            integers++;
        } else {
            others++;
        }
        return true;
    }

    private void passed(Gap gap) {
        missing += gap.size();
        stalls++;
        Gap before = gaps.isEmpty() ? null : gaps.get(gaps.size() - 1);
        if (before != null
                && before.epoch() == gap.epoch()
                && before.until() == gap.from()
                && before.reason() == gap.reason()) {
            gaps.set(gaps.size() - 1, new Gap(gap.epoch(), before.from(), gap.until(), before.reason()));
        } else if (gaps.size() < PlayReport.MAX_GAPS) {
            gaps.add(gap);
        }
        moveTo(gap.epoch(), gap.from(), gap.until() - 1);
    }

    private void moveTo(long newEpoch, long from, long last) {
        if (firstSequence < 0) {
            firstSequence = from;
        }
        epoch = newEpoch;
        lastSequence = last;
    }

    /**
     * The clock starts with the first segment of a time line. Delay is what the due time of a segment is exceeded by, against
     * the segment that exceeded it least, unless someone knows better.
     */
    private void measure(Segment segment, boolean newTimeLine, long nowNs) {
        if (delivered == 0) {
            startupMillis = TimeUnit.NANOSECONDS.toMillis(nowNs - startedNs);
        }
        if (newTimeLine) {
            anchorNs = nowNs;
            anchorUs = segment.mediaTimeUs();
        }
        long lateMillis = TimeUnit.NANOSECONDS.toMillis(nowNs - anchorNs)
                - TimeUnit.MICROSECONDS.toMillis(segment.mediaTimeUs() - anchorUs);
        boolean hasClock = newTimeLine || segment.mediaTimeUs() != anchorUs;
        boolean behindNow = hasClock && lateMillis > STALL_MILLIS;
        if (behindNow && !behind) {
            stalls++;
        }
        behind = behindNow;
        if (lagMillis != null) {
            lags.add(lagMillis.applyAsLong(segment));
        } else if (hasClock) {
            lags.add(lateMillis);
        }
    }

    synchronized PlayReport report() {
        return new PlayReport(
                epoch,
                firstSequence,
                lastSequence,
                delivered,
                missing,
                gaps,
                outOfOrder,
                integers > others ? others : 0,
                bytes,
                sha256Now(),
                new PlayReport.Timing(startupMillis, stalls, lag(0.50), lag(0.99), 0));
    }

    private long lag(double share) {
        return lagMillis == null ? lags.spread(share) : lags.percentile(share);
    }

    private String sha256Now() {
        try {
            return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("this JVM cannot tell a SHA-256 while it is being made", e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
