package io.swarmflux.flux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.Scannable;
import reactor.core.Scannable.Attr;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.test.publisher.TestPublisher;

/** What each part says of itself to {@code Scannable}. */
class HubScanTest {
    private static final MergeSpec<Long> SPEC = MergeSpec.of(Numbering.of(Long::longValue))
            .startingAt(StartPolicy.at(0))
            .window(16)
            .taking(8, 4);
    private static final ReaderSpec VIEWER = ReaderSpec.defaults().named("viewer");

    private final StreamHub<Long> hub = StreamHub.create(SPEC);

    /** Asks only when told to, and shows its subscription. */
    private static final class Idle extends BaseSubscriber<Object> {
        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            // asks when the test says so
        }

        @Override
        protected void hookOnError(Throwable failure) {
            // seen by scanning
        }

        Scannable reader() {
            return Scannable.from(upstream());
        }
    }

    private Idle read(Flux<?> flux) {
        Idle idle = new Idle();
        flux.subscribe(idle);
        return idle;
    }

    private List<Flux<?>> kinds(ReaderSpec spec) {
        return List.of(hub.flux(spec), hub.signals(spec), hub.arrivals(spec));
    }

    @Test
    void aReaderSaysWhoseItIsAndWhatItWasAskedFor() {
        hub.begin(0, 0);
        for (Flux<?> kind : kinds(VIEWER)) {
            Idle idle = read(kind);
            idle.request(5);
            Scannable reader = idle.reader();
            assertThat(reader.scan(Attr.PARENT)).isSameAs(hub);
            assertThat(reader.scanUnsafe(Attr.ACTUAL)).isSameAs(idle);
            assertThat(reader.scan(Attr.NAME)).isEqualTo("viewer");
            assertThat(reader.scan(Attr.REQUESTED_FROM_DOWNSTREAM)).isEqualTo(5);
            assertThat(reader.scan(Attr.PREFETCH)).isZero();
            assertThat(reader.scan(Attr.RUN_STYLE)).isEqualTo(Attr.RunStyle.SYNC);
            assertThat(reader.scan(Attr.CANCELLED)).isFalse();
            assertThat(reader.scan(Attr.TERMINATED)).isFalse();
            assertThat(reader.scan(Attr.ERROR)).isNull();
            assertThat(hub.inners().anyMatch(reader::equals)).isTrue();
            idle.cancel();
            assertThat(reader.scan(Attr.CANCELLED)).isTrue();
            assertThat(reader.scan(Attr.TERMINATED)).isFalse();
            assertThat(reader.scanUnsafe(Attr.ACTUAL)).isNull();
            assertThat(reader.scan(Attr.REQUESTED_FROM_DOWNSTREAM)).isZero();
            assertThat(hub.inners().count()).isZero();
        }
    }

    @Test
    void anOrderedReaderSaysHowMuchItMayRead() {
        hub.begin(0, 0);
        Idle idle = read(hub.flux(VIEWER));
        Scannable reader = idle.reader();
        Intake<Long> intake = hub.intake("a");
        List.of(0L, 1L, 2L, 5L).forEach(intake::offer);
        assertThat(reader.scan(Attr.BUFFERED)).isEqualTo(3);
        idle.request(2);
        assertThat(reader.scan(Attr.BUFFERED)).isEqualTo(1);
        assertThat(hub.scan(Attr.BUFFERED)).isEqualTo(4);
        idle.cancel();
        assertThat(reader.scan(Attr.BUFFERED)).isZero();
    }

    @Test
    void aReaderThatEndedSaysHow() {
        hub.begin(0, 0);
        List<Idle> failed = kinds(VIEWER).stream().map(this::read).toList();
        List<Scannable> readers = failed.stream().map(Idle::reader).toList();
        IllegalStateException boom = new IllegalStateException("boom");
        hub.loop().fail(boom);
        assertThat(readers).allSatisfy(reader -> {
            assertThat(reader.scan(Attr.TERMINATED)).isTrue();
            assertThat(reader.scan(Attr.CANCELLED)).isFalse();
            assertThat(reader.scan(Attr.ERROR)).isSameAs(boom);
        });
        assertThat(hub.scan(Attr.TERMINATED)).isTrue();
        assertThat(hub.scan(Attr.CANCELLED)).isTrue();
        assertThat(hub.scan(Attr.ERROR)).isSameAs(boom);
    }

    @Test
    void anUpstreamSaysWhatWaitsAndHowItEnded() {
        TestPublisher<Long> source = TestPublisher.createNoncompliant(TestPublisher.Violation.CLEANUP_ON_TERMINATE);
        Scannable upstream = Scannable.from(hub.attach("peer", source, true));
        assertThat(upstream.scanUnsafe(Attr.PARENT)).isInstanceOf(Subscription.class);
        assertThat(upstream.scan(Attr.ACTUAL)).isSameAs(hub);
        assertThat(upstream.scan(Attr.NAME)).isEqualTo("peer");
        assertThat(upstream.scan(Attr.PREFETCH)).isEqualTo(8);
        assertThat(upstream.scan(Attr.RUN_STYLE)).isEqualTo(Attr.RunStyle.SYNC);
        assertThat(upstream.scan(Attr.BUFFERED)).isZero();
        Idle sleeper = read(hub.flux(VIEWER.joinAt(Join.oldest()).onLag(LagPolicy.waiting())));
        for (long n = 0; n < 20; n++) {
            source.next(n);
        }
        assertThat(upstream.scan(Attr.BUFFERED)).isEqualTo(4);
        assertThat(upstream.scan(Attr.TERMINATED)).isFalse();
        assertThat(upstream.scan(Attr.ERROR)).isNull();
        IllegalStateException boom = new IllegalStateException("boom");
        source.error(boom);
        assertThat(upstream.scan(Attr.TERMINATED)).isTrue();
        assertThat(upstream.scan(Attr.ERROR)).isSameAs(boom);
        sleeper.request(20);
        assertThat(upstream.scan(Attr.BUFFERED)).isZero();
        assertThat(hub.upstreams()).isEmpty();
    }

    @Test
    void aDetachedUpstreamIsCancelled() {
        Upstream upstream = hub.attach("peer", Flux.never(), true);
        upstream.dispose();
        assertThat(Scannable.from(upstream).scan(Attr.CANCELLED)).isTrue();
        assertThat(Scannable.from(upstream).scan(Attr.TERMINATED)).isFalse();
    }

    @Test
    void aHubSaysItsBounds() {
        assertThat(hub.scan(Attr.PREFETCH)).isEqualTo(8);
        assertThat(hub.scan(Attr.CAPACITY)).isEqualTo(16);
        assertThat(hub.scan(Attr.BUFFERED)).isZero();
        assertThat(hub.scan(Attr.RUN_STYLE)).isEqualTo(Attr.RunStyle.SYNC);
        assertThat(hub.scan(Attr.TERMINATED)).isFalse();
        assertThat(hub.scan(Attr.ERROR)).isNull();
        hub.begin(0, 0);
        hub.end(0, -1);
        assertThat(hub.scan(Attr.TERMINATED)).isTrue();
        assertThat(hub.scan(Attr.CANCELLED)).isFalse();
    }

    @Test
    void aFluxSaysWhereItComesFrom() {
        Scannable plain = Scannable.from(hub.flux(VIEWER));
        assertThat(plain.scan(Attr.PARENT)).isSameAs(hub);
        assertThat(plain.scan(Attr.NAME)).isEqualTo("viewer");
        assertThat(plain.scan(Attr.RUN_STYLE)).isEqualTo(Attr.RunStyle.SYNC);
        Scannable moved = Scannable.from(hub.flux(VIEWER.deliveringOn(Schedulers.parallel())));
        assertThat(moved.scan(Attr.RUN_STYLE)).isEqualTo(Attr.RunStyle.ASYNC);
        Flux<Long> source = Flux.just(0L);
        Scannable merge = Scannable.from(source.transform(SequencedFlux.resequence(SPEC)));
        assertThat(merge.scan(Attr.PARENT)).isSameAs(source);
        assertThat(merge.scan(Attr.PREFETCH)).isEqualTo(8);
        assertThat(merge.scan(Attr.RUN_STYLE)).isEqualTo(Attr.RunStyle.SYNC);
        assertThat(Scannable.from(SequencedFlux.merge(SPEC, source, source)).scan(Attr.PARENT))
                .isNull();
    }
}
