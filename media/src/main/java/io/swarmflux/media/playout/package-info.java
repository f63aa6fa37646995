/** Playing at the right moment: releases segments on media time, a playout delay behind the live edge. */
@NullMarked
package io.swarmflux.media.playout;

import org.jspecify.annotations.NullMarked;
