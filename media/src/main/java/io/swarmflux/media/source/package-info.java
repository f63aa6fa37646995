/** Where a seeder's segments come from: files, pipes and counters, and what cuts their bytes. */
@NullMarked
package io.swarmflux.media.source;

import org.jspecify.annotations.NullMarked;
