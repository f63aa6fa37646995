/** A topology in virtual time: the product's own seeders and peers on one thread, and what is measured of them. */
@NullMarked
package io.swarmflux.samples.simulate;

import org.jspecify.annotations.NullMarked;
