/** Programs short enough to read in a minute: the library as an application uses it. */
@NullMarked
package io.swarmflux.samples.example;

import org.jspecify.annotations.NullMarked;
