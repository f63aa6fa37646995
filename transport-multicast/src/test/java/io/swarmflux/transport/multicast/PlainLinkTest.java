package io.swarmflux.transport.multicast;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmflux.link.Link;
import io.swarmflux.link.LinkException;
import io.swarmflux.link.Transport;
import io.swarmflux.transport.multicast.Group.Member;
import io.swarmflux.transport.multicast.MulticastCounts.Dropped;
import java.io.IOException;
import java.net.MulticastSocket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.test.StepVerifier;

/** Links without a secret, on the loopback interface. */
@Timeout(10)
// Every test starts with a group.
@SuppressWarnings("NullAway.Init")
class PlainLinkTest {
    private final MulticastTransport transport = MulticastTransport.create();
    private Group group;

    @BeforeEach
    void find() throws IOException {
        group = new Group();
    }

    @AfterEach
    void leave() {
        group.close();
    }

    @Test
    void allOthersHearAMember() throws Exception {
        Member a = group.join(transport);
        Member b = group.join(transport);
        Member c = group.join(transport);
        a.says("from a");
        assertThat(b.hears()).isEqualTo("from a");
        assertThat(c.hears()).isEqualTo("from a");
        b.says("from b");
        assertThat(a.hears()).isEqualTo("from b");
        assertThat(c.hears()).isEqualTo("from b");
    }

    @Test
    void aMemberDoesNotHearItself() throws Exception {
        Member a = group.join(transport);
        Member b = group.join(transport);
        a.says("from a");
        Group.until("the own datagram is back", () -> a.link.counts().own() == 1);
        b.says("from b");
        assertThat(a.hears()).isEqualTo("from b");
        assertThat(a.heard).isEmpty();
    }

    @Test
    void framesInPartsAreOneDatagram() throws Exception {
        Member a = group.join(transport);
        Member b = group.join(transport);
        ByteBuffer shared = ByteBuffer.wrap("body".getBytes(UTF_8));
        a.link.send(ByteBuffer.wrap("head ".getBytes(UTF_8)), shared);
        assertThat(shared.remaining()).isEqualTo(4);
        assertThat(b.hears()).isEqualTo("head body");
        Group.until(
                "both have counted it",
                () -> a.link.counts().sentBytes() == 9 && b.link.counts().receivedBytes() == 9);
        assertThat(a.link.counts().sent()).isEqualTo(1);
        assertThat(b.link.counts().received()).isEqualTo(1);
    }

