/** Who is upstream of whom, over which links, on which islands: the model, its file and its drawing. */
@NullMarked
package io.swarmflux.topology;

import org.jspecify.annotations.NullMarked;
