/** Segments over TCP connections on the loopback interface: contenders. Ours and blocking sockets are those of {@code swarmflux bench}. */
@org.jspecify.annotations.NullMarked
package io.swarmflux.benchmarks.tcp;
