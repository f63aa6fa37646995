package io.swarmflux.flux;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * The bounds and rules of a window: immutable, every step returns a new value.
 *
 * @param numbering how elements are numbered
 * @param slots how many sequences the window spans, a power of two from 2 to 2^24; default 256. Larger windows bridge
 *     larger differences between upstreams and keep more for late readers; a slot costs about 16 bytes when empty
 * @param bytes how much the window holds; default unbounded
 * @param start with which sequence it begins; default the lowest of two upstreams within 200 ms
 * @param patience how long a hole is waited for after something later came; null, the default, for as long as any
 *     upstream may still bring it
 * @param keep how long elements are kept for readers that come later; default as long as they fit
 * @param intake how much is taken from upstreams
 * @param timer what every wait goes through; null, the default, for {@code Schedulers.parallel()} at subscription
 * @param <T> the element
 */
public record MergeSpec<T>(
        Numbering<T> numbering,
        int slots,
        Bytes bytes,
        StartPolicy start,
        @Nullable Duration patience,
        @Nullable Duration keep,
        Intakes intake,
        @Nullable Scheduler timer) {
    /** The longest time for which a hole holds a window, whatever a reader's patience. */
    public static final Duration MAX_PATIENCE = Duration.ofSeconds(10);

    private static final Duration MAX_KEEP = Duration.ofDays(365);

    private static final StartPolicy START = StartPolicy.lowestWithin(Duration.ofMillis(200), 2);

    /**
     * A bound in bytes.
     *
     * @param max all that the window may hold
     * @param largest the largest element; this much of {@code max} is kept free for the element that is waited for, so that
     *     it is always accepted
     */
    public record Bytes(long max, long largest) {
        /** Checks the bound. */
        public Bytes {
            if (largest < 0 || max <= largest) {
                throw new IllegalArgumentException("a window holds more bytes than its largest element has, was " + max
                        + " with elements of up to " + largest);
            }
        }
    }

    /**
     * What is taken from upstreams.
     *
     * @param prefetch how many elements are requested from each upstream ahead, 1 to 2^20; default 32, asked for again
     *     when three quarters are used
     * @param maxUpstreams how many upstreams there may be at once; default 64
     */
    public record Intakes(int prefetch, int maxUpstreams) {
        /** Checks the values. */
        public Intakes {
            if (prefetch < 1 || prefetch > 1 << 20 || maxUpstreams < 1) {
                throw new IllegalArgumentException("prefetch is 1 to 1048576 and there is at least 1 upstream, was "
                        + prefetch + " and " + maxUpstreams);
            }
        }
    }

    /** Checks the values. */
    public MergeSpec {
        if (slots < 2 || slots > 1 << 24 || Integer.bitCount(slots) != 1) {
            throw new IllegalArgumentException("a window has a power of two of 2 to 16777216 slots, was " + slots);
        }
        if (patience != null && patience.isNegative()) {
            throw new IllegalArgumentException("a patience is not negative, was " + patience);
        }
        if (keep != null && (keep.isNegative() || keep.compareTo(MAX_KEEP) > 0)) {
            throw new IllegalArgumentException("a window keeps for 0 to " + MAX_KEEP + ", was " + keep);
        }
    }

    /**
     * The defaults.
     *
     * @param numbering how elements are numbered
     * @param <T> the element
     * @return the spec
     */
    public static <T> MergeSpec<T> of(Numbering<T> numbering) {
        return new MergeSpec<>(
                numbering, 256, new Bytes(Long.MAX_VALUE, 0), START, null, null, new Intakes(32, 64), null);
    }

    /**
     * Sets how many sequences the window spans.
     *
     * @param slots a power of two
     * @return the spec with the window
     */
    public MergeSpec<T> window(int slots) {
        return new MergeSpec<>(numbering, slots, bytes, start, patience, keep, intake, timer);
    }

    /**
     * Bounds the window in bytes.
     *
     * @param max all that it may hold
     * @param largest the largest element
     * @return the spec with the bound
     */
    public MergeSpec<T> windowBytes(long max, long largest) {
        return new MergeSpec<>(numbering, slots, new Bytes(max, largest), start, patience, keep, intake, timer);
    }

    /**
     * Sets where it begins.
     *
     * @param policy given or found
     * @return the spec with the start
     */
    public MergeSpec<T> startingAt(StartPolicy policy) {
        return new MergeSpec<>(numbering, slots, bytes, policy, patience, keep, intake, timer);
    }

    /**
     * Sets how long holes are waited for.
     *
     * @param duration after something later came; zero passes holes at once; longer than 10 s counts as 10 s
     * @return the spec with the patience
     */
    public MergeSpec<T> holePatience(Duration duration) {
        return new MergeSpec<>(numbering, slots, bytes, start, duration, keep, intake, timer);
    }

    /**
     * Sets how long elements are kept.
     *
     * @param duration after their arrival
     * @return the spec with the time
     */
    public MergeSpec<T> keeping(Duration duration) {
        return new MergeSpec<>(numbering, slots, bytes, start, patience, duration, intake, timer);
    }

    /**
     * Sets what is taken from upstreams.
     *
     * @param prefetch how many elements from each ahead
     * @param maxUpstreams how many upstreams at once
     * @return the spec with both
     */
    public MergeSpec<T> taking(int prefetch, int maxUpstreams) {
        return new MergeSpec<>(
                numbering, slots, bytes, start, patience, keep, new Intakes(prefetch, maxUpstreams), timer);
    }

    /**
     * Sets the clock.
     *
     * @param scheduler what every wait goes through
     * @return the spec with the clock
     */
    public MergeSpec<T> timedBy(Scheduler scheduler) {
        return new MergeSpec<>(numbering, slots, bytes, start, patience, keep, intake, scheduler);
    }

    /** The patience in nanoseconds; {@link Long#MAX_VALUE} for none. */
    long patienceNs() {
        return patience == null ? Alarm.NEVER : capped(patience);
    }

    /** A reader's patience in nanoseconds: its own, but in a lossless hub always for ever. */
    long patienceNsOf(ReaderSpec reader) {
        Duration own = reader.patience();
        return own == null || patience == null ? patienceNs() : capped(own);
    }

    private static long capped(Duration patience) {
        return patience.compareTo(MAX_PATIENCE) > 0 ? MAX_PATIENCE.toNanos() : patience.toNanos();
    }
}
