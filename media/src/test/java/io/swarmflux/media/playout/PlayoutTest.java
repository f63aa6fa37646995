package io.swarmflux.media.playout;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.flux.Gap;
import io.swarmflux.flux.StreamSignal;
import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.StreamId;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

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
    void playsOnce() {
        Flux<StreamSignal<Segment>> once = played(Flux.empty());
        StepVerifier.create(once).verifyComplete();
        StepVerifier.create(once).verifyErrorMessage("a playout plays once");
    }
}
