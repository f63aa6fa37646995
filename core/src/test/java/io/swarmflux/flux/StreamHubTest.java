package io.swarmflux.flux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import reactor.core.Scannable;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.util.context.Context;

class StreamHubTest {
    private final VirtualTimeScheduler clock = VirtualTimeScheduler.create();
    private final MergeSpec<Long> spec = MergeSpec.of(
                    Numbering.of(Long::longValue).startingAt(n -> n % 4 == 0))
            .window(16)
            .holePatience(Duration.ofMillis(100))
            .timedBy(clock);
    private final StreamHub<Long> hub = StreamHub.create(spec);

    private static void offer(Intake<Long> intake, long from, long until) {
        for (long n = from; n < until; n++) {
            intake.offer(n);
        }
    }

    @Test
    void aReaderWithoutDemandCostsAFastOneNothing() {
        hub.begin(0, 0);
        Intake<Long> intake = hub.intake("a");
        List<Long> fast = new ArrayList<>();
        StepVerifier.create(hub.signals(ReaderSpec.defaults()), 0)
                .then(() -> {
                    hub.flux().subscribe(fast::add);
                    offer(intake, 0, 1_000);
                    assertThat(fast).hasSize(1_000);
                    assertThat(hub.view()).satisfies(v -> assertThat(v.count()).isLessThanOrEqualTo(16));
                })
                .thenRequest(1)
                .assertNext(signal -> assertThat(
                                ((StreamSignal.Missing<Long>) signal).gap().reason())
                        .isEqualTo(Gap.Reason.LAG))
                .thenCancel()
                .verify();
    }

    @Test
    void joinsAtTheNewestRandomAccessElement() {
        hub.begin(0, 0);
        offer(hub.intake("a"), 0, 11);
        StepVerifier.create(hub.flux(ReaderSpec.defaults().joinAt(Join.randomAccess())))
                .expectNext(8L, 9L, 10L)
                .thenCancel()
                .verify();
        StepVerifier.create(hub.flux(ReaderSpec.defaults().joinAt(Join.from(9))))
                .expectNext(9L, 10L)
                .thenCancel()
                .verify();
    }

    @Test
    void tellsAJoinerWhatIsGoneAndDoesNotFailItForThat() {
        hub.begin(0, 0);
        offer(hub.intake("a"), 0, 100);
        ReaderSpec strict = ReaderSpec.defaults().joinAt(Join.from(50)).onLag(LagPolicy.fail());
        StepVerifier.create(hub.signals(strict), 2)
                .expectNext(new StreamSignal.Missing<>(new Gap(0, 50, 84, Gap.Reason.LAG)))
                .expectNext(new StreamSignal.Element<>(84L))
                .thenCancel()
                .verify();
    }

    @Test
    void oneFarElementEvictsNothing() {
        hub.begin(0, 0);
        Intake<Long> intake = hub.intake("a");
        offer(intake, 0, 10);
        intake.offer(1_000_000_000_000L);
        assertThat(intake.stats().beyond()).isEqualTo(1);
        assertThat(hub.view()).satisfies(v -> assertThat(v.oldest()).isZero());
    }

    @Test
    void tellsWhetherItHasRoom() {
        hub.begin(0, 0);
        Intake<Long> intake = hub.intake("a");
        ArrivalReader<Long> reader = hub.arrivalReader(0);
        offer(intake, 0, 10);
        assertThat(hub.hasRoom(0, 25, 1)).isTrue(); // nobody holds what has to go for it
        assertThat(hub.hasRoom(0, 26, 1)).isFalse();
        assertThat(hub.hasRoom(1, 0, 1)).isFalse();
        reader.hold(4);
        assertThat(hub.hasRoom(0, 19, 1)).isTrue();
        assertThat(hub.hasRoom(0, 20, 1)).isFalse();
        intake.offer(20L);
        assertThat(intake.stats().beyond()).isEqualTo(1);
        reader.hold(5);
        assertThat(hub.hasRoom(0, 20, 1)).isTrue();
        intake.offer(20L);
        assertThat(intake.stats().beyond()).isEqualTo(1);
    }

