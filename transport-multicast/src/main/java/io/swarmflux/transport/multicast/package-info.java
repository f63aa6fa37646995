/** Links that a whole LAN hears: {@link io.swarmflux.transport.multicast.MulticastTransport} and what it tells. */
@NullMarked
package io.swarmflux.transport.multicast;

import org.jspecify.annotations.NullMarked;
