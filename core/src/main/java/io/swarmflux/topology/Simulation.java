package io.swarmflux.topology;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How a topology is simulated: how long, how often, under which conditions, what happens meanwhile, and what is expected.
 *
 * @param length how much virtual time passes; empty for until the streams have ended
 * @param seeds one run is made with each; 1 by default
 * @param links what every link does to its frames, unless the file says something else about that link
 * @param deadline when a segment must be there; empty for each peer's own playout delay
 * @param measureFrom from when on figures count; 0 by default
 * @param events what happens meanwhile, in the order of the file
 * @param goals what is expected
 */
public record Simulation(
        Optional<Duration> length,
        List<Long> seeds,
        Condition links,
        Optional<Deadline> deadline,
        Duration measureFrom,
        List<Event> events,
        Goals goals) {

    /** A simulation of a file that says nothing about it. */
    public static final Simulation DEFAULT = new Simulation(
            Optional.empty(), List.of(1L), Condition.NONE, Optional.empty(), Duration.ZERO, List.of(), Goals.NONE);

    /** Copies the lists. */
    public Simulation {
        seeds = List.copyOf(seeds);
        events = List.copyOf(events);
    }

    /** How long after a segment was made it must be there. */
    public sealed interface Deadline {
        /**
         * So many segments later.
         *
         * @param count at least 1; a slot lasts as long as a segment of the stream
         */
        record Slots(int count) implements Deadline {}

        /**
         * So much time later.
         *
         * @param time positive
         */
        record After(Duration time) implements Deadline {}
    }

    /**
     * Something that happens.
     *
     * @param at when, from the start
     * @param action what
     */
    public record Event(Duration at, Action action) {}

    /** What can happen. */
    public sealed interface Action {}

    /**
     * Peers leave.
     *
     * @param names of peers, seeders and groups; empty when a share of all peers is meant
     * @param share of all peers that are there, from 0 to 1; 0 when names are given
     * @param silently true when nobody is told: their links go dead; false when they say goodbye
     */
    public record Kill(List<String> names, double share, boolean silently) implements Action {
        /** Copies the list. */
        public Kill {
            names = List.copyOf(names);
        }
    }

    /**
     * Whoever feeds most of an island at that moment leaves.
     *
     * @param island its name
     * @param silently true when nobody is told: its links go dead, and the group hears nothing more of it
     */
    public record KillGateway(String island, boolean silently) implements Action {}

    /**
     * Links go dead, and nobody is told.
     *
     * @param target which
     */
    public record Cut(Target target) implements Action {}

    /**
     * Links come back.
     *
     * @param target which
     */
    public record Restore(Target target) implements Action {}

    /**
     * Rates change.
     *
     * @param target one link, whose rate changes, or hosts, whose access links change
     * @param rate of the link, each way, in bits a second; empty for hosts
     * @param host the access links of the hosts; {@link Host#UNLIMITED} for a link
     */
    public record Throttle(Target target, OptionalLong rate, Host host) implements Action {}

    /** What an action is done to. */
    public sealed interface Target {
        /**
         * All links of some hosts.
         *
         * @param names of peers, seeders and groups
         */
        record Hosts(List<String> names) implements Target {
            /** Copies the list. */
            public Hosts {
                names = List.copyOf(names);
            }
        }

        /**
         * One link.
         *
         * @param one the name of one end
         * @param other the name of the other end
         */
        record Between(String one, String other) implements Target {}
    }

    /**
     * What must come out of every run. What is empty is not asked for.
     *
     * @param continuity the least share of segments that were there at their deadline, over all peers
     * @param skipped the most segments that all players together may skip
     * @param survivors the least share of survivors of each kill that lost nothing
     * @param duplicates the greatest share of segments that came twice
     * @param control the greatest share of bytes that are no segments
     * @param median the most slots that half of all arrivals may take
     * @param p99 the most slots that 99 % of all arrivals may take
     * @param missing the most segments that may never have arrived, over all peers
     * @param islands what is expected of islands
     */
    public record Goals(
            OptionalDouble continuity,
            OptionalInt skipped,
            OptionalDouble survivors,
            OptionalDouble duplicates,
            OptionalDouble control,
            OptionalInt median,
            OptionalInt p99,
            OptionalInt missing,
            IslandGoals islands) {
        /** Nothing is expected. */
        public static final Goals NONE = new Goals(
                OptionalDouble.empty(),
                OptionalInt.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                IslandGoals.NONE);
    }

    /**
     * What must come out of every run for each island. What is empty is not asked for.
     *
     * @param naksPerLoss the most that may be asked for each frame that all members of an island lose
     * @param uplinkCopies how often the stream may come into an island at most
     * @param seederCopies how often the stream may leave its seeders at most
     * @param groupControl the greatest part of what an island's group carries that may be neither segments nor repairs
     * @param pause the longest time for which a sub-stream may bring nothing to an island
     */
    public record IslandGoals(
            OptionalDouble naksPerLoss,
            OptionalDouble uplinkCopies,
            OptionalDouble seederCopies,
            OptionalDouble groupControl,
            Optional<Duration> pause) {
        /** Nothing is expected. */
        public static final IslandGoals NONE = new IslandGoals(
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                Optional.empty());
    }
}
