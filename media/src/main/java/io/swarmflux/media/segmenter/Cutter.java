package io.swarmflux.media.segmenter;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Cuts one stream of bytes, in one format, as it comes in. Alike however the bytes are chopped. */
interface Cutter {
    /** Takes bytes, all of them, and gives the pieces that are whole now. */
    void take(ByteBuffer bytes, Consumer<Piece> whole);

    /** Nothing more comes: gives what is left. */
    void end(Consumer<Piece> whole);
}
