/** Three upstreams of one numbered stream become one in order: {@code SequencedFlux.merge} beside what a user would write instead. */
@org.jspecify.annotations.NullMarked
package io.swarmflux.benchmarks.merge;
