package io.swarmflux.directory.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.swarmflux.directory.DirectoryException;
import io.swarmflux.segment.StreamId;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.test.StepVerifier;

@Timeout(30)
class TlsTest {
    private static final StreamId NEWS = StreamId.of("news");

    private final X509Bundle authority = new CertificateBuilder()
            .subject("CN=authority")
            .setIsCertificateAuthority(true)
            .buildSelfSigned();

    @TempDir
    Path folder;

    TlsTest() throws Exception {}

    private Path file(String name, String text) throws Exception {
        return Files.writeString(folder.resolve(name), text);
    }

    private X509Bundle issued(String subject) throws Exception {
        return new CertificateBuilder()
                .subject("CN=" + subject)
                .addSanIpAddress("127.0.0.1")
                .buildIssuedBy(authority);
    }

    @Test
    void servesThoseWhoTrustItsAuthority() throws Exception {
        X509Bundle server = issued("directory");
        Path trusted = file("ca.pem", authority.getCertificatePEM());
        RunningDirectory running = Objects.requireNonNull(DirectoryServer.create()
                .tls(file("cert.pem", server.getCertificatePathPEM()), file("key.pem", server.getPrivateKeyPEM()), null)
                .bind("127.0.0.1", 0)
                .block());
        try {
            assertThat(running.url()).startsWith("https://127.0.0.1:");
            HttpDirectory client = HttpDirectory.of(running.url());
            assertThat(client.tls(trusted, null, null).find(NEWS, 1).block()).isEmpty();
            StepVerifier.create(client.find(NEWS, 1))
                    .expectError(DirectoryException.class)
                    .verify();
        } finally {
            running.dispose();
        }
    }

    @Test
    void wantsACertificateOfItsAuthorityWhereOneIsSet() throws Exception {
        X509Bundle server = issued("directory");
        X509Bundle peer = issued("p1");
        Path trusted = file("ca.pem", authority.getCertificatePEM());
        RunningDirectory running = Objects.requireNonNull(DirectoryServer.create()
                .tls(
                        file("cert.pem", server.getCertificatePathPEM()),
                        file("key.pem", server.getPrivateKeyPEM()),
                        trusted)
                .bind("127.0.0.1", 0)
                .block());
        try {
            HttpDirectory nobody = HttpDirectory.of(running.url()).tls(trusted, null, null);
            StepVerifier.create(nobody.find(NEWS, 1))
                    .expectError(DirectoryException.class)
                    .verify();
            HttpDirectory somebody = HttpDirectory.of(running.url())
                    .tls(
                            trusted,
                            file("p1.pem", peer.getCertificatePathPEM()),
                            file("p1-key.pem", peer.getPrivateKeyPEM()));
            assertThat(somebody.find(NEWS, 1).block()).isEmpty();
        } finally {
            running.dispose();
        }
    }

    @Test
    void namesFilesThatCannotServe() throws Exception {
        Path wrong = file("wrong.pem", "no PEM");
        File missing = folder.resolve("missing.pem").toFile();
        assertThatThrownBy(() -> DirectoryServer.create()
                        .tls(wrong, wrong, null)
                        .bind("127.0.0.1", 0)
                        .block())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("wrong.pem")
                .hasMessageContaining("PKCS #8");
        assertThatThrownBy(() -> HttpDirectory.of("https://127.0.0.1:1").tls(missing.toPath(), null, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("missing.pem");
    }
}
