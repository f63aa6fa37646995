package io.swarmflux.flux;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Operators;
import reactor.core.publisher.SignalType;
import reactor.test.publisher.TestPublisher;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.test.util.RaceTestUtils;
import reactor.util.context.Context;

/** Each pair of events that may race, thousands of times. The stress tests in {@code src/jcstress} look at the same pairs closer. */
class HubRaceTest {
    private static final int ROUNDS = 2_000;

    private final Queue<Long> discarded = new ConcurrentLinkedQueue<>();
    private final VirtualTimeScheduler clock = VirtualTimeScheduler.create();
    private StreamHub<Long> hub = hub();
    private Recorder reader = new Recorder();

    /** Sees whether signals are serial, and notes them. */
    private static final class Recorder extends BaseSubscriber<Object> {
        private final AtomicInteger inside = new AtomicInteger();
        final Queue<Object> seen = new ConcurrentLinkedQueue<>();
        final AtomicInteger terminals = new AtomicInteger();
        volatile boolean overlapped;

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            // asks when the test says so
        }

        @Override
        protected void hookOnNext(Object signal) {
            overlapped |= inside.getAndIncrement() != 0;
            seen.add(signal);
            inside.decrementAndGet();
        }

        @Override
        protected void hookOnError(Throwable failure) {
            // counted in the end
        }

