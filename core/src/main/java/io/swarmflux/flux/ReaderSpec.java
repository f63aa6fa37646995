package io.swarmflux.flux;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * How one reader reads: immutable, every step returns a new value.
 *
 * @param name for events, snapshots and errors; default {@code reader}
 * @param join where it begins; default the live edge
 * @param lag what happens when it lags; default {@link LagPolicy#skip()}; in a lossless hub every ordered reader waits
 * @param patience how long it waits for a hole after something later came, in a live hub; null, the default, for the
 *     hub's own; longer than 10 s counts as 10 s
 * @param deliverOn where its elements are delivered; null, the default, for the thread that brought them
 */
public record ReaderSpec(
        String name,
        Join join,
        LagPolicy lag,
        @Nullable Duration patience,
        @Nullable Scheduler deliverOn) {
    private static final ReaderSpec DEFAULTS = new ReaderSpec("reader", Join.liveEdge(), LagPolicy.skip(), null, null);

    /** Checks the patience. */
    public ReaderSpec {
        if (patience != null && patience.isNegative()) {
            throw new IllegalArgumentException("a patience is not negative, was " + patience);
        }
    }

    /**
     * Reads from the live edge and skips when it lags.
     *
     * @return the defaults
     */
    public static ReaderSpec defaults() {
        return DEFAULTS;
    }

    /**
     * Names the reader.
     *
     * @param name for people
     * @return the spec with the name
     */
    public ReaderSpec named(String name) {
        return new ReaderSpec(name, join, lag, patience, deliverOn);
    }

    /**
     * Sets where it begins.
     *
     * @param join the place
     * @return the spec with the place
     */
    public ReaderSpec joinAt(Join join) {
        return new ReaderSpec(name, join, lag, patience, deliverOn);
    }

    /**
     * Sets what happens when it lags.
     *
     * @param policy wait, skip or fail
     * @return the spec with the policy
     */
    public ReaderSpec onLag(LagPolicy policy) {
        return new ReaderSpec(name, join, policy, patience, deliverOn);
    }

    /**
     * Sets how long it waits for a hole.
     *
     * @param duration after something later came; zero passes holes at once
     * @return the spec with the patience
     */
    public ReaderSpec holePatience(Duration duration) {
        return new ReaderSpec(name, join, lag, duration, deliverOn);
    }

    /**
     * Sets the thread of delivery. The window is the queue: nothing is buffered a second time.
     *
     * @param scheduler one of its workers delivers everything to this reader
     * @return the spec with the scheduler
     */
    public ReaderSpec deliveringOn(Scheduler scheduler) {
        return new ReaderSpec(name, join, lag, patience, scheduler);
    }
}
