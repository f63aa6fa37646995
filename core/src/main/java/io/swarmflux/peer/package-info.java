/** Seeders and peers: the wiring of everything else, and what applications use. */
@NullMarked
package io.swarmflux.peer;

import org.jspecify.annotations.NullMarked;
