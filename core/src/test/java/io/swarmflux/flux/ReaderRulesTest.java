package io.swarmflux.flux;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.util.context.Context;

/** Contexts, patience of one's own, and requests that are none. */
class ReaderRulesTest {
    private final VirtualTimeScheduler clock = VirtualTimeScheduler.create();
    private final MergeSpec<Long> spec = MergeSpec.of(Numbering.of(Long::longValue))
            .window(64)
            .startingAt(StartPolicy.at(0))
            .timedBy(clock);

    // ------------------------------------------------------------------ contexts

    @Test
    void upstreamsOfAHubSeeItsContextAndNotThatOfItsReaders() {
        StreamHub<Long> hub = StreamHub.create(spec, Context.of("who", "hub"));
        List<String> seen = new ArrayList<>();
        Upstream upstream = hub.attach("a", sees(seen), true);
        assertThat(upstream.name()).isEqualTo("a");
        StepVerifier.create(
                        hub.flux(ReaderSpec.defaults().joinAt(Join.oldest())).contextWrite(Context.of("who", "reader")))
                .expectNext(0L)
                .thenCancel()
                .verify();
        assertThat(seen).containsExactly("hub");
    }

    @Test
    void sourcesOfAMergeSeeTheContextOfItsSubscriber() {
        List<String> seen = new ArrayList<>();
        Flux<Flux<Long>> sources = Flux.deferContextual(view -> {
            seen.add("sources of " + view.get("who"));
            return Flux.just(sees(seen));
        });
        for (Flux<Long> merge : List.of(
                SequencedFlux.merge(spec, sees(seen), sees(seen)),
                SequencedFlux.merge(spec, sources),
                sees(seen).transform(SequencedFlux.resequence(spec)))) {
            StepVerifier.create(merge.contextWrite(Context.of("who", "me")))
                    .expectNext(0L)
                    .verifyComplete();
        }
        assertThat(seen).containsExactly("me", "me", "sources of me", "me", "me");
    }

    private static Flux<Long> sees(List<String> seen) {
        return Flux.deferContextual(view -> {
            seen.add(view.get("who"));
            return Flux.just(0L);
        });
    }

    // ------------------------------------------------------------------ patience

    @Test
    void eachReaderWaitsForOneHoleAsLongAsItSays() {
        StreamHub<Long> hub = StreamHub.create(spec.holePatience(Duration.ofSeconds(1)));
        hub.begin(0, 0);
        List<StreamSignal<Long>> hasty = new ArrayList<>();
        List<StreamSignal<Long>> patient = new ArrayList<>();
        ReaderSpec reader = ReaderSpec.defaults().joinAt(Join.oldest());
        hub.signals(reader.holePatience(Duration.ofMillis(50))).subscribe(hasty::add);
        hub.signals(reader.holePatience(Duration.ofMillis(200))).subscribe(patient::add);
        Intake<Long> intake = hub.intake("a");
        intake.offer(0L);
        intake.offer(3L);
        clock.advanceTimeBy(Duration.ofMillis(49));
        assertThat(hasty).hasSize(1);
        clock.advanceTimeBy(Duration.ofMillis(1));
        assertThat(hasty)
                .containsExactly(
                        new StreamSignal.Element<>(0L),
                        new StreamSignal.Missing<>(new Gap(0, 1, 3, Gap.Reason.TIMEOUT)),
                        new StreamSignal.Element<>(3L));
        intake.offer(2L); // the one that waits still gets it
        assertThat(patient).containsExactly(new StreamSignal.Element<>(0L));
        clock.advanceTimeBy(Duration.ofMillis(149));
        assertThat(patient).hasSize(1);
        clock.advanceTimeBy(Duration.ofMillis(1));
        assertThat(patient)
                .containsExactly(
                        new StreamSignal.Element<>(0L),
                        new StreamSignal.Missing<>(new Gap(0, 1, 2, Gap.Reason.TIMEOUT)),
                        new StreamSignal.Element<>(2L),
                        new StreamSignal.Element<>(3L));
        assertThat(hasty).hasSize(3);
    }

    @Test
    void theMostPatientHoldsTheWindowUntilItLeaves() {
        StreamHub<Long> hub = StreamHub.create(spec.window(8).holePatience(Duration.ofMillis(20)));
        hub.begin(0, 0);
        List<Long> hasty = new ArrayList<>();
        hub.flux().subscribe(hasty::add);
        reactor.core.Disposable patient = hub.flux(ReaderSpec.defaults().holePatience(Duration.ofSeconds(5)))
                .subscribe();
        Intake<Long> intake = hub.intake("a");
        LongStream.range(1, 8).forEach(intake::offer);
        clock.advanceTimeBy(Duration.ofMillis(20));
        assertThat(hasty).hasSize(7);
        intake.offer(8L);
        assertThat(intake.stats().beyond()).isEqualTo(1);
        patient.dispose();
        intake.offer(8L);
        assertThat(hasty).endsWith(7L, 8L);
    }

    // ------------------------------------------------------------------ requests

    /** A subscriber that Reactor knows nothing about. */
    private static final class Plain implements Subscriber<Object> {
        private final long first;
        final List<Object> seen = new ArrayList<>();

        @Nullable
        Throwable error;

        Plain(long first) {
            this.first = first;
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(first);
        }

        @Override
        public void onNext(Object element) {
            seen.add(element);
        }

        @Override
        public void onError(Throwable failure) {
            error = failure;
        }

        @Override
        public void onComplete() {
            seen.add("complete");
        }
    }

    @Test
    void aRequestForNothingFailsAsRule39Says() {
        StreamHub<Long> hub = StreamHub.create(spec);
        hub.begin(0, 0);
        List<Flux<?>> all = List.of(
                hub.flux(),
                hub.signals(ReaderSpec.defaults()),
                hub.arrivals(ReaderSpec.defaults()),
                SequencedFlux.merge(spec, Flux.just(0L)),
                Flux.just(0L).transform(SequencedFlux.resequence(spec)));
        for (Flux<?> flux : all) {
            for (long n : new long[] {0, -1, Long.MIN_VALUE}) {
                Plain plain = new Plain(n);
                flux.subscribe(plain);
                assertThat(plain.error)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("3.9");
                assertThat(plain.seen).isEmpty();
            }
        }
        assertThat(hub.inners()).isEmpty();
        Plain good = new Plain(1);
        hub.flux().subscribe(good);
        hub.intake("a").offer(0L);
        assertThat(good.seen).containsExactly(0L);
    }
}
