package io.swarmflux.media.player;

import static io.swarmflux.media.player.Signals.gap;
import static io.swarmflux.media.player.Signals.integer;
import static io.swarmflux.media.player.Signals.integers;
import static io.swarmflux.media.player.Signals.segment;
import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.flux.Gap;
import io.swarmflux.flux.StreamSignal;
import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

class ConsistencyCheckTest {
    @Test
    void findsNothingWrongWithAWholeStream() {
        PlayReport report = check(integers(5, 105));

        assertThat(report.consistent()).isTrue();
        assertThat(report.firstSequence()).isEqualTo(5);
        assertThat(report.lastSequence()).isEqualTo(104);
        assertThat(report.delivered()).isEqualTo(100);
        assertThat(report.bytes()).isEqualTo(800);
        assertThat(report.continuity()).isEqualTo(1.0);
        assertThat(report.gaps()).isEmpty();
    }

    @Test
    void tellsTheSha256OfWhatWasPlayed() throws Exception {
        Random random = new Random(11);
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        Flux<StreamSignal<Segment>> stream = Flux.range(0, 20).map(i -> {
            byte[] payload = new byte[random.nextInt(2000)];
            random.nextBytes(payload);
            digest.update(payload);
            return segment(1, i, new Cut(payload, 0, 0));
        });

        assertThat(check(stream).sha256()).isEqualTo(HexFormat.of().formatHex(digest.digest()));
    }

    @Test
    void countsWhatTheStreamSaysIsMissing() {
        PlayReport report = check(Flux.just(integer(1, 0), gap(1, 1, 3), gap(1, 3, 4), integer(1, 4), gap(1, 5, 6)));

        assertThat(report.missing()).isEqualTo(4);
        assertThat(report.delivered()).isEqualTo(2);
        assertThat(report.gaps())
                .containsExactly(new Gap(1, 1, 4, Gap.Reason.TIMEOUT), new Gap(1, 5, 6, Gap.Reason.TIMEOUT));
        assertThat(report.timing().stalls()).isEqualTo(3);
        assertThat(report.lastSequence()).isEqualTo(5);
        assertThat(report.consistent()).isFalse();
    }

    @Test
    void countsAJumpThatNobodyToldOf() {
        PlayReport report = check(Flux.just(integer(1, 0), integer(1, 3)));

        assertThat(report.missing()).isEqualTo(2);
        assertThat(report.gaps()).containsExactly(new Gap(1, 1, 3, Gap.Reason.UNFILLABLE));
    }

    @Test
    void doesNotPlayWhatComesTwiceOrTooLate() {
        PlayReport report = check(Flux.just(integer(1, 0), integer(1, 1), integer(1, 1), integer(1, 0), integer(1, 2)));

        assertThat(report.outOfOrder()).isEqualTo(2);
        assertThat(report.delivered()).isEqualTo(3);
        assertThat(report.bytes()).isEqualTo(24);
    }

    @Test
    void findsADamagedInteger() {
        StreamSignal<Segment> damaged = segment(1, 2, new Cut(new byte[] {0, 0, 0, 0, 0, 0, 0, 9}, 0, 0));

        PlayReport report = check(Flux.just(integer(1, 0), integer(1, 1), damaged, integer(1, 3)));

        assertThat(report.damaged()).isEqualTo(1);
        assertThat(report.consistent()).isFalse();
    }

    @Test
    void takesOtherStreamsAsTheyAre() {
        Flux<StreamSignal<Segment>> stream = Flux.range(0, 10).map(i -> segment(1, i, new Cut(new byte[8], 0, 0)));

        assertThat(check(stream).damaged()).isZero();
    }

    @Test
    void countsOverEpochs() {
        PlayReport report = check(Flux.just(integer(1, 7), integer(1, 8), integer(2, 0), gap(2, 1, 2), integer(2, 2)));

        assertThat(report.epoch()).isEqualTo(2);
        assertThat(report.firstSequence()).isEqualTo(7);
        assertThat(report.delivered()).isEqualTo(4);
        assertThat(report.missing()).isEqualTo(1);
        assertThat(report.outOfOrder()).isZero();
    }

