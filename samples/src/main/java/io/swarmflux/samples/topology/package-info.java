/** A topology file as a running swarm. */
@NullMarked
package io.swarmflux.samples.topology;

import org.jspecify.annotations.NullMarked;
