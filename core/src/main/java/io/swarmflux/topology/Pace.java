package io.swarmflux.topology;

/** How fast a seeder gives its stream out. */
public sealed interface Pace {
    /** As fast as the media's own time stamps say. The default of an {@code input}. */
    record Realtime() implements Pace {}

    /**
     * At a constant rate.
     *
     * @param bitsPerSecond payload bits a second, at least 1
     */
    record Rate(long bitsPerSecond) implements Pace {}

    /** As fast as the swarm takes it, which makes the stream lossless. The default of a {@code counter}. */
    record None() implements Pace {}
}
