package io.swarmflux.media.playout;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.flux.Gap;
import io.swarmflux.flux.StreamSignal;
import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.StreamId;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;
import reactor.test.scheduler.VirtualTimeScheduler;

class PlayoutTest {
    private static final StreamId NEWS = StreamId.of("news");

    private Playout playout = Playout.of(Duration.ZERO);

    private static StreamSignal<Segment> segment(long epoch, long sequence) {
        return new StreamSignal.Element<>(
                Segment.of(NEWS, epoch, sequence, new Cut(new byte[1], sequence * 100_000, 0), 0));
    }

    private static StreamSignal<Segment> gap(long from, long until) {
        return new StreamSignal.Missing<>(new Gap(1, from, until, Gap.Reason.TIMEOUT));
    }

    private Flux<StreamSignal<Segment>> played(Flux<StreamSignal<Segment>> stream) {
        playout = Playout.of(Duration.ofSeconds(2), Schedulers.parallel());
        return stream.transform(playout);
    }

    @Test
    void releasesOnMediaTimeAfterTheDelay() {
        StepVerifier.withVirtualTime(() -> played(Flux.range(0, 3).map(n -> segment(1, n))))
                .expectSubscription()
                .expectNoEvent(Duration.ofSeconds(2))
                .expectNextCount(1)
                .expectNoEvent(Duration.ofMillis(100))
                .expectNextCount(1)
                .expectNoEvent(Duration.ofMillis(100))
                .expectNextCount(1)
                .verifyComplete();
        assertThat(playout.counts()).isEqualTo(new Playout.Counts(3, 0, 0, 0));
    }

    @Test
    void releasesALateSegmentAtOnceAndCountsAStall() {
        TestPublisher<StreamSignal<Segment>> source = TestPublisher.create();
        StepVerifier.withVirtualTime(() -> played(source.flux()))
                .then(() -> source.next(segment(1, 0)))
                .thenAwait(Duration.ofMillis(2600))
                .expectNextCount(1)
                .then(() -> source.next(segment(1, 1)))
                .expectNext(segment(1, 1))
                .then(() -> source.next(segment(1, 6)))
                .expectNext(segment(1, 6))
                .then(() -> source.next(segment(1, 7)))
                .expectNoEvent(Duration.ofMillis(100))
                .expectNext(segment(1, 7))
                .then(source::complete)
                .verifyComplete();
        assertThat(playout.counts())
                .isEqualTo(new Playout.Counts(3, 1, 0, Duration.ofMillis(500).toNanos()));
        assertThat(playout.counts().stalls()).isEqualTo(1);
        assertThat(playout.counts().continuity()).isEqualTo(0.75);
    }

    @Test
    void aSegmentThatWasThereIsNoStallWhenTheTimerIsLate() {
        assertThat(countsWhenTheTimerIsLateBy(Duration.ofMillis(400))).isEqualTo(new Playout.Counts(5, 0, 0, 0));
    }

    @Test
    void takesSegmentsAheadAllTheTime() {
        AtomicLong taken = new AtomicLong();
        AtomicLong released = new AtomicLong();
        StepVerifier.withVirtualTime(
                        () -> played(Flux.range(0, 100).map(n -> segment(1, n)).doOnNext(n -> taken.incrementAndGet()))
                                .doOnNext(segment -> assertThat(taken.get() - released.incrementAndGet())
                                        .isGreaterThanOrEqualTo(Math.min(30, 100 - released.get()))))
                .thenAwait(Duration.ofMinutes(1))
                .expectNextCount(100)
                .verifyComplete();
    }

    @Test
    void aClockThatStoodStillIsAStallWhateverWasThere() {
        // the segments of 100 ms to 400 ms are released 0.9 s to 0.6 s late
        assertThat(countsWhenTheTimerIsLateBy(Duration.ofSeconds(1)))
                .isEqualTo(new Playout.Counts(1, 4, 0, Duration.ofMillis(900).toNanos()));
    }

    /** Plays five segments of 100 ms that are all there; the clock jumps when the first one is released. */
    private static Playout.Counts countsWhenTheTimerIsLateBy(Duration late) {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        LateTimer timer = new LateTimer(time);
        Playout playout = Playout.of(Duration.ofSeconds(2), timer);
        StepVerifier.create(Flux.range(0, 5)
                        .map(n -> segment(1, n))
                        .transform(playout)
                        .doOnNext(segment -> timer.lateNs = late.toNanos()))
                .then(() -> time.advanceTimeBy(Duration.ofSeconds(3)))
                .expectNextCount(5)
                .verifyComplete();
        return playout.counts();
    }

    /** A scheduler that finds, when it runs something, that it is later than it was to be. */
    private static final class LateTimer implements Scheduler {
        private final Scheduler time;
        private long lateNs;

        LateTimer(Scheduler time) {
            this.time = time;
        }

        @Override
        public long now(TimeUnit unit) {
            return time.now(unit) + unit.convert(lateNs, TimeUnit.NANOSECONDS);
        }

        @Override
        public Disposable schedule(Runnable task) {
            return time.schedule(task);
        }

        @Override
        public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
            return time.schedule(task, delay, unit);
        }

