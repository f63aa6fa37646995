package io.swarmflux.segment;

/** The seeder's choice for a stream. */
public enum Mode {
    /** Nobody holds the window; what comes late is worthless. */
    LIVE,
    /** The slowest ordered reader holds the window, and so the whole swarm. */
    LOSSLESS
}
