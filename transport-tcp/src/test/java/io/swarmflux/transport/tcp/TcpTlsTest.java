package io.swarmflux.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.swarmflux.link.Link;
import io.swarmflux.link.LinkException;
import io.swarmflux.link.Listener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@Timeout(10)
// Every test starts with the certificates made.
@SuppressWarnings("NullAway.Init")
class TcpTlsTest {
    private static final Duration SOON = Duration.ofSeconds(5);

    /** Lock-free: links are added on event loops. */
    private final BlockingQueue<Link> accepted = new LinkedTransferQueue<>();

    private X509Bundle ours;

    @TempDir
    private Path folder = Path.of("");

    @BeforeEach
    void makeCertificates() throws Exception {
        ours = authority("ours");
        authority("theirs");
        for (String name : new String[] {"seed", "peer"}) {
            write(
                    name,
                    new CertificateBuilder()
                            .subject("CN=" + name + ",O=SwarmFlux")
                            .buildIssuedBy(ours));
        }
    }

    private X509Bundle authority(String name) throws Exception {
        X509Bundle bundle = new CertificateBuilder()
                .subject("CN=" + name)
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        write(name, bundle);
        return bundle;
    }

    private void write(String name, X509Bundle bundle) throws IOException {
        Files.writeString(folder.resolve(name + ".pem"), bundle.getCertificatePEM());
        Files.writeString(folder.resolve(name + ".key"), bundle.getPrivateKeyPEM());
    }

    private Path file(String name) {
        return folder.resolve(name);
    }

    private TcpTls identity(String name) {
        return TcpTls.create().identity(file(name + ".pem"), file(name + ".key"));
    }

    private static TcpTransport with(TcpTls tls) {
        return TcpTransport.create().tls(tls);
    }

    private Listener listen(TcpTls tls) {
        return now(with(tls).listen("127.0.0.1:0", accepted::add));
    }

    private void assertEcho(Link link) throws InterruptedException {
        Link other = accepted.poll(5, TimeUnit.SECONDS);
        assertThat(other).isNotNull();
        other.receive()
                .subscribe(frame -> other.send(
                        ByteBuffer.allocate(frame.remaining()).put(frame).flip()));
        link.send(ByteBuffer.allocate(link.maxFrameBytes()));
        StepVerifier.create(link.receive().map(ByteBuffer::remaining).take(1, false))
                .expectNext(link.maxFrameBytes())
                .expectComplete()
                .verify(SOON);
    }

    private static <T> T now(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(SOON));
    }

    @Test
    void encryptsWithTheGivenAuthorityWhateverTheHostIsCalled() throws InterruptedException {
        Listener listener = listen(identity("seed"));
        Link link = now(with(TcpTls.create().authority(file("ours.pem"))).dial(listener.address()));

        assertThat(link.provenName()).isNull();
        assertEcho(link);
        link.dispose();
        listener.dispose();
    }

    @Test
    void provesTheNamesOfBothSidesUnderMutualTls() throws InterruptedException {
        Listener listener = listen(identity("seed").authority(file("ours.pem")));
        Link link = now(with(identity("peer").authority(file("ours.pem"))).dial(listener.address()));

        assertThat(link.provenName()).isEqualTo("seed");
        Link other = accepted.poll(5, TimeUnit.SECONDS);
        assertThat(other.provenName()).isEqualTo("peer");
        link.send(ByteBuffer.allocate(5));
        link.close().block(SOON);
        StepVerifier.create(other.receive().map(ByteBuffer::remaining))
                .expectNext(5)
                .expectComplete()
                .verify(SOON);
        listener.dispose();
    }

    @Test
    void provesTheAlternativeNameOfACertificateWithoutACommonOne() throws Exception {
        write(
                "san",
                new CertificateBuilder()
                        .subject("O=SwarmFlux")
                        .addSanDnsName("edge.example")
                        .buildIssuedBy(ours));
        Listener listener = listen(identity("seed").authority(file("ours.pem")));
        Link link = now(with(identity("san").authority(file("ours.pem"))).dial(listener.address()));

        assertThat(accepted.poll(5, TimeUnit.SECONDS).provenName()).isEqualTo("edge.example");
        link.dispose();
        listener.dispose();
    }

    @Test
    void refusesACertificateOfAnotherAuthority() {
        Listener listener = listen(identity("seed"));

        StepVerifier.create(with(TcpTls.create().authority(file("theirs.pem"))).dial(listener.address()))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(LinkException.class)
                        .hasMessageContaining(listener.address())
                        .hasMessageContaining("TLS"))
                .verify(SOON);
        assertThat(accepted).isEmpty();
        listener.dispose();
    }

    @Test
    void refusesWhoShowsNoCertificateUnderMutualTls() {
        Listener listener = listen(identity("seed").authority(file("ours.pem")));

        // Under TLS 1.3 the dialler may see its link open before it is refused.
        StepVerifier.create(with(TcpTls.create().authority(file("ours.pem")))
                        .dial(listener.address())
                        .flatMapMany(Link::receive))
                .expectError(LinkException.class)
                .verify(SOON);
        assertThat(accepted).isEmpty();
        listener.dispose();
    }

    @Test
    void verifiesTheHostWhenAsked() {
        Listener listener = listen(identity("seed"));

        StepVerifier.create(with(TcpTls.create().authority(file("ours.pem")).verifyHostname())
                        .dial(listener.address()))
                .expectError(LinkException.class)
                .verify(SOON);
        listener.dispose();
    }

    @Test
    void namesTheFileThatIsWrongAndTheCure() throws IOException {
        assertRefused(identity("nobody"), "nobody.pem: there is no such file");
        assertRefused(
                TcpTls.create().identity(file("seed.pem"), file("peer.key")),
                "peer.key: is not the key of " + file("seed.pem"));
        assertRefused(
                TcpTls.create().identity(file("seed.pem"), file("seed.pem")),
                "openssl pkcs8 -topk8 -nocrypt -in seed.pem");
        Files.writeString(file("bad.pem"), "garbage");
        assertRefused(TcpTls.create().identity(file("bad.pem"), file("seed.key")), "bad.pem: ");
        assertRefused(TcpTls.create(), "set TcpTls.identity");
    }

    private static void assertRefused(TcpTls tls, String message) {
        assertThatThrownBy(() -> with(tls).listen("127.0.0.1:0", link -> {}).block(SOON))
                .isInstanceOf(LinkException.class)
                .hasMessageContaining(message);
    }

    @Test
    void doesNotMindAPlainDialler() throws InterruptedException {
        Listener listener = listen(identity("seed"));
        Link plain = now(TcpTransport.create().dial(listener.address()));
        plain.send(ByteBuffer.allocate(100));
        plain.onClose().block(SOON);

        Link link = now(with(TcpTls.create().authority(file("ours.pem"))).dial(listener.address()));
        assertEcho(link);
        listener.dispose();
    }
}