    @Test
    void tellsWhetherItHasRoomForTheBytes() {
        StreamHub<Long> small =
                StreamHub.create(MergeSpec.of(Numbering.of(Long::longValue).sized(n -> 10))
                        .window(16)
                        .windowBytes(100, 20));
        small.begin(0, 0);
        offer(small.intake("a"), 1, 8);
        assertThat(small.hasRoom(0, 8, 10)).isTrue();
        assertThat(small.hasRoom(0, 8, 11)).isFalse();
        assertThat(small.hasRoom(0, 0, 20)).as("what everything waits for").isTrue();
    }

    @Test
    void endsByNameWhoStandsStill() {
        hub.begin(0, 0);
        Intake<Long> intake = hub.intake("a");
        ReaderSpec patient =
                ReaderSpec.defaults().named("sleeper").onLag(LagPolicy.waiting().grace(Duration.ofSeconds(10)));
        List<HubEvent> events = new ArrayList<>();
        hub.events().subscribe(events::add);
        StepVerifier.create(hub.flux(patient), 1)
                .then(() -> offer(intake, 0, 3))
                .expectNext(0L)
                .then(() -> clock.advanceTimeBy(Duration.ofSeconds(11)))
                .verifyErrorSatisfies(error ->
                        assertThat(error).isInstanceOf(LaggedException.class).hasMessageContaining("sleeper"));
        assertThat(events).contains(new HubEvent.Evicted("sleeper", 1, LagPolicy.Action.WAIT));
        assertThat(hub.heldFrom()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void passesAHoleAtEachReadersOwnDeadline() {
        hub.begin(0, 0);
        Intake<Long> intake = hub.intake("a");
        List<Long> quick = new ArrayList<>();
        List<Long> slow = new ArrayList<>();
        hub.flux(ReaderSpec.defaults().holePatience(Duration.ofMillis(20))).subscribe(quick::add);
        hub.flux().subscribe(slow::add);
        intake.offer(1L);
        clock.advanceTimeBy(Duration.ofMillis(20));
        assertThat(quick).containsExactly(1L);
        assertThat(slow).isEmpty();
        intake.offer(0L);
        assertThat(quick).containsExactly(1L);
        assertThat(slow).containsExactly(0L, 1L);
    }

    @Test
    void anElementThatBreaksTheNumberingEndsItsUpstreamAlone() {
        StreamHub<Long> picky = StreamHub.create(MergeSpec.of(Numbering.<Long>of(n -> {
            if (n == 13) {
                throw new IllegalStateException("unlucky");
            }
            return n;
        })));
        List<HubEvent> events = new ArrayList<>();
        picky.events().subscribe(events::add);
        TestPublisher<Long> bad = TestPublisher.create();
        Upstream upstream = picky.attach("bad", bad, true);
        bad.next(13L); // before the hub has begun
        bad.assertCancelled();
        assertThat(upstream.isDisposed()).isTrue();
        assertThat(events).hasSize(2).last().isInstanceOf(HubEvent.Detached.class);
        assertThat(picky.upstreams()).isEmpty();
    }

    @Test
    void fourUpstreamsLargerThanTheRingMakeProgress() {
        MergeSpec<Long> small = MergeSpec.of(Numbering.of(Long::longValue).sized(n -> 10))
                .window(64)
                .windowBytes(100, 10)
                .taking(16, 4)
                .startingAt(StartPolicy.at(0));
        List<Flux<Long>> sources = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int mine = i;
            sources.add(Flux.range(0, 400).map(Integer::longValue).filter(n -> n % 4 == mine));
        }
        StepVerifier.create(SequencedFlux.merge(small, sources).count())
                .expectNext(400L)
                .verifyComplete();
    }

    @Test
    void threeHubsInARingMakeProgress() {
        List<StreamHub<Long>> ring = new ArrayList<>();
        MergeSpec<Long> small = MergeSpec.of(Numbering.of(Long::longValue))
                .window(8)
                .taking(4, 4)
                .startingAt(StartPolicy.at(0))
                .holePatience(Duration.ofMillis(50)) // in a ring nobody can prove that nobody has it
                .timedBy(clock);
        for (int i = 0; i < 3; i++) {
            ring.add(StreamHub.create(small));
            ring.get(i).begin(0, 0);
        }
        ReaderSpec waiting = ReaderSpec.defaults().joinAt(Join.oldest()).onLag(LagPolicy.waiting());
        List<Long> seen = new ArrayList<>();
        ring.get(2).flux(waiting).subscribe(seen::add);
        for (int i = 0; i < 3; i++) {
            Upstream next = ring.get((i + 1) % 3).attach("ring", ring.get(i).arrivals(waiting), false);
            assertThat(next.name()).isEqualTo("ring");
        }
        Flux<Long> all = Flux.range(0, 200).map(Integer::longValue).filter(n -> n != 101);
        Upstream evens = ring.get(0).attach("evens", all.filter(n -> n % 2 == 0), true);
        Upstream odds = ring.get(1).attach("odds", all.filter(n -> n % 2 == 1), true);
        assertThat(List.of(evens.isDisposed(), odds.isDisposed())).hasSize(2);
        assertThat(seen).endsWith(100L);
        clock.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(seen).isSorted().doesNotHaveDuplicates().hasSize(199).endsWith(198L, 199L);
    }

    @Test
    void goesOnInTheNextEpoch() {
        StreamHub<long[]> epochs =
                StreamHub.create(MergeSpec.of(Numbering.<long[]>of(e -> e[1]).inEpochs(e -> e[0]))
                        .timedBy(clock));
        epochs.begin(1, 0);
        Intake<long[]> intake = epochs.intake("a");
        StepVerifier.create(epochs.signals(ReaderSpec.defaults())
                        .map(s -> s instanceof StreamSignal.Missing<?> m
                                ? m.gap().toString()
                                : ((StreamSignal.Element<long[]>) s).value()[0] + "/"
                                        + ((StreamSignal.Element<long[]>) s).value()[1]))
                .then(() -> {
                    intake.offer(new long[] {1, 0});
                    intake.offer(new long[] {1, 2});
                    intake.offer(new long[] {2, 7});
                    intake.offer(new long[] {1, 1});
                })
                .expectNext("1/0", new Gap(1, 1, 2, Gap.Reason.EPOCH).toString(), "1/2", "2/7")
                .then(() -> epochs.end(2, 7))
                .verifyComplete();
    }

    @Test
    void refusesOneUpstreamTooManyOrOneNameTwice() {
        StreamHub<Long> one = StreamHub.create(spec.taking(4, 1));
        assertThat(one.intake("a").isDisposed()).isFalse();
        assertThatThrownBy(() -> one.intake("b")).hasMessageContaining("'b'");
    }

    @Test
    void upstreamsSeeTheContextAndNamesShow() {
        AtomicReference<String> seen = new AtomicReference<>();
        Flux<Long> source = Flux.deferContextual(view -> {
            seen.set(view.get("who"));
            return Flux.just(0L);
        });
        Flux<Long> named = source.name("inner").transform(SequencedFlux.resequence(spec.startingAt(StartPolicy.at(0))));
        assertThat(Scannable.from(named).name()).isEqualTo("inner");
        StepVerifier.create(named.contextWrite(Context.of("who", "me")))
                .expectNext(0L)
                .verifyComplete();
        assertThat(seen).hasValue("me");
        assertThat(hub.scan(Scannable.Attr.CAPACITY)).isEqualTo(16);
    }
}
