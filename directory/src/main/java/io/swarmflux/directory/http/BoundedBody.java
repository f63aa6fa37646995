package io.swarmflux.directory.http;

import java.io.ByteArrayOutputStream;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;

/** A body as bytes, of which no more than a bound is ever held. */
final class BoundedBody {
    private BoundedBody() {}

    static Mono<byte[]> of(ByteBufFlux body, int most, Supplier<? extends RuntimeException> tooLong) {
        return body.asByteArray()
                .collect(ByteArrayOutputStream::new, (bytes, part) -> {
                    if (bytes.size() + part.length > most) {
                        throw tooLong.get();
                    }
                    bytes.write(part, 0, part.length);
                })
                .map(ByteArrayOutputStream::toByteArray);
    }
}
