/** The operators: merge, resequence and hub, generic in the element. */
@NullMarked
package io.swarmflux.flux;

import org.jspecify.annotations.NullMarked;
