/** Cuts what players know, a format each, into pieces where a player may start. */
@NullMarked
package io.swarmflux.media.segmenter;

import org.jspecify.annotations.NullMarked;