    @Test
    void theLongestFrameFitsThePacketAndALongerOneIsRefused() throws Exception {
        Member a = group.join(transport);
        Member b = group.join(transport);
        assertThat(a.link.maxFrameBytes()).isEqualTo(1_500 - 28 - 22);
        a.says("x".repeat(a.link.maxFrameBytes()));
        assertThat(b.hears()).hasSize(a.link.maxFrameBytes());
        assertThatThrownBy(() -> a.link.send(ByteBuffer.allocate(a.link.maxFrameBytes() + 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a frame must be at most 1450 bytes, was 1451");
        assertThatThrownBy(() -> a.link.send()).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsPacedArrives() throws Exception {
        Member a = group.join(transport.rate(80_000_000).sendQueue(16 << 20));
        Member b = group.join(transport);
        int frames = 5_000;
        for (int i = 0; i < frames; i++) {
            a.says(i + " " + "x".repeat(1_200));
        }
        Group.until("all have come", () -> b.heard.size() == frames);
        Set<String> different = new HashSet<>(b.heard);
        assertThat(different).hasSize(frames);
        Group.until(
                "nothing waits",
                () -> a.link.unsentBytes() == 0 && a.link.counts().sent() == frames);
    }

    @Test
    void aFullQueueDropsAndCounts() throws Exception {
        Member a = group.join(transport.rate(8_000).sendQueue(64 << 10));
        Member b = group.join(transport);
        for (int i = 0; i < 200; i++) {
            assertThat(a.link.send(ByteBuffer.allocate(1_400))).isTrue();
        }
        assertThat(a.dropped(Dropped.QUEUE_FULL)).isGreaterThan(200 - (64 << 10) / 1_400 - 17 - 1);
        assertThat(a.link.unsentBytes()).isBetween(1L, 64L << 10);
        a.link.rate(1_000_000_000);
        assertThat(a.link.rate()).isEqualTo(1_000_000_000);
        Group.until(
                "the queue is empty",
                () -> a.link.unsentBytes() == 0 && a.link.counts().sent() + a.dropped(Dropped.QUEUE_FULL) == 200);
        Group.until(
                "the rest has come",
                () -> b.link.counts().received() == a.link.counts().sent());
    }

    @Test
    void garbageHarmsNothing() throws Exception {
        Member a = group.join(transport);
        Member b = group.join(transport);
        MulticastSocket stranger = group.stranger();
        Random random = new Random(42);
        for (int i = 0; i < 2_000; i++) {
            byte[] garbage = new byte[random.nextInt(1_472)];
            random.nextBytes(garbage);
            if (i % 2 == 0 && garbage.length > 0) {
                garbage[0] = 0; // surely no magic
            }
            group.send(stranger, garbage);
        }
        a.says("still here");
        assertThat(b.hears()).isEqualTo("still here");
        assertThat(b.heard).isEmpty();
        assertThat(b.dropped(Dropped.MAGIC)).isGreaterThanOrEqualTo(1_000);
    }

    @Test
    void whatIsCutOrTooLongIsDroppedByReason() throws Exception {
        Member a = group.join(transport);
        MulticastSocket stranger = group.stranger();
        Member b = group.join(transport);
        a.says("good");
        assertThat(b.hears()).isEqualTo("good");
        byte[] good = Group.next(stranger);
        for (int length = 2; length < good.length; length++) {
            group.send(stranger, Arrays.copyOf(good, length));
        }
        group.send(stranger, Arrays.copyOf(good, good.length + 1));
        group.send(stranger, Arrays.copyOf(good, 8_000));
        Group.until("all are counted", () -> b.dropped(Dropped.TRUNCATED) == good.length - 2 + 2);

        byte[] later = good.clone();
        later[2] = 2;
        group.send(stranger, later);
        byte[] unknown = good.clone();
        unknown[3] = 9;
        group.send(stranger, unknown);
        Group.until("both are counted", () -> b.dropped(Dropped.VERSION) == 2);
        assertThat(b.heard).isEmpty();
    }

    @Test
    void closingSendsWhatWaitsAndEndsTheFrames() throws Exception {
        Member b = group.join(transport);
        Member a = group.join(transport.rate(4_000_000));
        for (int i = 0; i < 100; i++) {
            a.says(i + "x".repeat(1_000));
        }
        StepVerifier.create(a.link.close()).expectComplete().verify(Group.SOON);
        Group.until("all have come", () -> b.heard.size() == 100);
        assertThat(a.link.send(ByteBuffer.allocate(1))).isFalse();
        assertThat(a.link.isDisposed()).isTrue();
        assertThat(b.link.isDisposed()).isFalse();
    }

    @Test
    void disposingEndsTheFramesAtOnce() {
        MulticastLink link = Group.now(transport.join(group.address()));
        StepVerifier.create(link.receive()).then(link::dispose).expectComplete().verify(Group.SOON);
        StepVerifier.create(link.onClose()).expectComplete().verify(Group.SOON);
        assertThat(link.unsentBytes()).isZero();
    }

    @Test
    void whatNobodyReceivesIsCountedWhenTooMuch() throws Exception {
        MulticastLink silent = Group.now(transport.join(group.address()));
        Member a = group.join(transport);
        for (int i = 0; i < 100; i++) {
            a.says("x".repeat(1_000));
        }
        Group.until(
                "some are counted",
                () -> silent.counts().dropped(Dropped.NOT_RECEIVED) > 0
                        && silent.counts().dropped(Dropped.NOT_RECEIVED)
                                        + silent.counts().received()
                                == 100);
        silent.dispose();
    }

    @Test
    void anInterfaceThatIsNotThereIsToldWithThoseThatAre() {
        StepVerifier.create(transport.dial("239.1.2.3:5000@nosuch0"))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(LinkException.class)
                        .hasMessageStartingWith("239.1.2.3:5000@nosuch0: cannot join: there is no interface 'nosuch0'; "
                                + "these can carry multicast: ")
                        .hasMessageContaining("lo (127.0.0.1)"))
                .verify(Group.SOON);
    }

    @Test
    void theInterfaceMayBeNamedByItsAddress() {
        MulticastLink link = Group.now(transport.join(group.address().replaceAll("@.*", "@127.0.0.1")));
        assertThat(link.remote()).isEqualTo(group.address());
        assertThat(link.networkInterface().loopback()).isTrue();
        assertThat(link.receiveBufferBytes()).isPositive();
        link.dispose();
    }

    @Test
    void nobodyListensInAGroup() {
        StepVerifier.create(transport.listen(group.address(), Link::dispose))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(LinkException.class)
                        .hasMessageContaining("nobody listens in a multicast group"))
                .verify(Group.SOON);
        assertThat(transport.kind(group.address())).isEqualTo(Transport.Kind.MULTICAST);
    }

    @Test
    void badOptionsAndAddressesAreNamed() {
        assertThatThrownBy(() -> transport.rate(7_999)).hasMessageContaining("7999");
        assertThatThrownBy(() -> transport.ttl(256)).hasMessage("ttl must be between 0 and 255, was 256");
        assertThatThrownBy(() -> transport.receiveBuffer(1)).hasMessageContaining("was 1");
        assertThatThrownBy(() -> transport.sendQueue(1)).hasMessageContaining("was 1");
        assertThatThrownBy(() -> transport.dial("10.1.2.3:5000"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("multicast address");
        assertThatThrownBy(() -> transport.dial("[ff05::1:3]:5000")).hasMessageContaining("IPv4 only");
    }
}
