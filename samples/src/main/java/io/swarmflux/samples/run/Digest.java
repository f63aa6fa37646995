package io.swarmflux.samples.run;

import io.swarmflux.segment.SegmentSource;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import reactor.core.publisher.Mono;

/** What a source holds, read apart from any swarm. */
public final class Digest {
    private Digest() {}

    /**
     * Reads a source through.
     *
     * @param source one that can be read again and ends
     * @return emits the SHA-256 over its payload bytes, in hexadecimal; fails as the source does
     */
    public static Mono<String> of(SegmentSource source) {
        return Mono.defer(() -> {
            MessageDigest digest = sha256();
            return source.cuts(0)
                    .doOnNext(cut -> digest.update(cut.payload()))
                    .then(Mono.fromSupplier(() -> HexFormat.of().formatHex(digest.digest())));
        });
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
