package io.swarmflux.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

/** What of the contract of transports makes sense for a group, and what only a group does. */
class LoopbackGroupTest {
    private static final String GROUP = "group:lan";

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final LoopbackTransport net = LoopbackTransport.create(time, LoopbackTransport.DEFAULT_MAX_FRAME_BYTES);
    private final LoopbackGroup group = net.group(GROUP);
    private final Member a = new Member("a");
    private final Member b = new Member("b");
    private final Member c = new Member("c");

    private final class Member {
        final Link link;
        final List<Byte> heard = new ArrayList<>();

        Member(String name) {
            AtomicReference<@Nullable Link> joined = new AtomicReference<>();
            net.named(name).dial(GROUP).subscribe(joined::set);
            link = Objects.requireNonNull(joined.get());
            link.receive().subscribe(frame -> heard.add(frame.get(0)));
        }
    }

    private static ByteBuffer frame(int first, int size) {
        return ByteBuffer.allocate(size).put(0, (byte) first);
    }

    private void run(long millis) {
        time.advanceTimeBy(Duration.ofMillis(millis));
    }

    @Test
    void everybodyElseHearsWhatOneSendsInOrder() {
        for (int i = 0; i < 5; i++) {
            assertThat(a.link.send(frame(i, 100))).isTrue();
        }
        run(0);
        assertThat(a.heard).isEmpty();
        assertThat(b.heard).containsExactly((byte) 0, (byte) 1, (byte) 2, (byte) 3, (byte) 4);
        assertThat(c.heard).isEqualTo(b.heard);
        assertThat(group.frames()).isEqualTo(5);
        assertThat(group.bytes()).isEqualTo(500);
        assertThat(a.link.unsentBytes()).isZero();
    }

    @Test
    void losesAtEachMemberByItsOwnChance() {
        group.loss(0.3);
        for (int i = 0; i < 1_000; i++) {
            a.link.send(frame(i, 10));
        }
        run(0);
        assertThat(b.heard.size()).isBetween(600, 800);
        assertThat(c.heard.size()).isBetween(600, 800);
        assertThat(b.heard).isNotEqualTo(c.heard);
    }

    @Test
    void delaysAndReordersWhatWasSentThoughTheSenderMovesItsBuffers() {
        group.delay(Duration.ofMillis(5), Duration.ofMillis(20));
        ByteBuffer sent = frame(7, 10);
        a.link.send(sent);
        sent.position(sent.limit());
        run(4);
        assertThat(b.heard).isEmpty();
        run(21);
        assertThat(b.heard).containsExactly((byte) 7);
        for (int i = 0; i < 50; i++) {
            a.link.send(frame(i, 10));
        }
        run(30);
        assertThat(b.heard).hasSize(51).isNotEqualTo(b.heard.stream().sorted().toList());
    }

    @Test
    void blocksOneWayOrAll() {
        group.block("a", "b");
        a.link.send(frame(1, 10));
        b.link.send(frame(2, 10));
        run(0);
        assertThat(a.heard).containsExactly((byte) 2);
        assertThat(b.heard).isEmpty();
        assertThat(c.heard).containsExactly((byte) 1, (byte) 2);
        group.block("*", "c");
        b.link.send(frame(3, 10));
        run(0);
        assertThat(c.heard).hasSize(2);
        group.unblock();
        a.link.send(frame(4, 10));
        run(0);
        assertThat(b.heard).containsExactly((byte) 4);
        assertThat(c.heard).hasSize(3);
    }

    @Test
    void losesLongFrames() {
        group.loseLongerThan(500);
        a.link.send(frame(1, 501));
        a.link.send(frame(2, 500));
        run(0);
        assertThat(b.heard).containsExactly((byte) 2);
    }

    @Test
    void whoLeavesHearsAndSaysNothingAnyMore() {
        StepVerifier.create(b.link.close()).verifyComplete();
        a.link.send(frame(1, 10));
        run(0);
        assertThat(b.heard).isEmpty();
        assertThat(b.link.isDisposed()).isTrue();
        assertThat(b.link.send(frame(2, 10))).isFalse();
        run(0);
        assertThat(a.heard).isEmpty();
        StepVerifier.create(b.link.onClose()).verifyComplete();
    }

    @Test
    void keepsWhatComesBeforeSomebodyReceivesWithinABound() {
        AtomicReference<@Nullable Link> joined = new AtomicReference<>();
        net.named("d").dial(GROUP).subscribe(joined::set);
        Link late = Objects.requireNonNull(joined.get());
        for (int i = 0; i < 2_000; i++) {
            a.link.send(frame(i, 1_000));
        }
        run(0);
        List<Byte> heard = new ArrayList<>();
        late.receive().subscribe(frame -> heard.add(frame.get(0)));
        run(0);
        assertThat(heard.size()).isBetween(900, LoopbackGroup.HELD_BYTES / 1_000);
        assertThat(heard.get(1)).isEqualTo((byte) 1);
    }

    @Test
    void refusesASecondReceiverAndTooLongFrames() {
        StepVerifier.create(a.link.receive())
                .expectError(IllegalStateException.class)
                .verify();
        assertThatThrownBy(() -> a.link.send(frame(1, a.link.maxFrameBytes() + 1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> a.link.send(ByteBuffer.allocate(0))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void namesWhatIsWrong() {
        assertThatThrownBy(() -> net.group("lan")).hasMessage("a group's address begins with group:, was 'lan'");
        assertThatThrownBy(() -> group.loss(1.5)).hasMessage("a loss is 0 to 1, was 1.5");
        StepVerifier.create(Flux.from(net.listen(GROUP, link -> {})))
                .expectErrorMatches(
                        failure -> String.valueOf(failure.getMessage()).contains("joined by dialling"))
                .verify();
    }
}
