/** The deciding parts: pure, without I/O, clock or chance. Time and randomness are arguments. */
@NullMarked
package io.swarmflux.swarm;

import org.jspecify.annotations.NullMarked;
