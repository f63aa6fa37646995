/** A directory over HTTP: the server, for peers and for curl, and the client. */
@NullMarked
package io.swarmflux.directory.http;

import org.jspecify.annotations.NullMarked;
