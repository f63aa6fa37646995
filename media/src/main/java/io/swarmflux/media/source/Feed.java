package io.swarmflux.media.source;

import io.swarmflux.media.segmenter.MediaFormat;
import java.nio.ByteBuffer;
import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** One kind of input that comes from outside: how its bytes are had, once. Whoever reads it begins again when it breaks off. */
interface Feed {
    /** What it is called in what people read. */
    String name();

    /**
     * Whether it waits while nobody asks for more. What does not wait is lost then, so nothing may hold it up.
     *
     * @return false for datagrams
     */
    boolean waits();

    /**
     * The bytes, from wherever the input is now.
     *
     * @param outage is told of breaks after which the bytes go on as if nothing had been
     * @param patience how long nothing may come
     * @return ends when the input has ended for good; fails when it broke off, with a message that does not name it. A buffer is valid
     *     until the next is requested. One subscriber for each reading
     */
    Flux<ByteBuffer> bytes(Outage outage, Duration patience);

    /** Looks whether it is there, and what it is. Fails as {@link #bytes} does. */
    Mono<MediaFormat> look(Duration patience);
}
