package io.swarmflux.topology;

import java.time.Duration;

/**
 * What a group that exists only inside a process does to the frames that its members send. What is 0 is not done.
 *
 * @param delay how much later each frame arrives
 * @param jitter how much later still, at most: each frame draws evenly from 0 to this, anew for each member
 * @param loss the share of frames that each member loses by its own chance, 0 to 1
 * @param commonLoss the share of frames that no member hears, 0 to 1
 */
public record GroupCondition(Duration delay, Duration jitter, double loss, double commonLoss) {
    /** A group that does nothing to its frames. */
    public static final GroupCondition NONE = new GroupCondition(Duration.ZERO, Duration.ZERO, 0, 0);

    /** Checks the ranges. */
    public GroupCondition {
        if (delay.isNegative() || jitter.isNegative()) {
            throw new IllegalArgumentException("delay and jitter are not negative, were " + delay + " and " + jitter);
        }
        if (!(loss >= 0 && loss <= 1 && commonLoss >= 0 && commonLoss <= 1)) {
            throw new IllegalArgumentException("losses are from 0 to 1, were " + loss + " and " + commonLoss);
        }
    }
}
