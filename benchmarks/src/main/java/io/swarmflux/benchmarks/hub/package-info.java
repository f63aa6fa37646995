/** One stream to many readers: {@code StreamHub} beside Reactor's ways to share a flux. */
@org.jspecify.annotations.NullMarked
package io.swarmflux.benchmarks.hub;
