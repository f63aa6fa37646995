/** Links over TCP and TLS: {@link io.swarmflux.transport.tcp.TcpTransport} and its options. */
@NullMarked
package io.swarmflux.transport.tcp;

import org.jspecify.annotations.NullMarked;
