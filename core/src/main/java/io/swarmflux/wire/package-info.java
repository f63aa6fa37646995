/** The messages that peers exchange, and their bytes. */
@NullMarked
package io.swarmflux.wire;

import org.jspecify.annotations.NullMarked;
