/** What the page that one watches on is told of a peer. */
@NullMarked
package io.swarmflux.samples.watch;

import org.jspecify.annotations.NullMarked;
