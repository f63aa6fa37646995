/** Runs the benchmarks in rounds and writes what they measured. */
@org.jspecify.annotations.NullMarked
package io.swarmflux.benchmarks.run;
