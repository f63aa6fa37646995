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
import org.junit.jupiter.api.Timeout;
import reactor.test.scheduler.VirtualTimeScheduler;

/** What conditions do, in virtual time. */
@Timeout(10)
// Every test opens the link first.
@SuppressWarnings("NullAway.Init")
class ImpairedLinkTest {
    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final List<String> received = new ArrayList<>();
    private final List<String> ends = new ArrayList<>();
    private ImpairedTransport transport = impaired(1);
    private Link link;
    private Link other;

    private ImpairedTransport impaired(long seed) {
        return ImpairedTransport.of(LoopbackTransport.create(time, 2_000), time, seed);
    }

    @AfterEach
    void stop() {
        time.dispose();
    }

    private void open(LinkConditions conditions) {
        transport.conditions("loop:b", conditions);
        transport
                .listen("loop:b", accepted -> {
                    other = accepted;
                    accepted.receive()
                            .subscribe(
                                    frame -> received.add(millis() + ":" + frame.getShort()),
                                    error -> ends.add("failed"),
                                    () -> ends.add(millis() + ":end"));
                })
                .subscribe();
        transport.dial("loop:b").subscribe(opened -> link = opened);
    }

    private long millis() {
        return time.now(TimeUnit.MILLISECONDS);
    }

    private void send(int from, int to) {
        for (int i = from; i < to; i++) {
            link.send(ByteBuffer.allocate(1_000).putShort(0, (short) i));
        }
    }

    private List<Integer> numbers() {
        return received.stream()
                .map(entry -> Integer.valueOf(entry.substring(entry.indexOf(':') + 1)))
                .toList();
    }

    private void advance(long millis) {
        time.advanceTimeBy(Duration.ofMillis(millis));
    }

    @Test
    void delaysEachFrame() {
        open(LinkConditions.perfect().delay(Duration.ofMillis(50), Duration.ZERO));
        send(0, 1);
        advance(20);
        send(1, 2);
        advance(100);

        assertThat(received).containsExactly("50:0", "70:1");
    }

    @Test
    void letsFramesLeaveAtTheRateOneAfterTheOther() {
        open(LinkConditions.perfect().rate(800_000));
        send(0, 5);
        assertThat(link.unsentBytes()).isEqualTo(5_000);
        advance(20);
        assertThat(link.unsentBytes()).isEqualTo(3_000);
        advance(100);

        assertThat(received).containsExactly("10:0", "20:1", "30:2", "40:3", "50:4");
        assertThat(link.unsentBytes()).isZero();
    }

    @Test
    void keepsTheOrderUnderJitter() {
        open(LinkConditions.perfect().delay(Duration.ofMillis(5), Duration.ofMillis(80)));
        send(0, 200);
        advance(200);

        assertThat(numbers()).hasSize(200).isSorted();
    }

    @Test
    void losesAboutAsManyAsToldAndTheSameForASeed() {
        open(LinkConditions.perfect().loss(0.1));
        send(0, 5_000);
        advance(1);
        // 500 expected, standard deviation 21.
        assertThat(received).hasSizeBetween(4_500 - 110, 4_500 + 110);
        List<String> first = List.copyOf(received);

        received.clear();
        transport = impaired(1);
        open(LinkConditions.perfect().loss(0.1));
        send(0, 5_000);
        advance(1);
        assertThat(numbers())
                .isEqualTo(first.stream()
                        .map(entry -> Integer.valueOf(entry.substring(entry.indexOf(':') + 1)))
                        .toList());

        received.clear();
        transport = impaired(2);
        open(LinkConditions.perfect().loss(0.1));
        send(0, 5_000);
        advance(1);
        assertThat(received).hasSizeBetween(4_500 - 110, 4_500 + 110);
        assertThat(numbers())
                .isNotEqualTo(first.stream()
                        .map(entry -> Integer.valueOf(entry.substring(entry.indexOf(':') + 1)))
                        .toList());
    }

    @Test
    void duplicatesAndReorders() {
        open(LinkConditions.perfect().duplication(0.1).reordering(0.1, Duration.ofMillis(5)));
        for (int i = 0; i < 1_000; i++) {
            send(i, i + 1);
            advance(1);
        }
        advance(10);

        assertThat(numbers()).hasSizeBetween(1_050, 1_150);
        assertThat(numbers().stream().distinct()).hasSize(1_000);
        assertThat(numbers()).isNotEqualTo(numbers().stream().sorted().toList());
    }

    @Test
    void dropsAndCountsWhatDoesNotFit() {
        open(LinkConditions.perfect().rate(8_000).queue(10_000));
        send(0, 25);
        assertThat(transport.droppedFrames()).isEqualTo(15);
        advance(60_000);

        assertThat(numbers()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    }

    @Test
    void closesBehindTheFramesUnderWay() {
        open(LinkConditions.perfect().delay(Duration.ofMillis(50), Duration.ofMillis(50)));
        send(0, 10);
        link.close().subscribe();
        assertThat(link.send(ByteBuffer.allocate(1))).isFalse();
        advance(200);

        assertThat(received).hasSize(10);
        assertThat(ends).hasSize(1).allMatch(end -> end.endsWith(":end"));
    }

    @Test
    void cutsWithoutTellingAndRestores() {
        open(LinkConditions.perfect().delay(Duration.ofMillis(10), Duration.ZERO));
        send(0, 1);
        transport.cut("loop:b");
        assertThat(link.send(ByteBuffer.allocate(100))).as("nobody is told").isTrue();
        advance(10_000);
        assertThat(received).isEmpty();
        assertThat(ends).isEmpty();

        transport.restore("loop:b");
        send(2, 3);
        advance(20);
        assertThat(numbers()).containsExactly(2);
        assertThat(ends).isEmpty();
    }

    @Test
    void hidesADeathInsideACutUntilItIsRestored() {
        open(LinkConditions.perfect());
        List<String> closed = new ArrayList<>();
        link.onClose().subscribe(nothing -> {}, error -> {}, () -> closed.add("link"));
        other.onClose().subscribe(nothing -> {}, error -> {}, () -> closed.add("other"));
        transport.cut("loop:b");
        link.dispose();
        advance(1_000);
        assertThat(closed).containsExactly("link");
        assertThat(ends).isEmpty();

        transport.restore();
        advance(1);
        assertThat(closed).containsExactly("link", "other");
        assertThat(ends).hasSize(1);
    }

    @Test
    void failsADialIntoACut() {
        open(LinkConditions.perfect());
        transport.cut("loop:b");
        List<Throwable> errors = new ArrayList<>();
        transport.dial("loop:b").subscribe(opened -> {}, errors::add);
        advance(4_999);
        assertThat(errors).isEmpty();
        advance(1);

        assertThat(errors).singleElement().isInstanceOf(LinkException.class);
    }

    @Test
    void changesConditionsOfAnOpenLink() {
        open(LinkConditions.perfect());
        send(0, 1);
        advance(1);
        transport.conditions("loop:b", LinkConditions.perfect().loss(1));
        send(1, 2);
        advance(1);
        transport.conditions("loop:b", LinkConditions.perfect());
        send(2, 3);
        advance(1);

        assertThat(numbers()).containsExactly(0, 2);
    }

    @Test
    void refusesConditionsThatCannotBe() {
        assertThatThrownBy(() -> LinkConditions.perfect().loss(1.5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("loss must be between 0 and 1, was 1.5");
        assertThatThrownBy(() -> LinkConditions.perfect().delay(Duration.ofMillis(-1), Duration.ZERO))
                .hasMessageContaining("delay must not be negative, was PT-0.001S");
    }
}
