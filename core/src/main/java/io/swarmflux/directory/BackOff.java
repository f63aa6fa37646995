package io.swarmflux.directory;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/** How long to wait before the next attempt: 200 ms at first, twice as long after each failure, half as much more or less by chance. */
public final class BackOff {
    private static final Duration FIRST = Duration.ofMillis(200);
    private static final int MAX_DOUBLINGS = 16;

    private final DoubleSupplier dice;
    private int failures;

    /**
     * Nothing has failed yet.
     *
     * @param dice numbers from 0 to 1
     */
    public BackOff(DoubleSupplier dice) {
        this.dice = dice;
    }

    /** Begins anew. */
    public void succeeded() {
        failures = 0;
    }

    /**
     * One more failure.
     *
     * @param longest the wait is at most one and a half times this
     * @param askedFor the wait is at least this
     * @return how long to wait
     */
    public Duration failed(Duration longest, Duration askedFor) {
        long plainNs = Math.min(longest.toNanos(), FIRST.toNanos() << Math.min(failures, MAX_DOUBLINGS));
        failures++;
        Duration wait = Duration.ofNanos((long) (plainNs * (0.5 + dice.getAsDouble())));
        return wait.compareTo(askedFor) < 0 ? askedFor : wait;
    }
}
