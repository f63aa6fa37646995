package io.swarmflux.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.test.scheduler.VirtualTimeScheduler;

/** What the links of one host share, in virtual time: "a" dials "b" and "c". */
class AccessLinkTest {
    private static final AccessLink KBYTE_IN_10_MS = AccessLink.unlimited().upload(800_000);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final LoopbackTransport network = LoopbackTransport.create(time, 2_000);
    private final List<String> received = new ArrayList<>();
    private final List<Link> links = new ArrayList<>();

    @AfterEach
    void stop() {
        time.dispose();
    }

    private ImpairedTransport host(String name) {
        return ImpairedTransport.of(network.named("loop:" + name), time, name.hashCode());
    }

    private void listen(ImpairedTransport host, String name) {
        host.listen("loop:" + name, accepted -> accepted.receive()
                        .subscribe(
                                frame -> received.add(time.now(TimeUnit.MILLISECONDS) + ":" + name + frame.getShort()),
                                error -> received.add("failed"),
                                () -> received.add(time.now(TimeUnit.MILLISECONDS) + ":" + name + " end")))
                .subscribe();
    }

    private Link dial(ImpairedTransport host, String name) {
        host.dial("loop:" + name).subscribe(links::add);
        advance(0);
        return links.get(links.size() - 1);
    }

    private static void send(Link link, int number) {
        link.send(ByteBuffer.allocate(1_000).putShort(0, (short) number));
    }

    private void advance(long millis) {
        time.advanceTimeBy(Duration.ofMillis(millis));
    }

    @Test
    void letsTheFramesOfAllLinksLeaveOneAfterTheOther() {
        ImpairedTransport a = host("a");
        listen(host("b"), "b");
        listen(host("c"), "c");
        a.access(KBYTE_IN_10_MS);
        Link toB = dial(a, "b");
        Link toC = dial(a, "c");
        send(toB, 1);
        send(toC, 2);
        send(toB, 3);
        assertThat(toB.unsentBytes()).isEqualTo(2_000);
        assertThat(toC.unsentBytes()).isEqualTo(1_000);
        advance(10);
        assertThat(toB.unsentBytes()).isEqualTo(1_000);
        advance(100);

        assertThat(received).containsExactly("10:b1", "20:c2", "30:b3");
        assertThat(toB.unsentBytes()).isZero();
    }

    @Test
    void goesOverTheLinksOwnRateAfterwards() {
        ImpairedTransport a = host("a");
        listen(host("b"), "b");
        a.access(KBYTE_IN_10_MS);
        a.conditions(LinkConditions.perfect().rate(400_000).delay(Duration.ofMillis(5), Duration.ZERO));
        Link toB = dial(a, "b");
        advance(100);
        send(toB, 1);
        send(toB, 2);
        advance(200);

        assertThat(received).containsExactly("135:b1", "155:b2");
    }

    @Test
    void letsTheFramesFromAllLinksInOneAfterTheOther() {
        ImpairedTransport b = host("b");
        b.access(AccessLink.unlimited().download(800_000));
        listen(b, "b");
        Link one = dial(host("a"), "b");
        Link other = dial(host("c"), "b");
        send(one, 1);
        send(other, 2);
        send(one, 3);
        advance(25);
        b.access(AccessLink.unlimited().download(8_000_000));
        send(other, 4);
        advance(100);

        assertThat(received).containsExactly("10:b1", "20:b2", "30:b3", "31:b4");
    }

    @Test
    void endsBehindWhatWaitsToComeIn() {
        ImpairedTransport b = host("b");
        b.access(AccessLink.unlimited().download(800_000));
        listen(b, "b");
        Link link = dial(host("a"), "b");
        send(link, 1);
        link.close().subscribe();
        advance(100);

        assertThat(received).containsExactly("10:b1", "10:b end");
    }

    @Test
    void dropsAndCountsWhatDoesNotFitEitherWay() {
        ImpairedTransport a = host("a");
        ImpairedTransport b = host("b");
        a.access(KBYTE_IN_10_MS.queue(3_000));
        b.access(AccessLink.unlimited().download(400_000).queue(1_000));
        listen(b, "b");
        Link link = dial(a, "b");
        for (int i = 1; i <= 5; i++) {
            send(link, i);
        }
        assertThat(a.droppedFrames()).isEqualTo(2);
        advance(1_000);

        assertThat(b.droppedFrames()).isEqualTo(1);
        assertThat(received).containsExactly("30:b1", "50:b3");
    }

    @Test
    void refusesRatesThatCannotBe() {
        assertThatThrownBy(() -> AccessLink.unlimited().upload(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("were -1 up and 0 down");
        assertThatThrownBy(() -> AccessLink.unlimited().queue(0)).hasMessageContaining("was 0");
    }
}
