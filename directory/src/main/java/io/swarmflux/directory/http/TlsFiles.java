package io.swarmflux.directory.http;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** TLS from PEM files, read off the event loop; whatever is wrong with them names the files and the cure. */
record TlsFiles(
        @Nullable Path certificate,
        @Nullable Path key,
        @Nullable Path authority) {
    Mono<SslContext> server() {
        return Mono.fromCallable(this::buildServer).subscribeOn(Schedulers.boundedElastic());
    }

    /** For one who dials; built by whoever makes the client, which may block. */
    SslContext client() {
        SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(SslProvider.JDK);
        try {
            if (certificate != null && key != null) {
                builder.keyManager(readable(certificate), readable(key));
            }
            if (authority != null) {
                builder.trustManager(readable(authority));
            }
            return builder.build();
        } catch (Exception wrong) {
            throw unusable(wrong);
        }
    }

    private SslContext buildServer() {
        if (certificate == null || key == null) {
            throw new IllegalArgumentException("to listen, TLS needs a certificate and its key, as PEM files");
        }
        try {
            SslContextBuilder builder = SslContextBuilder.forServer(readable(certificate), readable(key))
                    .sslProvider(SslProvider.JDK);
            if (authority != null) {
                builder.trustManager(readable(authority)).clientAuth(ClientAuth.REQUIRE);
            }
            return builder.build();
        } catch (Exception wrong) {
            throw unusable(wrong);
        }
    }

    private static File readable(Path file) {
        if (!Files.isReadable(file)) {
            throw new IllegalArgumentException(file + ": cannot be read; name an existing PEM file");
        }
        return file.toFile();
    }

    private IllegalArgumentException unusable(Exception wrong) {
        Throwable deepest = wrong;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return new IllegalArgumentException(
                "cannot use certificate " + certificate + ", key " + key + ", authorities " + authority
                        + " for TLS; give PEM files, the key as unencrypted PKCS #8: " + deepest.getMessage(),
                wrong);
    }
}
