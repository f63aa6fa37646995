package io.swarmflux.flux;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

/** A reader beyond its lag limit, in a window that still holds what it wants. */
class ReaderLagTest {
    private static final Duration GRACE = Duration.ofMillis(100);

    private final VirtualTimeScheduler clock = VirtualTimeScheduler.create();
    private final StreamHub<Long> hub = StreamHub.create(
            MergeSpec.of(Numbering.of(Long::longValue)).window(64).timedBy(clock));
    private final List<HubEvent> events = new ArrayList<>();
    private final Intake<Long> intake;

    ReaderLagTest() {
        hub.begin(0, 0);
        hub.events().subscribe(events::add);
        intake = hub.intake("a");
    }

    private static ReaderSpec with(LagPolicy policy) {
        return ReaderSpec.defaults().named("slow").onLag(policy.limit(4).grace(GRACE));
    }

    private void offer(long from, long until) {
        for (long n = from; n < until; n++) {
            intake.offer(n);
        }
    }

    private void pass(long ms) {
        clock.advanceTimeBy(Duration.ofMillis(ms));
    }

    @Test
    void skipsWhenItsGraceIsOver() {
        StepVerifier.create(hub.signals(with(LagPolicy.skip())), 0)
                .then(() -> offer(0, 10))
                .then(() -> pass(100))
                .thenRequest(3)
                .expectNext(new StreamSignal.Missing<>(new Gap(0, 0, 8, Gap.Reason.LAG)))
                .expectNext(new StreamSignal.Element<>(8L), new StreamSignal.Element<>(9L))
                .thenCancel()
                .verify();
        assertThat(events).contains(new HubEvent.Passed("slow", new Gap(0, 0, 8, Gap.Reason.LAG)));
    }

    @Test
    void skipsNothingWithinItsGraceOrItsLimit() {
        StepVerifier.create(hub.flux(with(LagPolicy.skip())), 0)
                .then(() -> offer(0, 10))
                .then(() -> pass(99))
                .thenRequest(10)
                .expectNextCount(10)
                .then(() -> offer(10, 14))
                .then(() -> pass(1_000))
                .thenRequest(4)
                .expectNext(10L, 11L, 12L, 13L)
                .thenCancel()
                .verify();
    }

    @Test
    void failsWhenItsGraceIsOverAndNobodyElseDoes() {
        List<Long> other = new ArrayList<>();
        hub.flux().subscribe(other::add);
        StepVerifier.create(hub.flux(with(LagPolicy.fail())), 1)
                .then(() -> offer(0, 10))
                .expectNext(0L)
                .then(() -> pass(99))
                .then(() -> assertThat(events).doesNotContain(new HubEvent.Evicted("slow", 1, LagPolicy.Action.FAIL)))
                .then(() -> pass(1))
                .verifyErrorSatisfies(
                        error -> assertThat(error).isInstanceOfSatisfying(LaggedException.class, lagged -> {
                            assertThat(lagged.at()).isEqualTo(1);
                            assertThat(lagged.edge()).isEqualTo(10);
                        }));
        assertThat(events).contains(new HubEvent.Evicted("slow", 1, LagPolicy.Action.FAIL));
        assertThat(other).hasSize(10);
    }

    @Test
    void failsNobodyWithinItsGraceOrItsLimit() {
        StepVerifier.create(hub.flux(with(LagPolicy.fail())), 0)
                .then(() -> offer(0, 10))
                .then(() -> pass(99))
                .thenRequest(10)
                .expectNextCount(10)
                .then(() -> offer(10, 14))
                .then(() -> pass(1_000))
                .thenRequest(4)
                .expectNextCount(4)
                .thenCancel()
                .verify();
    }

    @Test
    void hasItsWholeGraceAgainAfterItCaughtUp() {
        StreamHub<Long> bursty = StreamHub.create(MergeSpec.of(Numbering.of(Long::longValue))
                .window(64)
                .startingAt(StartPolicy.at(0))
                .timedBy(clock));
        bursty.begin(0, 0);
        Intake<Long> in = bursty.intake("a");
        StepVerifier.create(bursty.flux(with(LagPolicy.fail())), 0)
                .then(() -> List.of(0L, 1L, 2L, 3L, 4L, 5L).forEach(in::offer))
                .then(() -> pass(50))
                .thenRequest(6)
                .expectNextCount(6)
                // behind a hole, so that all of them are there at once
                .then(() -> List.of(7L, 8L, 9L, 10L, 11L, 6L).forEach(in::offer))
                .then(() -> pass(99))
                .thenRequest(6)
                .expectNextCount(6)
                .thenCancel()
                .verify();
    }

    @Test
    void whatAHoleHoldsUpIsNotItsFault() {
        StepVerifier.create(hub.flux(with(LagPolicy.fail())))
                .then(() -> offer(1, 20))
                .then(() -> pass(10_000))
                .then(() -> offer(0, 1))
                .expectNextCount(20)
                .thenCancel()
                .verify();
    }
}
