package io.swarmflux.benchmarks.group;

import java.util.SplittableRandom;

/**
 * What a receiver loses: each datagram that has come to it, whatever is in it, is dropped with the same chance. What comes to the sender is not.
 *
 * @param share 0 to 1
 * @param seed of the first receiver; each next one has its own
 */
public record Loss(double share, long seed) {
    /** Decides datagram by datagram, for one receiver. */
    interface Dice {
        boolean drops();
    }

    Dice dice(int receiver) {
        SplittableRandom random = new SplittableRandom(seed + receiver);
        return () -> share > 0 && random.nextDouble() < share;
    }
}
