package io.swarmflux.media.playout;

import io.swarmflux.flux.ReaderSpec;
import io.swarmflux.flux.StreamSignal;
import io.swarmflux.segment.Segment;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
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
 * segment that starts a new time line (a new epoch, or a discontinuity) starts the clock anew, one delay after it came.
 *
 * <p>Segments wait in the peer's window, not here: {@value #AHEAD} at a time are taken ahead, so that a timer that is late
 * for one does not make the next ones seem late.
 */
public final class Playout implements Function<Flux<StreamSignal<Segment>>, Publisher<StreamSignal<Segment>>> {
    /** Timers are this coarse; a segment this little behind its deadline was there. */
    private static final long TOLERANCE_NS = Duration.ofMillis(20).toNanos();

    /** A clock that is this late stood still, whatever was there. */
    private static final long STOOD_STILL_NS = Duration.ofMillis(500).toNanos();

    /** Half a second of a stream of 8 Mbit/s in segments of 16 KiB. */
    private static final int AHEAD = 32;

    private final Duration delay;
    private final @Nullable Scheduler timer;
    private final AtomicBoolean used = new AtomicBoolean();

    private volatile Counts counts = new Counts(0, 0, 0, 0);
    private boolean started;
    private long epoch;
    private long anchorNs;
    private long anchorUs;

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

    private Playout(Duration delay, @Nullable Scheduler timer) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("a playout delay is not negative, was " + delay);
        }
        this.delay = delay;
        this.timer = timer;
    }

    /**
     * A playout on the machine's clock.
     *
     * @param delay how far behind the moment of arrival the first segment is played
     * @return a playout for one subscription
     */
    public static Playout of(Duration delay) {
        return new Playout(delay, null);
    }

    /**
     * A playout on a clock of the caller's.
     *
     * @param delay how far behind the moment of arrival the first segment is played
     * @param timer every wait goes through it
     * @return a playout for one subscription
     */
    public static Playout of(Duration delay, Scheduler timer) {
        return new Playout(delay, timer);
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
                    .concatMap(taken -> due(taken, clock), 1);
        });
    }

    private Mono<StreamSignal<Segment>> due(Taken taken, Scheduler clock) {
        StreamSignal<Segment> signal = taken.signal();
        Counts sofar = counts;
        if (signal instanceof StreamSignal.Missing<Segment> missing) {
            counts = new Counts(
                    sofar.onTime(),
                    sofar.late(),
                    sofar.missing() + missing.gap().size(),
                    sofar.worstLateNs());
            return Mono.just(signal);
        }
        Segment segment = ((StreamSignal.Element<Segment>) signal).value();
        long nowNs = clock.now(TimeUnit.NANOSECONDS);
        if (!started || segment.epoch() != epoch || (segment.flags() & Segment.DISCONTINUITY) != 0) {
            started = true;
            epoch = segment.epoch();
            anchorNs = nowNs + delay.toNanos();
            anchorUs = segment.mediaTimeUs();
        }
        long deadlineNs = anchorNs + TimeUnit.MICROSECONDS.toNanos(segment.mediaTimeUs() - anchorUs);
        long aheadNs = deadlineNs - nowNs;
        if (taken.atNs() - deadlineNs > TOLERANCE_NS || -aheadNs > STOOD_STILL_NS) {
            counts = new Counts(
                    sofar.onTime(), sofar.late() + 1, sofar.missing(), Math.max(sofar.worstLateNs(), -aheadNs));
        } else {
            counts = new Counts(sofar.onTime() + 1, sofar.late(), sofar.missing(), sofar.worstLateNs());
        }
        return aheadNs <= 0
                ? Mono.just(signal)
                : Mono.delay(Duration.ofNanos(aheadNs), clock).thenReturn(signal);
    }
}
