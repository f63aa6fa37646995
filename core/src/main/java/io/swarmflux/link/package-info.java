/** Links between peers as opaque frames, and the transports that need no network: loopback and impaired. */
@NullMarked
package io.swarmflux.link;

import org.jspecify.annotations.NullMarked;
