/** What carries a stream from one end of this machine to another, and how fast: contenders, and the trial that all of them go through. */
@org.jspecify.annotations.NullMarked
package io.swarmflux.samples.bench;
