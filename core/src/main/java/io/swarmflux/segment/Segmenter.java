package io.swarmflux.segment;

import java.nio.ByteBuffer;
import reactor.core.publisher.Flux;

/**
 * Cuts bytes into pieces where a player may start. The same bytes are always cut alike, however they were chopped on
 * the way in, so that two seeders with one input are interchangeable.
 */
@FunctionalInterface
public interface Segmenter {
    /**
     * Cuts a byte stream.
     *
     * @param bytes the bytes in order; each buffer is read before the next is requested and is not kept
     * @return the pieces in order; ends after the last bytes were cut, fails as {@code bytes} does or with what is wrong
     *     in them; one subscriber for each subscription to {@code bytes}
     */
    Flux<Cut> cut(Flux<ByteBuffer> bytes);
}
