package io.swarmflux.directory;

import java.time.Duration;

/**
 * What a directory has granted.
 *
 * @param ttl how long the peer is known unless it renews
 * @param renewed whether the directory knew the peer already
 */
public record Lease(Duration ttl, boolean renewed) {}
