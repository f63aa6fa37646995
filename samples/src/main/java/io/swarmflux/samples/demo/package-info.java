/** The demo: a real clip through a small mesh, on one machine, in one command. */
@NullMarked
package io.swarmflux.samples.demo;

import org.jspecify.annotations.NullMarked;