    @Test
    void addsTheTailThatNeverCame() {
        PlayReport report = check(integers(0, 10));

        assertThat(report.upTo(9)).isEqualTo(report);
        assertThat(report.upTo(14).missing()).isEqualTo(5);
        assertThat(report.upTo(-2)).isEqualTo(report);
        assertThat(check(Flux.empty()).upTo(-1).consistent()).isTrue();
    }

    @Test
    void measuresStartUpLagAndStallsInVirtualTime() {
        StepVerifier.withVirtualTime(() -> ConsistencyCheck.create().play(lateBy40MillisAndOnceByASecond()))
                .thenAwait(Duration.ofSeconds(10))
                .assertNext(report -> {
                    assertThat(report.delivered()).isEqualTo(200);
                    assertThat(report.timing().startupMillis()).isEqualTo(300);
                    assertThat(report.timing().lagP50Millis()).isEqualTo(40);
                    assertThat(report.timing().lagP99Millis()).isEqualTo(1000);
                    assertThat(report.timing().stalls()).isEqualTo(1);
                })
                .verifyComplete();
    }

    @Test
    void findsNoLagInAStreamThatRunsAheadOfItsClock() {
        PlayReport report = check(integers(0, 2000));

        assertThat(report.timing().lagP50Millis()).isZero();
        assertThat(report.timing().lagP99Millis()).isZero();
        assertThat(report.timing().stalls()).isZero();
    }

    @Test
    void asksForTheLagWhenSomeoneKnowsIt() {
        ConsistencyCheck check = ConsistencyCheck.withLag(segment -> 100 + segment.sequence());

        PlayReport report = Objects.requireNonNull(check.play(integers(0, 101)).block());

        assertThat(report.timing().lagP50Millis()).isEqualTo(150);
    }

    @Test
    void canBeAskedWhileItPlays() {
        Sinks.Many<StreamSignal<Segment>> stream = Sinks.many().unicast().onBackpressureBuffer();
        ConsistencyCheck check = ConsistencyCheck.create();

        StepVerifier.create(check.play(stream.asFlux()))
                .then(() -> assertThat(check.soFar().delivered()).isZero())
                .then(() -> stream.emitNext(integer(1, 0), Sinks.EmitFailureHandler.FAIL_FAST))
                .then(() -> assertThat(check.soFar().delivered()).isEqualTo(1))
                .then(() -> stream.emitComplete(Sinks.EmitFailureHandler.FAIL_FAST))
                .assertNext(report -> assertThat(report).isEqualTo(check.soFar()))
                .verifyComplete();
    }

    @Test
    void failsAsTheStreamDoesAndStillKnowsTheCounts() {
        ConsistencyCheck check = ConsistencyCheck.create();

        StepVerifier.create(check.play(integers(0, 3).concatWith(Flux.error(new IllegalStateException("broken")))))
                .verifyErrorMessage("broken");

        assertThat(check.soFar().delivered()).isEqualTo(3);
    }

    @Test
    void playsOnce() {
        ConsistencyCheck check = ConsistencyCheck.create();
        assertThat(check.play(Flux.empty()).block()).isNotNull();

        StepVerifier.create(check.play(Flux.empty())).verifyErrorMessage("a player plays once");
    }

    @Test
    void listsABoundedNumberOfGaps() {
        PlayReport report = check(Flux.range(0, 3000).map(i -> integer(1, 2L * i)));

        assertThat(report.gaps()).hasSize(PlayReport.MAX_GAPS);
        assertThat(report.missing()).isEqualTo(2999);
    }

    /** 200 integers, 10 ms apart: after 300 ms; the first half on time + 40 ms, one stretch a second late. */
    private static Flux<StreamSignal<Segment>> lateBy40MillisAndOnceByASecond() {
        return Flux.range(0, 200)
                .flatMapSequential(
                        i -> {
                            long lateMillis = i == 0 ? 0 : i >= 100 && i < 110 ? 1000 : 40;
                            return Flux.just(integer(1, i))
                                    .delayElements(Duration.ofMillis(300 + 10L * i + lateMillis));
                        },
                        200);
    }

    private static PlayReport check(Flux<StreamSignal<Segment>> stream) {
        return Objects.requireNonNull(ConsistencyCheck.create().play(stream).block());
    }
}
