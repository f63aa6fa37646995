package io.swarmflux.flux;

import static io.swarmflux.flux.DiscardingHub.upTo;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

class FrontRowTest {
    private static final ReaderSpec WAITING =
            ReaderSpec.defaults().joinAt(Join.oldest()).onLag(LagPolicy.waiting());

    private final DiscardingHub hubs = new DiscardingHub();
    private final List<Long> discarded = hubs.discarded;
    private final MergeSpec<Long> spec =
            MergeSpec.of(Numbering.of(Long::longValue)).window(16);
    private final StreamHub<Long> hub = hubs.hub(spec);
    private final Intake<Long> intake = hub.intake("a");

    private void offer(long from, long until) {
        DiscardingHub.offer(intake, from, until);
    }

    @Test
    void whoHasNoDemandLeavesAndCatchesUp() {
        Listener one = new Listener(3);
        Listener other = new Listener(Long.MAX_VALUE);
        hub.flux(WAITING).subscribe(one);
        hub.flux(WAITING).subscribe(other);
        offer(0, 10);
        assertThat(one.got).isEqualTo(upTo(3));
        assertThat(other.got).isEqualTo(upTo(10));
        one.request(8);
        assertThat(one.got).isEqualTo(upTo(10));
        offer(10, 12);
        assertThat(one.got).isEqualTo(upTo(11));
        assertThat(other.got).isEqualTo(upTo(12));
    }

    @Test
    void whoHoldsTheWindowHoldsItAfterItHasLeft() {
        Listener one = new Listener(3);
        Listener other = new Listener(Long.MAX_VALUE);
        hub.flux(WAITING).subscribe(one);
        hub.flux(WAITING).subscribe(other);
        offer(0, 30);
        assertThat(hub.oldest()).isEqualTo(3);
        assertThat(hub.heldFrom()).isEqualTo(3);
        assertThat(other.got).isEqualTo(upTo(19));
    }

    @Test
    void whoCancelsInTheMiddleIsGivenNothingMoreAndTheOthersAre() {
        Listener one = new Listener(Long.MAX_VALUE) {
            @Override
            protected void hookOnNext(Long element) {
                super.hookOnNext(element);
                if (element == 4) {
                    cancel();
                }
            }
        };
        Listener other = new Listener(Long.MAX_VALUE);
        hub.flux(WAITING).subscribe(one);
        hub.flux(WAITING).subscribe(other);
        offer(0, 10);
        assertThat(one.got).isEqualTo(upTo(5));
        assertThat(other.got).isEqualTo(upTo(10));
        assertThat(hub.readers()).hasSize(1);
    }

    @Test
    void aGapIsToldToEveryoneAndTheRowGoesOn() {
        Listener one = new Listener(Long.MAX_VALUE);
        hub.flux(WAITING).subscribe(one);
        offer(0, 4);
        offer(5, 8);
        assertThat(one.got).isEqualTo(upTo(4));
        intake.gone(0, 4, 5);
        assertThat(one.got).containsExactly(0L, 1L, 2L, 3L, 5L, 6L, 7L);
        offer(8, 10);
        assertThat(one.got).endsWith(8L, 9L);
    }

    @Test
    void eachElementIsCountedOnceAndForEachReader() {
        hub.flux(WAITING.named("one")).subscribe(new Listener(Long.MAX_VALUE));
        hub.flux(WAITING.named("other")).subscribe(new Listener(Long.MAX_VALUE));
        offer(0, 40);
        assertThat(hub.delivered()).isEqualTo(40);
        assertThat(hub.unread()).isZero();
        assertThat(hub.readers()).hasSize(2).allSatisfy(reader -> {
            assertThat(reader.received()).isEqualTo(40);
            assertThat(reader.lag()).isZero();
        });
        hub.dispose();
        assertThat(discarded).isEmpty();
    }

    @Test
    void thereIsRoomForAllAgainWhenTheRowHasReadEverything() {
        StreamHub<Long> bounded = hubs.hub(spec.windowBytes(10, 2));
        List<Long> rooms = new ArrayList<>();
        Listener one = new Listener(Long.MAX_VALUE);
        bounded.flux(WAITING).subscribe(one);
        Intake<Long> pushing = bounded.intake("a");
        bounded.onProgress(() -> {
            StreamHub.View view = bounded.view();
            rooms.add(view == null ? -1 : view.roomBytes());
        });
        rooms.clear();
        for (long n = 0; n < 20; n++) {
            pushing.offer(n);
        }
        assertThat(one.got).isEqualTo(upTo(20));
        assertThat(rooms).hasSizeGreaterThanOrEqualTo(20).containsOnly(8L);
        assertThat(bounded.view()).satisfies(view -> assertThat(view.bytes()).isEqualTo(8));
    }

    @Test
    void whatIsRepeatedIsCountedDiscardedAndPaidFor() {
        StreamHub<Long> small = hubs.hub(spec.taking(4, 2));
        small.flux(WAITING).subscribe(new Listener(Long.MAX_VALUE));
        Intake<Long> first = small.intake("first");
        Subscribed<Long> second = small.subscriber("second", true);
        long[] credit = {0};
        second.onSubscribe(new Subscription() {
            @Override
            public void request(long n) {
                credit[0] += n;
            }

            @Override
            public void cancel() {
                credit[0] = -1;
            }
        });
        for (long n = 0; n < 100; n++) {
            first.offer(n);
            assertThat(credit[0]).isPositive();
            credit[0]--;
            second.onNext(n);
        }
        assertThat(second.stats()).isEqualTo(new Upstream.Stats(0, 100, 0, 0, 0, 100));
        assertThat(discarded).isEqualTo(upTo(100));
        second.dispose();
        assertThat(small.view())
                .satisfies(view -> assertThat(view.received()).isEqualTo(new Upstream.Stats(100, 100, 0, 0, 0, 200)));
    }

    /** Asks for some in the beginning. */
    private static class Listener extends BaseSubscriber<Long> {
        final List<Long> got = new ArrayList<>();
        private final long demand;

        Listener(long demand) {
            this.demand = demand;
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            subscription.request(demand);
        }

        @Override
        protected void hookOnNext(Long element) {
            got.add(element);
        }
    }
}
