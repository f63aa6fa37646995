package io.swarmflux.topology;

/** A value and where the file says it. */
record Placed<T>(T value, Place at) {}
