/** Benchmarks beside their baselines: what they measure is in {@code docs/benchmarks.md}. */
@org.jspecify.annotations.NullMarked
package io.swarmflux.benchmarks;
