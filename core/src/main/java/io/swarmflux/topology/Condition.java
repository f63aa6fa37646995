package io.swarmflux.topology;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * What a link does to the frames that cross it, the same in both directions. What is 0 or empty is not done.
 *
 * @param delay how much later each frame arrives
 * @param jitter how much later still, at most: each frame draws evenly from 0 to this
 * @param loss the share of frames that never arrive, 0 to 1
 * @param reorder the share of frames that overtake the ones before them, 0 to 1
 * @param duplicate the share of frames that arrive twice, 0 to 1
 * @param rate the most that crosses in each direction, in bits a second
 */
public record Condition(
        Duration delay, Duration jitter, double loss, double reorder, double duplicate, OptionalLong rate) {

    /** A link that does nothing to its frames. */
    public static final Condition NONE = new Condition(Duration.ZERO, Duration.ZERO, 0, 0, 0, OptionalLong.empty());

    /** Checks the ranges. */
    public Condition {
        if (delay.isNegative() || jitter.isNegative()) {
            throw new IllegalArgumentException("delay and jitter are not negative, were " + delay + " and " + jitter);
        }
        checkShare("loss", loss);
        checkShare("reorder", reorder);
        checkShare("duplicate", duplicate);
        if (rate.isPresent() && rate.getAsLong() <= 0) {
            throw new IllegalArgumentException("a link's rate is at least 1 bit/s, was " + rate.getAsLong());
        }
    }

    private static void checkShare(String what, double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException(what + " is from 0 to 1, was " + share);
        }
    }

    /**
     * The condition in the words of the file, for labels and reports.
     *
     * @return for example {@code delay 20ms, loss 2%}; empty when nothing is done
     */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        word(out, "delay", delay.isZero() ? "" : Quantity.duration(delay));
        word(out, "jitter", jitter.isZero() ? "" : Quantity.duration(jitter));
        word(out, "loss", loss == 0 ? "" : Quantity.share(loss));
        word(out, "reorder", reorder == 0 ? "" : Quantity.share(reorder));
        word(out, "duplicate", duplicate == 0 ? "" : Quantity.share(duplicate));
        word(out, "rate", rate.isEmpty() ? "" : Quantity.bitsPerSecond(rate.getAsLong()));
        return out.toString();
    }

    private static void word(StringBuilder out, String name, String value) {
        if (!value.isEmpty()) {
            out.append(out.isEmpty() ? "" : ", ").append(name).append(' ').append(value);
        }
    }
}
