package io.swarmflux.samples.simulate;

import io.swarmflux.topology.Pace;
import io.swarmflux.topology.Simulation;
import io.swarmflux.topology.Source;
import io.swarmflux.topology.Topology;
import java.time.Duration;

/**
 * How long one segment of a stream lasts: the unit in which a swarm spreads. A stream that goes as fast as it is taken has
 * none; a millisecond stands for it.
 *
 * @param ns in nanoseconds
 */
record Slots(long ns) {
    private static final int COUNTER_PER_SECOND = 100;

    static Slots of(Topology.Seeder seeder) {
        if (seeder.feed().pace() instanceof Pace.Rate rate) {
            return new Slots((long) (seeder.feed().segmentBytes() * 8e9 / rate.bitsPerSecond()));
        }
        if (seeder.feed().pace() instanceof Pace.None) {
            return new Slots(1_000_000);
        }
        if (seeder.feed().source() instanceof Source.Input) {
            throw new IllegalArgumentException("the seeder '" + seeder.name()
                    + "' has raw bytes, which have no clock; give it a rate such as pace: 2Mbit, or pace: none");
        }
        return new Slots(1_000_000_000L / COUNTER_PER_SECOND);
    }

    /** Those of the stream that a peer takes. */
    static Slots of(Topology topology, Topology.Peer peer) {
        return topology.seeders().stream()
                .filter(seeder -> seeder.stream().equals(peer.stream()))
                .findFirst()
                .map(Slots::of)
                .orElseThrow();
    }

    /** How long after it was made a segment must be at a peer. */
    Duration deadline(Simulation simulation, Topology.Peer peer) {
        return simulation
                .deadline()
                .map(deadline -> deadline instanceof Simulation.Deadline.Slots slots
                        ? Duration.ofNanos(ns * slots.count())
                        : ((Simulation.Deadline.After) deadline).time())
                .orElse(peer.playing().playoutDelay());
    }
}
