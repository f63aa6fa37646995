/** Running seeders and peers to their end: players, log, tables and reports. */
@NullMarked
package io.swarmflux.samples.run;

import org.jspecify.annotations.NullMarked;
