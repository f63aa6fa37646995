package io.swarmflux.flux;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

class SequencedFluxTest {
    private static final MergeSpec<Long> SPEC = MergeSpec.of(Numbering.of(Long::longValue));

    private static Flux<Long> longs(long from, long to) {
        return Flux.fromStream(() -> LongStream.range(from, to).boxed());
    }

    @Test
    void ordersAndDeduplicatesSeveralSources() {
        StepVerifier.create(SequencedFlux.merge(SPEC, longs(0, 1000), longs(0, 1000), longs(500, 1500))
                        .collectList())
                .assertNext(all -> assertThat(all)
                        .isEqualTo(LongStream.range(0, 1500).boxed().toList()))
                .verifyComplete();
    }

    @Test
    void mergesStripedSourcesOnThreadsOfTheirOwn() {
        List<Flux<Long>> stripes = LongStream.range(0, 4)
                .mapToObj(i -> longs(0, 40_000).filter(n -> n % 4 == i).subscribeOn(Schedulers.parallel()))
                .toList();
        StepVerifier.create(SequencedFlux.merge(SPEC.startingAt(StartPolicy.at(0)), stripes)
                        .collectList())
                .assertNext(all -> assertThat(all)
                        .isEqualTo(LongStream.range(0, 40_000).boxed().toList()))
                .verifyComplete();
    }

    @Test
    void isolatesAFailedSource() {
        TestPublisher<Long> bad = TestPublisher.create();
        StepVerifier.create(SequencedFlux.merge(SPEC.startingAt(StartPolicy.at(0)), bad.flux(), longs(0, 10)))
                .then(() -> bad.next(0L).error(new IllegalStateException("boom")))
                .expectNextCount(10)
                .verifyComplete();
    }

    @Test
    void failsWhenEverySourceFailed() {
        StepVerifier.create(SequencedFlux.merge(
                        SPEC,
                        Flux.<Long>error(new IllegalStateException("a")),
                        Flux.<Long>error(new RuntimeException())))
                .verifyErrorMessage("a");
    }

    @Test
    void passesAHoleThatEverySourceHasPassed() {
        StepVerifier.create(SequencedFlux.mergeSignals(SPEC, List.of(Flux.just(0L, 1L, 4L), Flux.just(0L, 4L, 5L)))
                        .map(Object::toString))
                .expectNext("Element[value=0]", "Element[value=1]")
                .expectNext("Missing[gap=Gap[epoch=0, from=2, until=4, reason=UNFILLABLE]]")
                .expectNext("Element[value=4]", "Element[value=5]")
                .verifyComplete();
    }

    @Test
    void waitsForAHoleAsLongAsItsPatience() {
        StepVerifier.withVirtualTime(() -> SequencedFlux.mergeSignals(
                        SPEC.holePatience(Duration.ofMillis(400)).startingAt(StartPolicy.at(0)),
                        List.of(Flux.just(0L, 2L).concatWith(Mono.never()), Flux.<Long>never())))
                .expectNextCount(1)
                .expectNoEvent(Duration.ofMillis(399))
                .thenAwait(Duration.ofMillis(1))
                .expectNext(new StreamSignal.Missing<>(new Gap(0, 1, 2, Gap.Reason.TIMEOUT)))
                .expectNext(new StreamSignal.Element<>(2L))
                .thenCancel()
                .verify();
    }

    @Test
    void jumpsOverWhatNobodyHas() {
        StepVerifier.create(SequencedFlux.merge(SPEC, Flux.just(0L, 1_000_000_000_000L, 1_000_000_000_001L)))
                .expectNext(0L, 1_000_000_000_000L, 1_000_000_000_001L)
                .verifyComplete();
    }

    @Test
    void putsAShuffledSourceInOrder() {
        Flux<Long> shuffled = longs(0, 100).buffer(10).concatMapIterable(b -> {
            java.util.Collections.shuffle(b, new java.util.Random(7));
            return b;
        });
        StepVerifier.create(shuffled.transform(SequencedFlux.resequence(SPEC.startingAt(StartPolicy.at(0))))
                        .collectList())
                .assertNext(all -> assertThat(all)
                        .isEqualTo(LongStream.range(0, 100).boxed().toList()))
                .verifyComplete();
    }

    @Test
    void mergesSourcesThatComeLater() {
        TestPublisher<Flux<Long>> sources = TestPublisher.create();
        StepVerifier.create(SequencedFlux.merge(SPEC.startingAt(StartPolicy.at(0)), sources.flux()))
                .then(() -> sources.next(longs(0, 3)))
                .expectNext(0L, 1L, 2L)
                .then(() -> sources.next(longs(2, 5)).complete())
                .expectNext(3L, 4L)
                .verifyComplete();
    }

    @Test
    void requestsOnlyWhatFits() {
        StepVerifier.create(SequencedFlux.merge(SPEC.window(8).taking(4, 2), longs(0, 100), longs(0, 100)), 0)
                .expectSubscription()
                .thenRequest(5)
                .expectNextCount(5)
                .thenRequest(100)
                .expectNextCount(95)
                .verifyComplete();
    }
}
