/** The unit that travels: segments, streams, their description, and what cuts bytes into segments. */
@NullMarked
package io.swarmflux.segment;

import org.jspecify.annotations.NullMarked;
