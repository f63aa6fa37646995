/** The runnable jar's entrance. */
@NullMarked
package io.swarmflux.samples;

import org.jspecify.annotations.NullMarked;
