/** Where a stream ends: players, and what they found. */
@NullMarked
package io.swarmflux.media.player;

import org.jspecify.annotations.NullMarked;
