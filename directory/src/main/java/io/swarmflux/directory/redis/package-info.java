/** Leases in Redis, shared by several directory servers. */
@NullMarked
package io.swarmflux.directory.redis;

import org.jspecify.annotations.NullMarked;
