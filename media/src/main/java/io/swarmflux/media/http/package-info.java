/** Streams to watch over HTTP: progressive, HLS, and a page with a player. */
@NullMarked
package io.swarmflux.media.http;

import org.jspecify.annotations.NullMarked;
