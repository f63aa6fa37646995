/** Pictures of topologies. */
@NullMarked
package io.swarmflux.samples.draw;

import org.jspecify.annotations.NullMarked;
