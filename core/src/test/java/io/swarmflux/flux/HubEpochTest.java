package io.swarmflux.flux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.test.StepVerifier;
import reactor.util.context.Context;

/** A reader that is still in the window before, and a bound in bytes over both. */
class HubEpochTest {
    /** An element of ten bytes. */
    private record Item(long epoch, long sequence) {}

    private static final MergeSpec<Item> SPEC = MergeSpec.of(
                    Numbering.of(Item::sequence).inEpochs(Item::epoch).sized(item -> 10))
            .window(16)
            .windowBytes(60, 10)
            .startingAt(StartPolicy.at(0));

    private final List<Item> discarded = new ArrayList<>();
    private final StreamHub<Item> hub =
            StreamHub.create(SPEC, Operators.enableOnDiscard(Context.empty(), lost -> discarded.add((Item) lost)));

    private static Item item(long epoch, long sequence) {
        return new Item(epoch, sequence);
    }

    private static Flux<Item> items(long epoch, int count) {
        return Flux.range(0, count).map(n -> item(epoch, n));
    }

    private static Stream<String> told(List<StreamSignal<Item>> signals) {
        return signals.stream()
                .map(signal -> signal instanceof StreamSignal.Missing<Item> missing
                        ? missing.gap().reason() + " " + missing.gap().from() + "-"
                                + missing.gap().until()
                        : ((StreamSignal.Element<Item>) signal).value().epoch() + "/"
                                + ((StreamSignal.Element<Item>) signal).value().sequence());
    }

    @Test
    void aReaderThatSkipsLosesTheOldWindowWhenItsBytesAreNeeded() {
        hub.begin(1, 0);
        Intake<Item> intake = hub.intake("a");
        StepVerifier.create(hub.signals(ReaderSpec.defaults()).buffer(5), 0)
                .then(() -> {
                    for (int n = 0; n < 4; n++) {
                        intake.offer(item(1, n));
                    }
                    intake.offer(item(2, 0));
                    assertThat(discarded).isEmpty();
                    intake.offer(item(2, 1));
                    assertThat(discarded).containsExactly(item(1, 0), item(1, 1), item(1, 2), item(1, 3));
                    intake.offer(item(2, 2));
                    intake.offer(item(2, 3));
                })
                .thenRequest(1)
                .assertNext(
                        signals -> assertThat(told(signals)).containsExactly("EPOCH 0-4", "2/0", "2/1", "2/2", "2/3"))
                .thenCancel()
                .verify();
        assertThat(intake.stats().beyond()).isZero();
    }

    @Test
    void aReaderThatSkipsReadsTheOldWindowWhileThereIsRoom() {
        hub.begin(1, 0);
        Intake<Item> intake = hub.intake("a");
        StepVerifier.create(hub.flux(), 0)
                .then(() -> Stream.of(item(1, 0), item(1, 1), item(2, 0), item(2, 1))
                        .forEach(intake::offer))
                .thenRequest(4)
                .expectNext(item(1, 0), item(1, 1), item(2, 0), item(2, 1))
                .then(() -> assertThat(hub.loop().windows.hasPrevious()).isTrue())
                .then(() -> intake.offer(item(2, 2)))
                .then(() -> assertThat(hub.loop().windows.hasPrevious()).isFalse())
                .thenCancel()
                .verify();
    }

    @Test
    void aReaderThatWaitsKeepsTheOldWindowAndTheNewOneWaits() {
        hub.begin(1, 0);
        ReaderSpec waiting = ReaderSpec.defaults().joinAt(Join.oldest()).onLag(LagPolicy.waiting());
        StepVerifier.create(hub.flux(waiting), 0)
                .then(() -> {
                    Upstream only = hub.attach("a", Flux.concat(items(1, 4), items(2, 8)), true);
                    assertThat(only.stats().accepted()).isEqualTo(5); // the rest is for what would be the oldest
                    assertThat(hub.view()).satisfies(v -> assertThat(v.epoch()).isEqualTo(2));
                })
                .thenRequest(12)
                .expectNextSequence(
                        Stream.concat(items(1, 4).toStream(), items(2, 8).toStream())
                                .toList())
                .thenCancel()
                .verify();
        assertThat(discarded).isEmpty();
    }

    @Test
    void noElementBeginsAThirdEpochWhileAReaderWaitsInTheFirst() {
        Flux<Item> source = Flux.concat(items(1, 2), items(2, 1), items(3, 1), items(4, 2));
        StepVerifier.create(SequencedFlux.merge(SPEC, source), 0)
                .expectSubscription()
                .thenRequest(1)
                .expectNext(item(1, 0))
                .thenRequest(1)
                .expectNext(item(1, 1))
                .thenRequest(10)
                .expectNext(item(2, 0), item(3, 0), item(4, 0), item(4, 1))
                .verifyComplete();
    }

    @Test
    void aThirdEpochTakesTheFirstFromAReaderThatSkips() {
        hub.begin(1, 0);
        Intake<Item> intake = hub.intake("a");
        StepVerifier.create(hub.flux(), 0)
                .then(() -> Stream.of(item(1, 0), item(2, 0), item(3, 0)).forEach(intake::offer))
                .then(() -> assertThat(discarded).containsExactly(item(1, 0)))
                .thenRequest(2)
                .expectNext(item(2, 0), item(3, 0))
                .thenCancel()
                .verify();
    }
}
