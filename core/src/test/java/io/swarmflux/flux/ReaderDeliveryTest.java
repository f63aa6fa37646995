package io.swarmflux.flux;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** Readers with a thread of their own. */
class ReaderDeliveryTest {
    private final StreamHub<Long> hub =
            StreamHub.create(MergeSpec.of(Numbering.of(Long::longValue)).window(64));
    private final Intake<Long> intake;
    private final List<Long> other = new ArrayList<>();

    ReaderDeliveryTest() {
        hub.begin(0, 0);
        intake = hub.intake("a");
        hub.flux().subscribe(other::add);
    }

    private List<Flux<?>> kinds(ReaderSpec spec) {
        return List.of(hub.flux(spec), hub.signals(spec), hub.arrivals(spec));
    }

    private void offer(long from, long until) {
        LongStream.range(from, until).forEach(intake::offer);
    }

    @Test
    void deliversOnItsScheduler() {
        Scheduler own = Schedulers.newSingle("viewer");
        ReaderSpec spec = ReaderSpec.defaults()
                .joinAt(Join.oldest())
                .onLag(LagPolicy.waiting())
                .deliveringOn(own);
        offer(0, 50);
        hub.end(0, 49);
        for (Flux<?> kind : kinds(spec)) {
            StepVerifier.create(kind.map(element -> Thread.currentThread().getName())
                            .doOnComplete(() ->
                                    assertThat(Thread.currentThread().getName()).startsWith("viewer"))
                            .collectList())
                    .assertNext(names -> assertThat(names).hasSize(50).allMatch(name -> name.startsWith("viewer")))
                    .expectComplete()
                    .verify(Duration.ofSeconds(5));
        }
        own.dispose();
    }

    @Test
    void aSchedulerThatIsDisposedBeforeEndsTheReaderAlone() {
        Scheduler own = Schedulers.newSingle("gone");
        own.dispose();
        for (Flux<?> kind : kinds(ReaderSpec.defaults().deliveringOn(own))) {
            StepVerifier.create(kind)
                    .expectError(RejectedExecutionException.class)
                    .verify(Duration.ofSeconds(5));
        }
        offer(0, 10);
        assertThat(other).hasSize(10);
        assertThat(hub.inners()).hasSize(1);
    }

    @Test
    void aSchedulerThatIsDisposedBetweenElementsEndsTheReaderAlone() {
        Scheduler own = Schedulers.newSingle("going");
        ReaderSpec holding = ReaderSpec.defaults().onLag(LagPolicy.waiting()).deliveringOn(own);
        StepVerifier.create(hub.flux(holding))
                .then(() -> offer(0, 1))
                .expectNext(0L)
                .then(() -> {
                    own.dispose();
                    offer(1, 200);
                })
                .expectError(RejectedExecutionException.class)
                .verify(Duration.ofSeconds(5));
        assertThat(hub.heldFrom()).isEqualTo(Long.MAX_VALUE);
        offer(200, 210);
        assertThat(other).endsWith(209L).isSorted();
    }

    @Test
    void aSchedulerThatForgetsATaskEndsTheReaderAlone() {
        Queue<Runnable> forgotten = new ArrayDeque<>();
        Scheduler own = Schedulers.fromExecutor(forgotten::add);
        ReaderSpec holding = ReaderSpec.defaults().onLag(LagPolicy.waiting()).deliveringOn(own);
        StepVerifier.create(hub.flux(holding))
                .then(() -> {
                    offer(0, 1); // its task is queued, and never run
                    own.dispose();
                    offer(1, 3);
                })
                .expectError(RejectedExecutionException.class)
                .verify(Duration.ofSeconds(5));
        forgotten.forEach(Runnable::run);
        assertThat(hub.heldFrom()).isEqualTo(Long.MAX_VALUE);
        assertThat(other).containsExactly(0L, 1L, 2L);
    }

    @Test
    void aReaderThatIsCancelledNeedsItsSchedulerNoMore() {
        Scheduler own = Schedulers.newSingle("cancelled");
        StepVerifier.create(hub.flux(ReaderSpec.defaults().deliveringOn(own)))
                .then(own::dispose)
                .thenCancel()
                .verifyThenAssertThat()
                .hasNotDroppedErrors();
        assertThat(hub.inners()).hasSize(1);
    }
}
