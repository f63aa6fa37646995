package io.swarmflux.flux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

/** Where everything goes that nobody is given. */
class HubDropTest {
    private static final MergeSpec<Long> SPEC = MergeSpec.of(Numbering.of(Long::longValue))
            .startingAt(StartPolicy.at(0))
            .window(16);

    private final TestPublisher<Long> source = TestPublisher.createNoncompliant(
            TestPublisher.Violation.CLEANUP_ON_TERMINATE, TestPublisher.Violation.DEFER_CANCELLATION);

    @Test
    void discardsWhatCameTwiceOrLateAndWhatWasNotEmitted() {
        StepVerifier.create(SequencedFlux.merge(SPEC.startingAt(StartPolicy.at(2)), source.flux()), 2)
                .then(() -> source.next(2L, 2L, 1L, 3L))
                .expectNext(2L, 3L)
                .then(() -> source.next(4L, 5L))
                .thenCancel()
                .verifyThenAssertThat()
                .hasDiscardedExactly(2L, 1L, 4L, 5L)
                .hasNotDroppedElements()
                .hasNotDroppedErrors();
    }

    @Test
    void dropsAnElementThatComesAfterCancel() {
        StepVerifier.create(SequencedFlux.merge(SPEC, source.flux()))
                .then(() -> source.next(0L))
                .expectNext(0L)
                .thenCancel()
                .verifyThenAssertThat()
                .hasNotDroppedElements();
        StepVerifier.create(SequencedFlux.merge(SPEC, source.flux()).take(1))
                .then(() -> source.next(0L).next(1L))
                .expectNext(0L)
                .expectComplete()
                .verifyThenAssertThat()
                .hasDropped(1L);
    }

    @Test
    void dropsWhatComesAfterTheEnd() {
        StepVerifier.create(SequencedFlux.merge(SPEC, source.flux(), Mono.<Long>never()))
                .then(() -> source.next(0L).complete().next(1L).error(new IllegalStateException("twice")))
                .expectNext(0L)
                .thenCancel()
                .verifyThenAssertThat()
                .hasDropped(1L)
                .hasDroppedErrorWithMessage("twice");
    }

    @Test
    void dropsAnErrorThatComesAfterCancel() {
        StepVerifier.create(SequencedFlux.merge(SPEC, source.flux()).take(1))
                .then(() -> source.next(0L).error(new IllegalStateException("too late")))
                .expectNext(0L)
                .expectComplete()
                .verifyThenAssertThat()
                .hasDroppedErrorWithMessage("too late");
    }

    @Test
    void dropsTheErrorOfAnInnerSourceAfterCancel() {
        StepVerifier.create(SequencedFlux.merge(SPEC, Flux.just(source.flux(), Flux.just(0L)))
                        .take(1))
                .expectNext(0L)
                .expectComplete()
                .verifyThenAssertThat()
                .hasNotDroppedErrors();
        StepVerifier.create(Mono.fromRunnable(() -> source.error(new IllegalStateException("too late"))))
                .expectComplete()
                .verifyThenAssertThat()
                .hasDroppedErrorWithMessage("too late");
    }

    @Test
    void discardsWhatNobodyReadAndNotWhatOneDid() {
        List<Long> discarded = new java.util.ArrayList<>();
        StreamHub<Long> hub = StreamHub.create(
                SPEC,
                reactor.core.publisher.Operators.enableOnDiscard(
                        reactor.util.context.Context.empty(), lost -> discarded.add((Long) lost)));
        hub.begin(0, 0);
        Intake<Long> intake = hub.intake("a");
        StepVerifier.create(hub.flux(), 2)
                .then(() -> List.of(0L, 1L, 2L, 3L).forEach(intake::offer))
                .expectNext(0L, 1L)
                .thenCancel()
                .verify();
        intake.dispose();
        intake.offer(9L);
        hub.dispose();
        assertThat(discarded).containsExactly(9L, 2L, 3L);
    }
}