        @Override
        public Worker createWorker() {
            return time.createWorker();
        }
    }

    @Test
    void passesGapsOnAndKeepsTheClock() {
        StepVerifier.withVirtualTime(() -> played(Flux.just(segment(1, 0), gap(1, 3), segment(1, 3))))
                .thenAwait(Duration.ofSeconds(2))
                .expectNext(segment(1, 0), gap(1, 3))
                .expectNoEvent(Duration.ofMillis(300))
                .expectNext(segment(1, 3))
                .verifyComplete();
        assertThat(playout.counts()).isEqualTo(new Playout.Counts(2, 0, 2, 0));
    }

    @Test
    void startsTheClockAnewWithAnEpoch() {
        StepVerifier.withVirtualTime(() -> played(Flux.just(segment(1, 50), segment(2, 0))))
                .thenAwait(Duration.ofSeconds(2))
                .expectNext(segment(1, 50))
                .expectNoEvent(Duration.ofSeconds(2))
                .expectNext(segment(2, 0))
                .verifyComplete();
    }

    @Test
    void goesOnAtADiscontinuityWhereMediaTimeDoes() {
        StepVerifier.withVirtualTime(
                        () -> played(Flux.just(segment(1, 0), flagged(1, Segment.DISCONTINUITY), segment(1, 2))))
                .thenAwait(Duration.ofMillis(2100))
                .expectNext(segment(1, 0), flagged(1, Segment.DISCONTINUITY))
                .thenAwait(Duration.ofMillis(100))
                .expectNext(segment(1, 2))
                .verifyComplete();
    }

    @Test
    void inSyncASegmentIsDueByTheStreamsClock() {
        // the stream's clock says 1 s when this one says 0, and goes 1 % faster
        StepVerifier.withVirtualTime(() -> Flux.range(10, 1000)
                        .map(n -> segment(1, n))
                        .transform(with(Playout.of(Duration.ofSeconds(2), Schedulers.parallel())
                                .inSync(() -> OptionalLong.of(1_000_000 + streamNowUs())))))
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(1990))
                .thenAwait(Duration.ofMillis(10))
                .expectNext(segment(1, 10))
                .thenAwait(Duration.ofSeconds(95))
                .expectNextCount(955) // 950 by a clock of its own
                .thenAwait(Duration.ofSeconds(10))
                .expectNextCount(44)
                .verifyComplete();
        assertThat(playout.counts().stalls()).isZero();
    }

    @Test
    void inSyncWhoBeginsInTheMiddleCatchesUpAtOnce() {
        StepVerifier.withVirtualTime(() -> Flux.range(0, 60)
                        .map(n -> segment(1, n))
                        .transform(with(Playout.of(Duration.ofSeconds(1), Schedulers.parallel())
                                .inSync(() -> OptionalLong.of(5_000_000 + streamNowUs()))
                                .skipping(Duration.ZERO))))
                .expectSubscription()
                .expectNextCount(41)
                .expectNoEvent(Duration.ofMillis(90))
                .thenAwait(Duration.ofSeconds(3))
                .expectNextCount(19)
                .verifyComplete();
        assertThat(playout.counts()).isEqualTo(new Playout.Counts(60, 0, 0, 0));
    }

    @Test
    void skipsWhatIsTooLateToWhereAPlayerMayStart() {
        TestPublisher<StreamSignal<Segment>> source = TestPublisher.create();
        StepVerifier.withVirtualTime(() -> source.flux()
                        .transform(with(Playout.of(Duration.ofSeconds(2), Schedulers.parallel())
                                .skipping(Duration.ofMillis(300)))))
                .then(() -> source.next(segment(1, 0)))
                .thenAwait(Duration.ofMillis(2500))
                .expectNext(segment(1, 0))
                .then(() -> source.next(segment(1, 1), flagged(2, Segment.RANDOM_ACCESS), segment(1, 3), segment(1, 4)))
                .expectNext(gap(1, 2, Gap.Reason.LAG), flagged(2, Segment.RANDOM_ACCESS), segment(1, 3), segment(1, 4))
                .then(source::complete)
                .verifyComplete();
        assertThat(playout.counts().missing()).isEqualTo(1);
    }

    @Test
    void aSourceThatStoodStillSetsTheClockBack() {
        TestPublisher<StreamSignal<Segment>> source = TestPublisher.create();
        StepVerifier.withVirtualTime(() -> source.flux()
                        .transform(with(Playout.of(Duration.ofSeconds(1), Schedulers.parallel())
                                .skipping(Duration.ofMillis(500)))))
                .then(() -> source.next(segment(1, 0)))
                .thenAwait(Duration.ofSeconds(20))
                .expectNext(segment(1, 0))
                .then(() -> source.next(segment(1, 1)))
                .thenAwait(Duration.ofSeconds(4))
                .then(() -> source.next(flagged(2, Segment.RANDOM_ACCESS)))
                .expectNext(gap(1, 2, Gap.Reason.LAG), flagged(2, Segment.RANDOM_ACCESS))
                .then(source::complete)
                .verifyComplete();
    }

    private Playout with(Playout other) {
        playout = other;
        return other;
    }

    private static long streamNowUs() {
        return Schedulers.parallel().now(TimeUnit.MICROSECONDS) * 101 / 100;
    }

    private static StreamSignal<Segment> flagged(long sequence, int flags) {
        return new StreamSignal.Element<>(
                Segment.of(NEWS, 1, sequence, new Cut(new byte[1], sequence * 100_000, flags), 0));
    }

    private static StreamSignal<Segment> gap(long from, long until, Gap.Reason reason) {
        return new StreamSignal.Missing<>(new Gap(1, from, until, reason));
    }

    @Test
    void playsOnce() {
        Flux<StreamSignal<Segment>> once = played(Flux.empty());
        StepVerifier.create(once).verifyComplete();
        StepVerifier.create(once).verifyErrorMessage("a playout plays once");
    }
}
