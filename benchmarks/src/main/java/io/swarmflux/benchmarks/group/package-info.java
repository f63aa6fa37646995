/** One sender and several receivers in a multicast group on the loopback interface: contenders. */
@org.jspecify.annotations.NullMarked
package io.swarmflux.benchmarks.group;
