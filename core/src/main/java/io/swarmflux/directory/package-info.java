/** Where peers announce themselves and find others: the directory, one in memory, and several merged into one. */
@NullMarked
package io.swarmflux.directory;

import org.jspecify.annotations.NullMarked;
