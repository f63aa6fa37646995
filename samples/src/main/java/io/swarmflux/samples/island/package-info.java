/** {@code island probe}: whether multicast works on an interface, and what is wrong when it does not. */
@NullMarked
package io.swarmflux.samples.island;

import org.jspecify.annotations.NullMarked;