        @Override
        protected void hookFinally(SignalType type) {
            overlapped |= inside.get() != 0 && type != SignalType.CANCEL;
            terminals.incrementAndGet();
        }
    }

    private StreamHub<Long> hub() {
        StreamHub<Long> made = StreamHub.create(
                MergeSpec.of(Numbering.of(Long::longValue))
                        .window(8)
                        .taking(4, 8)
                        .holePatience(Duration.ofMillis(10))
                        .timedBy(clock),
                Operators.enableOnDiscard(Context.empty(), element -> discarded.add((Long) element)));
        made.begin(0, 0);
        return made;
    }

    @BeforeEach
    void renew() {
        discarded.clear();
        hub = hub();
        reader = new Recorder();
    }

    private void race(Runnable before, Runnable a, Runnable b, Runnable after) {
        for (int round = 0; round < ROUNDS; round++) {
            renew();
            before.run();
            RaceTestUtils.race(a, b);
            after.run();
            assertThat(reader.overlapped).isFalse();
            assertThat(reader.terminals.get()).isLessThanOrEqualTo(1);
            hub.dispose();
        }
    }

    private static ReaderSpec waiting() {
        return ReaderSpec.defaults().joinAt(Join.oldest()).onLag(LagPolicy.waiting());
    }

    @Test
    void givesOneOfTwoElementsWithOneNumber() {
        Intake<?>[] intakes = new Intake<?>[2];
        race(
                () -> {
                    hub.flux().subscribe(reader);
                    reader.request(Long.MAX_VALUE);
                    intakes[0] = hub.intake("a");
                    intakes[1] = hub.intake("b");
                },
                () -> offer(intakes[0], 0),
                () -> offer(intakes[1], 0),
                () -> {
                    assertThat(reader.seen).containsExactly(0L);
                    assertThat(discarded).containsExactly(0L);
                });
    }

    @SuppressWarnings("unchecked") // each intake here takes longs
    private static void offer(Intake<?> intake, long element) {
        ((Intake<Long>) intake).offer(element);
    }

    @Test
    void endsOnceWhenOneSourceCompletesAndTheOtherFails() {
        for (int round = 0; round < ROUNDS; round++) {
            renew();
            TestPublisher<Long> a = TestPublisher.create();
            TestPublisher<Long> b = TestPublisher.create();
            SequencedFlux.merge(MergeSpec.of(Numbering.of(Long::longValue)), a, b)
                    .subscribe(reader);
            RaceTestUtils.race(a::complete, () -> b.error(new IllegalStateException("failed on purpose")));
            assertThat(reader.terminals).hasValue(1);
        }
    }

    @Test
    void deliversOrDiscardsWhatComesDuringACancel() {
        Intake<?>[] intake = new Intake<?>[1];
        race(
                () -> {
                    hub.flux(waiting()).subscribe(reader);
                    reader.request(Long.MAX_VALUE);
                    intake[0] = hub.intake("a");
                },
                () -> offer(intake[0], 0),
                () -> reader.cancel(),
                () -> {
                    hub.dispose();
                    assertThat(reader.seen.size() + discarded.size()).isEqualTo(1);
                    assertThat(hub.loop().readers.present()).isEmpty();
                });
    }

    @Test
    void losesNoRequestToAnArrival() {
        Intake<?>[] intake = new Intake<?>[1];
        race(
                () -> {
                    hub.flux(waiting()).subscribe(reader);
                    intake[0] = hub.intake("a");
                },
                () -> offer(intake[0], 0),
                () -> reader.request(1),
                () -> assertThat(reader.seen).containsExactly(0L));
    }

    @Test
    void addsUpTwoRequests() {
        Intake<?>[] intake = new Intake<?>[1];
        race(
                () -> {
                    hub.flux(waiting()).subscribe(reader);
                    intake[0] = hub.intake("a");
                    for (long n = 0; n < 8; n++) {
                        offer(intake[0], n);
                    }
                },
                () -> reader.request(2),
                () -> reader.request(3),
                () -> assertThat(reader.seen).containsExactly(0L, 1L, 2L, 3L, 4L));
    }

    @Test
    void tellsTheGapOrGivesTheElementThatWasMissing() {
        Intake<?>[] intake = new Intake<?>[1];
        race(
                () -> {
                    hub.signals(ReaderSpec.defaults()).subscribe(reader);
                    reader.request(Long.MAX_VALUE);
                    intake[0] = hub.intake("a");
                    offer(intake[0], 1);
                },
                () -> clock.advanceTimeBy(Duration.ofMillis(11)),
                () -> offer(intake[0], 0),
                () -> {
                    assertThat(reader.seen).hasSize(2);
                    assertThat(reader.seen.peek())
                            .isIn(
                                    new StreamSignal.Element<>(0L),
                                    new StreamSignal.Missing<>(new Gap(0, 0, 1, Gap.Reason.TIMEOUT)));
                });
    }

    @Test
    void leavesNothingAttachedToADisposedHub() {
        TestPublisher<Long> source = TestPublisher.create();
        race(
                () -> {},
                () -> {
                    try {
                        Upstream added = hub.attach("a", source, false);
                        assertThat(added.name()).isEqualTo("a");
                    } catch (IllegalStateException disposed) {
                        assertThat(disposed).hasMessageContaining("disposed");
                    }
                },
                () -> hub.dispose(),
                () -> {
                    assertThat(hub.upstreams()).isEmpty();
                    source.assertNoSubscribers();
                });
    }

    @Test
    void deliversOrDiscardsWhatComesDuringADetach() {
        Subscribed<?>[] inlet = new Subscribed<?>[1];
        race(
                () -> {
                    hub.flux(waiting()).subscribe(reader);
                    reader.request(Long.MAX_VALUE);
                    Subscribed<Long> made = hub.subscriber("a", false);
                    made.onSubscribe(Operators.emptySubscription());
                    inlet[0] = made;
                },
                () -> tryNext(inlet[0], 0L),
                () -> inlet[0].dispose(),
                () -> {
                    hub.dispose();
                    assertThat(reader.seen.size() + discarded.size()).isLessThanOrEqualTo(1);
                });
    }

    @SuppressWarnings("unchecked") // each inlet here takes longs
    private static void tryNext(Subscribed<?> inlet, long element) {
        ((Subscribed<Long>) inlet).onNext(element);
    }

    @Test
    void givesAJoinerEverythingFromItsPlaceOn() {
        Intake<?>[] intake = new Intake<?>[1];
        race(
                () -> intake[0] = hub.intake("a"),
                () -> {
                    for (long n = 0; n < 4; n++) {
                        offer(intake[0], n);
                    }
                },
                () -> {
                    hub.flux().subscribe(reader);
                    reader.request(Long.MAX_VALUE);
                },
                () -> {
                    offer(intake[0], 4);
                    long first = (Long) reader.seen.peek();
                    assertThat(reader.seen).hasSize((int) (5 - first));
                });
    }

    @Test
    void tellsASlowReaderOfWhatWasOverwrittenAndNeverGivesAnother() {
        Intake<?>[] intake = new Intake<?>[1];
        race(
                () -> {
                    hub.signals(ReaderSpec.defaults()).subscribe(reader);
                    intake[0] = hub.intake("a");
                    for (long n = 0; n < 8; n++) {
                        offer(intake[0], n);
                    }
                },
                () -> {
                    for (long n = 8; n < 40; n++) {
                        offer(intake[0], n);
                    }
                },
                () -> reader.request(Long.MAX_VALUE),
                () -> {
                    long next = 0;
                    for (Object signal : reader.seen) {
                        if (signal instanceof StreamSignal.Missing<?> missing) {
                            assertThat(missing.gap().from()).isEqualTo(next);
                            next = missing.gap().until();
                        } else {
                            assertThat(signal).isEqualTo(new StreamSignal.Element<>(next));
                            next++;
                        }
                    }
                    assertThat(next).isEqualTo(40);
                });
    }

    @Test
    void letsAReaderThatReadsReleaseAnUpstreamThatWaits() {
        race(
                () -> {
                    hub.flux(waiting()).subscribe(reader);
                    Upstream added = hub.attach("a", MergeTckTest.syncLongs(64), true);
                    assertThat(added.name()).isEqualTo("a");
                },
                () -> {
                    for (int i = 0; i < 32; i++) {
                        reader.request(1);
                    }
                },
                () -> {
                    for (int i = 0; i < 32; i++) {
                        reader.request(1);
                    }
                },
                () -> assertThat(reader.seen).hasSize(64));
    }

    @Test
    void endsAWaitingReaderOnceWhenTheHubGoes() {
        Intake<?>[] intake = new Intake<?>[1];
        race(
                () -> {
                    hub.flux(waiting()).subscribe(reader);
                    reader.request(Long.MAX_VALUE);
                    intake[0] = hub.intake("a");
                },
                () -> {
                    for (long n = 0; n < 6; n++) {
                        offer(intake[0], n);
                    }
                },
                () -> hub.dispose(),
                () -> {
                    assertThat(reader.terminals).hasValue(1);
                    assertThat(reader.seen.size() + discarded.size()).isEqualTo(6);
                });
    }
}
