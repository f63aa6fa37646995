package io.swarmflux.media.playout;

import io.swarmflux.flux.Gap;
import io.swarmflux.flux.ReaderSpec;
import io.swarmflux.flux.StreamSignal;
import io.swarmflux.segment.Segment;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Releases segments on media time, a playout delay after the first one came. For {@code transform}, once.
 *
 * <pre>
 *   came       0 1   2 3       . 5 6      (4 is repaired late, or never)
 *   released         0   1   2   3   x   5   6
 *              |delay|
 * </pre>
 *
 * <p>The clock starts once, with the first segment, and never moves back. A segment that comes after its deadline is
 * released at once and counts as a stall; so does one that was there and whose release is late all the same, by more than
 * half a second: the clock stood still. A gap is passed on when the reader passes it. The reader decides that: with
 * {@link #reader} it waits for a hole as long as the playout delay lasts, which is the deadline of what is missing. A
 * segment that starts a new time line (a new epoch, or a discontinuity at which media time does not go on) starts the clock anew, one
 * delay after it came.
 *
 * <p>That is a clock of its own. With {@link #inSync} it is the stream's: a segment is due one delay after its media time by stream time,
 * at the same moment wherever it is played, and the drift between the seeder's clock and this one is followed segment by segment. Who
 * begins in the middle releases at once what is due already, until it has caught up.
 *
 * <p>With {@link #skipping} what is too late is not released: it goes on with the next segment with random access that is not, and tells the
 * gap. When everything has been too late for three seconds the source has stood still, and the clock is set back by as much.
 *
 * <p>Segments wait in the peer's window, not here: {@value #AHEAD} at a time are taken ahead, so that a timer that is late
 * for one does not make the next ones seem late.
 */
public final class Playout implements Function<Flux<StreamSignal<Segment>>, Publisher<StreamSignal<Segment>>> {
    /** Timers are this coarse; a segment this little behind its deadline was there. */
    private static final long TOLERANCE_NS = Duration.ofMillis(20).toNanos();

    /** A clock that is this late stood still, whatever was there. */
    private static final long STOOD_STILL_NS = Duration.ofMillis(500).toNanos();

    /** Longer than an announcement takes to tell the stream's time. */
    private static final int ASKS = 25;

    private static final Duration ASK_EVERY = Duration.ofMillis(20);

    /** Too late for so long is no hiccup. */
    private static final long SOURCE_STOOD_STILL_NS = Duration.ofSeconds(3).toNanos();

    /** Media time that goes on with a larger step does not go on. */
    private static final long LARGEST_STEP_US = 10_000_000;

    /** Half a second of a stream of 8 Mbit/s in segments of 16 KiB. */
    private static final int AHEAD = 32;

    private final Duration delay;
    private final @Nullable Scheduler timer;
    private final @Nullable Supplier<OptionalLong> streamTimeUs;
    private final long tooLateNs;
    private final AtomicBoolean used = new AtomicBoolean();

    private volatile Counts counts = new Counts(0, 0, 0, 0);
    private boolean started;
    private long epoch;
    private long anchorNs;
    private long anchorUs;
    private long lastUs;
    private boolean caughtUp;
    private long setBackNs;
    private @Nullable Skipped skipped;

    /** What was too late so far, since when. */
    private record Skipped(long epoch, long from, long until, long sinceNs) {}

    /** A signal, and when it came here. */
    private record Taken(StreamSignal<Segment> signal, long atNs) {}

    /**
     * What was released.
     *
     * @param onTime segments that were there at their deadline
     * @param late segments that came after it, or were released long after it
     * @param missing sequences that were passed
     * @param worstLateNs the most by which a segment missed its deadline, in nanoseconds
     */
    public record Counts(long onTime, long late, long missing, long worstLateNs) {
        /**
         * How often a sequence was absent at its deadline.
         *
         * @return late and missing
         */
        public long stalls() {
            return late + missing;
        }

        /**
         * The share of sequences that were there at their deadline.
         *
         * @return 0 to 1; 1 when nothing was due
         */
        public double continuity() {
            long due = onTime + late + missing;
            return due == 0 ? 1 : (double) onTime / due;
        }
    }

    private Playout(
            Duration delay, @Nullable Scheduler timer, @Nullable Supplier<OptionalLong> streamTimeUs, long tooLateNs) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("a playout delay is not negative, was " + delay);
        }
        this.delay = delay;
        this.timer = timer;
        this.streamTimeUs = streamTimeUs;
        this.tooLateNs = tooLateNs;
    }

    /**
     * A playout on the machine's clock.
     *
     * @param delay how far behind the moment of arrival the first segment is played
     * @return a playout for one subscription
     */
    public static Playout of(Duration delay) {
        return new Playout(delay, null, null, Long.MAX_VALUE);
    }

    /**
     * A playout on a clock of the caller's.
     *
     * @param delay how far behind the moment of arrival the first segment is played
     * @param timer every wait goes through it
     * @return a playout for one subscription
     */
    public static Playout of(Duration delay, Scheduler timer) {
        return new Playout(delay, timer, null, Long.MAX_VALUE);
    }

    /**
     * Goes by the stream's clock, so that everybody with the same delay plays the same at the same moment.
     *
     * @param streamTime what time it is in the stream, in microseconds, as {@link Segment#mediaTimeUs} counts; empty while nobody has
     *     said so. For the first segment it is waited for up to half a second; without it the playout goes by a clock of its own
     * @return a playout for one subscription
     */
    public Playout inSync(Supplier<OptionalLong> streamTime) {
        return new Playout(delay, timer, streamTime, tooLateNs);
    }

    /**
     * Skips what is too late, to where a player may start.
     *
     * @param by how late is too late
     * @return a playout for one subscription
     */
    public Playout skipping(Duration by) {
        if (by.isNegative()) {
            throw new IllegalArgumentException("too late is not before the deadline, was " + by);
        }
        return new Playout(delay, timer, streamTimeUs, by.toNanos());
    }

    /**
     * A reader that passes holes at their playout deadline.
     *
     * @param spec any reader
     * @return the reader with a patience of the playout delay
     */
    public ReaderSpec reader(ReaderSpec spec) {
        return spec.holePatience(delay);
    }

    /**
     * What was released so far.
     *
     * @return counts at this moment, from any thread
     */
    public Counts counts() {
        return counts;
    }

    /**
     * Releases a stream.
     *
     * @param stream from a reader made with {@link #reader}
     * @return the same signals, each segment when it is due; ends and fails with {@code stream}; one subscriber; emits on the
     *     timer's threads, or the one that brought the signal when it is late
     */
    @Override
    public Publisher<StreamSignal<Segment>> apply(Flux<StreamSignal<Segment>> stream) {
        return Flux.defer(() -> {
            if (!used.compareAndSet(false, true)) {
                return Flux.error(new IllegalStateException("a playout plays once"));
            }
            Scheduler clock = timer == null ? Schedulers.parallel() : timer;
            return stream.map(signal -> new Taken(signal, clock.now(TimeUnit.NANOSECONDS)))
                    .limitRate(AHEAD, 1)
                    .concatMap(
                            taken -> started || streamTimeUs == null
                                    ? due(taken, clock)
                                    : streamTimeKnown(clock).thenMany(Flux.defer(() -> due(taken, clock))),
                            1);
        });
    }

    private Mono<Void> streamTimeKnown(Scheduler clock) {
        return Flux.interval(Duration.ZERO, ASK_EVERY, clock)
                .onBackpressureDrop()
                .take(ASKS)
                .takeUntil(tick -> streamTime().isPresent())
                .then();
    }

    private OptionalLong streamTime() {
        return streamTimeUs == null ? OptionalLong.empty() : streamTimeUs.get();
    }

    private Flux<StreamSignal<Segment>> due(Taken taken, Scheduler clock) {
        StreamSignal<Segment> signal = taken.signal();
        if (signal instanceof StreamSignal.Missing<Segment> missing) {
            count(0, 0, missing.gap().size(), 0);
            return Flux.just(signal);
        }
        Segment segment = ((StreamSignal.Element<Segment>) signal).value();
        long nowNs = clock.now(TimeUnit.NANOSECONDS);
        long deadlineNs = deadlineNs(segment, nowNs);
        long aheadNs = deadlineNs - nowNs;
        caughtUp = caughtUp || aheadNs >= 0;
        Flux<StreamSignal<Segment>> first = Flux.empty();
        if (caughtUp && (skipped != null || -aheadNs > tooLateNs)) {
            Skipped past = skipped;
            if (past != null && segment.randomAccess() && nowNs - past.sinceNs() > SOURCE_STOOD_STILL_NS) {
                setBackNs += Math.max(0, -aheadNs);
                aheadNs = Math.max(0, aheadNs);
                deadlineNs = nowNs + aheadNs;
            }
            if (past == null || !segment.randomAccess() || -aheadNs > tooLateNs) {
                return skip(segment, nowNs);
            }
            skipped = null;
            first = Flux.just(gap(past));
        }
        boolean late = taken.atNs() - deadlineNs > TOLERANCE_NS || -aheadNs > STOOD_STILL_NS;
        if (late && caughtUp) {
            count(0, 1, 0, -aheadNs);
        } else {
            count(1, 0, 0, 0);
        }
        Mono<StreamSignal<Segment>> released = aheadNs <= 0
                ? Mono.just(signal)
                : Mono.delay(Duration.ofNanos(aheadNs), clock).thenReturn(signal);
        return first.concatWith(released);
    }

    private long deadlineNs(Segment segment, long nowNs) {
        boolean goesOn = started
                && segment.epoch() == epoch
                && ((segment.flags() & Segment.DISCONTINUITY) == 0
                        || (segment.mediaTimeUs() >= lastUs && segment.mediaTimeUs() - lastUs < LARGEST_STEP_US));
        OptionalLong streamTime = streamTime();
        if (!goesOn) {
            started = true;
            epoch = segment.epoch();
            anchorNs = nowNs + delay.toNanos();
            anchorUs = segment.mediaTimeUs();
            setBackNs = 0;
            caughtUp = streamTime.isEmpty();
        }
        lastUs = segment.mediaTimeUs();
        if (streamTime.isPresent()) {
            long untilUs = segment.mediaTimeUs() - streamTime.getAsLong();
            anchorNs = nowNs + TimeUnit.MICROSECONDS.toNanos(untilUs) + delay.toNanos() + setBackNs;
            anchorUs = segment.mediaTimeUs(); // goes on from here when the stream's time is not known any more
            return anchorNs;
        }
        return anchorNs + TimeUnit.MICROSECONDS.toNanos(segment.mediaTimeUs() - anchorUs);
    }

    private Flux<StreamSignal<Segment>> skip(Segment segment, long nowNs) {
        Skipped past = skipped;
        count(0, 0, 1, 0);
        long until = segment.sequence() + 1;
        if (past != null && past.epoch() == segment.epoch()) {
            skipped = new Skipped(past.epoch(), past.from(), until, past.sinceNs());
            return Flux.empty();
        }
        skipped = new Skipped(segment.epoch(), segment.sequence(), until, past == null ? nowNs : past.sinceNs());
        return past == null ? Flux.empty() : Flux.just(gap(past));
    }

    private static StreamSignal<Segment> gap(Skipped past) {
        return new StreamSignal.Missing<>(new Gap(past.epoch(), past.from(), past.until(), Gap.Reason.LAG));
    }

    private void count(long onTime, long late, long missing, long lateNs) {
        Counts sofar = counts;
        counts = new Counts(
                sofar.onTime() + onTime,
                sofar.late() + late,
                sofar.missing() + missing,
                Math.max(sofar.worstLateNs(), lateNs));
    }
}
