package io.swarmflux.transport.tcp;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** What {@link TcpTls} means to Netty: read from the files once, off the event loop; again after a failure. */
final class TlsContexts {
    private final TcpTls tls;
    private final Mono<SslContext> client;
    private final Mono<SslContext> server;

    TlsContexts(TcpTls tls) {
        this.tls = tls;
        this.client = once(this::buildClient);
        this.server = once(this::buildServer);
    }

    /** For those who dial. */
    Mono<SslContext> client() {
        return client;
    }

    /** For those who listen. */
    Mono<SslContext> server() {
        return server;
    }

    private static Mono<SslContext> once(Callable<SslContext> build) {
        return Mono.fromCallable(build)
                .subscribeOn(Schedulers.boundedElastic())
                .cache(context -> Duration.ofMillis(Long.MAX_VALUE), error -> Duration.ZERO, () -> Duration.ZERO);
    }

    private SslContext buildClient() throws Exception {
        // Set whichever way: Netty 4.2 verifies the host by default.
        SslContextBuilder builder = SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .endpointIdentificationAlgorithm(tls.hostnameVerified() ? "HTTPS" : null);
        Identity identity = identity();
        if (identity != null) {
            builder.keyManager(identity.key(), identity.chain().toArray(X509Certificate[]::new));
        }
        if (tls.authority() != null) {
            builder.trustManager(PemFiles.certificates(tls.authority()));
        }
        return builder.build();
    }

    private SslContext buildServer() throws Exception {
        Identity identity = identity();
        if (identity == null) {
            throw new PemFiles.PemException("to listen, TLS needs a certificate and its key; set TcpTls.identity");
        }
        SslContextBuilder builder = SslContextBuilder.forServer(
                        identity.key(), identity.chain().toArray(X509Certificate[]::new))
                .sslProvider(SslProvider.JDK)
                .endpointIdentificationAlgorithm(null);
        if (tls.authority() != null) {
            builder.trustManager(PemFiles.certificates(tls.authority())).clientAuth(ClientAuth.REQUIRE);
        }
        return builder.build();
    }

    /** A certificate with those that issued it, and its key. */
    private record Identity(List<X509Certificate> chain, PrivateKey key) {}

    private @Nullable Identity identity() throws PemFiles.PemException {
        Path certificateFile = tls.certificate();
        Path keyFile = tls.key();
        if (certificateFile == null || keyFile == null) {
            return null;
        }
        X509Certificate[] chain = PemFiles.certificates(certificateFile);
        PrivateKey key = PemFiles.key(keyFile);
        PemFiles.checkMatch(certificateFile, chain[0].getPublicKey(), keyFile, key);
        return new Identity(List.of(chain), key);
    }
}
