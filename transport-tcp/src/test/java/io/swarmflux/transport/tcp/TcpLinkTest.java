package io.swarmflux.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.util.NetUtil;
import io.swarmflux.link.Link;
import io.swarmflux.link.LinkException;
import io.swarmflux.link.Listener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** What strangers and bad networks do to a listening port. */
@Timeout(10)
// Every test starts with the listener open.
@SuppressWarnings("NullAway.Init")
class TcpLinkTest {
    private static final Duration SOON = Duration.ofSeconds(5);

    private final TcpTransport transport = TcpTransport.create();
    /** Lock-free: links are added on event loops. */
    private final BlockingQueue<Link> accepted = new LinkedTransferQueue<>();

    private Listener listener;

    @BeforeEach
    void listen() {
        listener = now(transport.listen("127.0.0.1:0", accepted::add));
    }

    @AfterEach
    void stop() {
        accepted.forEach(Link::dispose);
        listener.dispose();
    }

    private static <T> T now(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(SOON));
    }

    private Socket stranger() throws IOException {
        return new Socket(
                InetAddress.getLoopbackAddress(),
                HostPort.parse(listener.address()).port());
    }

    private Link accepted() throws InterruptedException {
        Link link = accepted.poll(5, TimeUnit.SECONDS);
        assertThat(link).isNotNull();
        return link;
    }

    private void assertOthersWork() throws InterruptedException {
        Link link = now(transport.dial(listener.address()));
        link.send(ByteBuffer.allocate(10));
        StepVerifier.create(accepted().receive().map(ByteBuffer::remaining).take(1, false))
                .expectNext(10)
                .expectComplete()
                .verify(SOON);
        link.dispose();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, TcpTransport.DEFAULT_MAX_FRAME_BYTES + 1, FrameReader.MAX_LENGTH})
    void closesALinkWhoseFrameLengthCannotBe(int length) throws Exception {
        try (Socket socket = stranger()) {
            socket.getOutputStream().write(new byte[] {(byte) (length >> 16), (byte) (length >> 8), (byte) length, 1});

            StepVerifier.create(accepted().receive())
                    .expectErrorSatisfies(error -> assertThat(error)
                            .isInstanceOf(LinkException.class)
                            .hasMessageContaining("a frame of length " + length))
                    .verify(SOON);
            assertGone(socket);
        }
        assertOthersWork();
    }

    private static void assertGone(Socket socket) throws IOException {
        try {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        } catch (SocketException reset) {
            assertThat(reset).hasMessageContaining("reset");
        }
    }

    @Test
    void survivesRandomBytes() throws Exception {
        Random random = new Random(42);
        for (int i = 0; i < 50; i++) {
            byte[] garbage = new byte[random.nextInt(2_000)];
            random.nextBytes(garbage);
            try (Socket socket = stranger()) {
                socket.getOutputStream().write(garbage);
            }
            Link link = accepted();
            link.receive().subscribe(frame -> {}, error -> {});
            link.onClose().block(SOON);
        }
        assertOthersWork();
    }

    @Test
    void doesNotMindWhoNeverSpeaks() throws Exception {
        try (Socket silent = stranger()) {
            Link link = accepted();
            assertOthersWork();
            link.dispose();
            assertGone(silent);
        }
    }

    @Test
    void saysThatTheLinkEndedInsideAFrame() throws Exception {
        try (Socket socket = stranger()) {
            socket.getOutputStream().write(new byte[] {0, 0, 9, 1, 2});
        }

        StepVerifier.create(accepted().receive())
                .expectErrorSatisfies(error -> assertThat(error).hasMessageContaining("in the middle of a frame"))
                .verify(SOON);
    }

    @Test
    void takesAHalfCloseForTheEnd() throws Exception {
        try (Socket socket = stranger()) {
            socket.getOutputStream().write(new byte[] {0, 0, 1, 7});
            socket.shutdownOutput();

            StepVerifier.create(accepted().receive().map(ByteBuffer::get))
                    .expectNext((byte) 7)
                    .expectComplete()
                    .verify(SOON);
            assertGone(socket);
        }
    }

    @Test
    void failsWhenTheOtherEndIsKilled() throws Exception {
        Socket socket = stranger();
        Link link = accepted();
        socket.setSoLinger(true, 0);
        socket.close();

        StepVerifier.create(link.receive()).expectError(LinkException.class).verify(SOON);
        StepVerifier.create(link.onClose()).expectComplete().verify(SOON);
    }

    @Test
    void showsWhatAPeerThatNeverReadsLeavesUnsentAndStillLetsGo() throws Exception {
        try (Socket deaf = stranger()) {
            Link link = accepted();
            ByteBuffer frame = ByteBuffer.allocate(16_000);
            for (int i = 0; i < 2_000; i++) {
                assertThat(link.send(frame)).isTrue();
            }
            assertThat(link.unsentBytes()).isPositive();
            assertOthersWork();
            // More than the kernel's buffers take, and none of it lost count of.
            assertThat(link.unsentBytes()).isGreaterThan(10_000_000);

            link.dispose();
            link.onClose().block(SOON);
            assertThat(link.unsentBytes()).isZero();
            assertThat(deaf.isClosed()).isFalse();
        }
    }

    @Test
    void refusesMoreLinksFromOneAddressThanAllowed() throws Exception {
        assertAdmitsTwoAtATime(TcpTransport.create().maxLinksPerAddress(2));
    }

    @Test
    void refusesMoreLinksThanAllowed() throws Exception {
        assertAdmitsTwoAtATime(TcpTransport.create().maxInboundLinks(2));
    }

    private void assertAdmitsTwoAtATime(TcpTransport limited) throws InterruptedException {
        Listener small = now(limited.listen("127.0.0.1:0", accepted::add));
        List<Link> dialled = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            dialled.add(now(transport.dial(small.address())));
        }
        // Each is admitted on an event loop of its own, so the one too many need not be the last.
        List<Link> admitted = List.of(accepted(), accepted());
        Mono.firstWithSignal(dialled.stream().map(Link::onClose).toList()).block(SOON);
        assertThat(small.refusedLinks()).isEqualTo(1);
        assertThat(accepted).isEmpty();
        assertThat(admitted).noneMatch(Link::isDisposed);
        assertThat(dialled.stream().filter(link -> !link.isDisposed())).hasSize(2);

        dialled.forEach(Link::dispose);
        admitted.forEach(link -> link.onClose().block(SOON));
        Link next = now(transport.dial(small.address()));
        assertThat(accepted().isDisposed()).isFalse();
        assertThat(small.refusedLinks()).isEqualTo(1);
        next.dispose();
        small.dispose();
    }

    @Test
    void runsOnEventLoopsOfItsOwnAndEndsThem() {
        TcpTransport own = TcpTransport.create().eventLoops(1);
        Link link = now(own.dial(listener.address()));
        own.disposeLater().block(SOON);

        link.onClose().block(SOON);
        assertThat(link.send(ByteBuffer.allocate(1))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"foo", ":9000", "host:", "host:x", "host:123456", "host:70000", "::1:9000", "a b:1", "[]:1"})
    void namesAnAddressThatIsNone(String address) {
        assertThatThrownBy(() -> transport.dial(address).block(SOON))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + address + "' is no HOST:PORT");
        assertThatThrownBy(() -> transport.listen(address, link -> {}).block(SOON))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void readsIpv6InBrackets() {
        assertThat(HostPort.parse("[::1]:9000"))
                .isEqualTo(new HostPort("::1", 9000))
                .hasToString("[::1]:9000");
    }

    @Test
    void linksOverIpv6() throws Exception {
        assumeTrue(hasIpv6(), "this machine has ::1");
        Listener six = now(transport.listen("[::1]:0", accepted::add));
        assertThat(six.address()).startsWith("[::1]:").doesNotEndWith(":0");

        Link link = now(transport.dial(six.address()));
        Link other = accepted();
        assertThat(link.remote()).isEqualTo(six.address());
        assertThat(other.remote()).startsWith("[::1]:");
        link.send(ByteBuffer.allocate(10));
        StepVerifier.create(other.receive().map(ByteBuffer::remaining).take(1, false))
                .expectNext(10)
                .expectComplete()
                .verify(SOON);
        link.dispose();
        six.dispose();
    }

    private static boolean hasIpv6() {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(NetUtil.LOCALHOST6, 0));
            return true;
        } catch (IOException none) {
            return false;
        }
    }

    @Test
    void listensOnAName() {
        Listener named = now(transport.listen("localhost:0", accepted::add).subscribeOn(Schedulers.parallel()));
        assertThat(named.address()).startsWith("localhost:").doesNotEndWith(":0");
        now(transport.dial(named.address())).dispose();
        named.dispose();
    }

    @Test
    void looksUpANameWhereThreadsMayBlock() {
        assertThat(now(whereResolved("localhost:0"))).startsWith("boundedElastic");
        assertThat(now(whereResolved("127.0.0.1:0"))).startsWith("parallel");
        assertThat(now(whereResolved("[::1]:0"))).startsWith("parallel");
    }

    private static Mono<String> whereResolved(String address) {
        return HostPort.parse(address)
                .resolve()
                .map(resolved -> Thread.currentThread().getName())
                .subscribeOn(Schedulers.parallel());
    }
}
