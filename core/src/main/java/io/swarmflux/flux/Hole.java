package io.swarmflux.flux;

/**
 * A range of sequences that a window does not hold.
 *
 * @param from the first
 * @param until one past the last
 */
public record Hole(long from, long until) {}
