package io.swarmflux.link;

import java.time.Duration;

/**
 * How bad one direction of a link is. Starts from {@link #perfect()}; each step returns a new value.
 *
 * @param delay how long every frame is under way; default 0
 * @param jitter up to how much longer, evenly spread; frames keep their order; default 0
 * @param loss how probable it is that a frame vanishes, 0 to 1; default 0
 * @param duplication how probable it is that a frame comes twice, 0 to 1; default 0
 * @param reordering how probable it is that later frames overtake a frame, 0 to 1; default 0
 * @param reorderingDelay how much later a frame comes that is overtaken; default 10 ms
 * @param bitsPerSecond how fast frames leave, one after the other; 0, the default, is at once
 * @param queueBytes how much may wait or be under way before frames are dropped; default 8 MiB
 */
public record LinkConditions(
        Duration delay,
        Duration jitter,
        double loss,
        double duplication,
        double reordering,
        Duration reorderingDelay,
        long bitsPerSecond,
        long queueBytes) {
    private static final LinkConditions PERFECT =
            new LinkConditions(Duration.ZERO, Duration.ZERO, 0, 0, 0, Duration.ofMillis(10), 0, 8L << 20);

    /** Refuses what cannot be. */
    public LinkConditions {
        checkNotNegative("delay", delay);
        checkNotNegative("jitter", jitter);
        checkProbability("loss", loss);
        checkProbability("duplication", duplication);
        checkProbability("reordering", reordering);
        checkNotNegative("reorderingDelay", reorderingDelay);
        if (bitsPerSecond < 0) {
            throw new IllegalArgumentException("bitsPerSecond must not be negative, was " + bitsPerSecond);
        }
        if (queueBytes <= 0) {
            throw new IllegalArgumentException("queueBytes must be positive, was " + queueBytes);
        }
    }

    private static void checkNotNegative(String name, Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException(name + " must not be negative, was " + value);
        }
    }

    private static void checkProbability(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(name + " must be between 0 and 1, was " + value);
        }
    }

    /**
     * Nothing wrong at all.
     *
     * @return no delay, no loss, no limit
     */
    public static LinkConditions perfect() {
        return PERFECT;
    }

    /**
     * Sets how long every frame is under way, and up to how much longer.
     *
     * @param least the delay
     * @param most what is added at most
     * @return the same otherwise
     */
    public LinkConditions delay(Duration least, Duration most) {
        return new LinkConditions(
                least, most, loss, duplication, reordering, reorderingDelay, bitsPerSecond, queueBytes);
    }

    /**
     * Sets how probable it is that a frame vanishes.
     *
     * @param probability 0 to 1
     * @return the same otherwise
     */
    public LinkConditions loss(double probability) {
        return new LinkConditions(
                delay, jitter, probability, duplication, reordering, reorderingDelay, bitsPerSecond, queueBytes);
    }

    /**
     * Sets how probable it is that a frame comes twice.
     *
     * @param probability 0 to 1
     * @return the same otherwise
     */
    public LinkConditions duplication(double probability) {
        return new LinkConditions(
                delay, jitter, loss, probability, reordering, reorderingDelay, bitsPerSecond, queueBytes);
    }

    /**
     * Sets how probable it is that a frame is overtaken, and how late it comes then.
     *
     * @param probability 0 to 1
     * @param later added to its delay
     * @return the same otherwise
     */
    public LinkConditions reordering(double probability, Duration later) {
        return new LinkConditions(delay, jitter, loss, duplication, probability, later, bitsPerSecond, queueBytes);
    }

    /**
     * Sets how fast frames leave.
     *
     * @param bits per second; 0 is at once
     * @return the same otherwise
     */
    public LinkConditions rate(long bits) {
        return new LinkConditions(delay, jitter, loss, duplication, reordering, reorderingDelay, bits, queueBytes);
    }

    /**
     * Sets how much may wait or be under way; a frame beyond it is dropped and counted.
     *
     * @param bytes at least 1
     * @return the same otherwise
     */
    public LinkConditions queue(long bytes) {
        return new LinkConditions(delay, jitter, loss, duplication, reordering, reorderingDelay, bitsPerSecond, bytes);
    }
}
