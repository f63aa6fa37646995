/** A running peer seen from outside: whether it is well, and its figures as Micrometer meters. */
@NullMarked
package io.swarmflux.observe;

import org.jspecify.annotations.NullMarked;
