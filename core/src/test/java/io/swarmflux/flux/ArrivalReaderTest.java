package io.swarmflux.flux;

import static io.swarmflux.flux.DiscardingHub.offer;
import static io.swarmflux.flux.DiscardingHub.upTo;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ArrivalReaderTest {
    private static final ReaderSpec WAITING =
            ReaderSpec.defaults().joinAt(Join.oldest()).onLag(LagPolicy.waiting());

    private final DiscardingHub hubs = new DiscardingHub();
    private final List<Long> discarded = hubs.discarded;
    private final List<Long> read = new ArrayList<>();
    private final StreamHub<Long> hub =
            hubs.hub(MergeSpec.of(Numbering.of(Long::longValue)).window(16));
    private final Intake<Long> intake = hub.intake("a");

    private static List<Long> pollAll(ArrivalReader<Long> reader) {
        List<Long> got = new ArrayList<>();
        for (Long next = poll(reader); next != null; next = poll(reader)) {
            got.add(next);
        }
        return got;
    }

    private static @Nullable Long poll(ArrivalReader<Long> reader) {
        return reader.poll(wanted -> true, Long.MAX_VALUE, Long.MAX_VALUE);
    }

    @Test
    void givesWhatComesWhileNobodyElseReads() {
        ArrivalReader<Long> reader = hub.arrivalReader(0);
        offer(intake, 0, 10);
        assertThat(pollAll(reader)).isEqualTo(upTo(10));
        assertThat(hub.delivered()).isEqualTo(10);
        assertThat(hub.unread()).isZero();
        assertThat(pollAll(reader)).isEmpty();
    }

    @Test
    void eachElementIsDeliveredOnceWhoeverGetsItFirst() {
        ArrivalReader<Long> one = hub.arrivalReader(0);
        ArrivalReader<Long> other = hub.arrivalReader(0);
        hub.flux(WAITING).subscribe(read::add);
        offer(intake, 0, 5);
        assertThat(read).isEqualTo(upTo(5));
        assertThat(pollAll(one)).isEqualTo(upTo(5));
        offer(intake, 5, 8);
        assertThat(pollAll(other)).isEqualTo(upTo(8));
        assertThat(hub.delivered()).isEqualTo(8);
    }

    @Test
    void whatNobodyHasReadIsDiscardedOnceAndTold() {
        ArrivalReader<Long> reader = hub.arrivalReader(0);
        offer(intake, 0, 20);
        assertThat(discarded).isEqualTo(upTo(4));
        assertThat(hub.unread()).isEqualTo(4);
        assertThat(poll(reader)).isEqualTo(4L);
        assertThat(reader.takeLost()).containsExactly(new Hole(0, 4));
    }

    @Test
    void holdsWhatItHasNotConfirmed() {
        ArrivalReader<Long> reader = hub.arrivalReader(0);
        reader.hold(0);
        hub.flux(WAITING).subscribe(read::add);
        offer(intake, 0, 20);
        assertThat(hub.oldest()).isZero();
        assertThat(read).isEqualTo(upTo(16)); // the rest found no place
        reader.hold(10);
        offer(intake, 16, 30);
        assertThat(read).isEqualTo(upTo(26));
        assertThat(pollAll(reader)).isEqualTo(upTo(26).subList(10, 26));
        reader.dispose();
        offer(intake, 26, 60);
        assertThat(read).isEqualTo(upTo(60));
    }

    @Test
    void whatItHoldsTakesRoomUntilItLetsGo() {
        StreamHub<Long> small =
                hubs.hub(MergeSpec.of(Numbering.of(Long::longValue).sized(element -> 10))
                        .window(16)
                        .windowBytes(110, 10));
        Intake<Long> into = small.intake("a");
        ArrivalReader<Long> reader = small.arrivalReader(0);
        reader.hold(0);
        offer(into, 0, 3);
        assertThat(view(small).roomBytes()).isEqualTo(70);
        reader.hold(2);
        assertThat(view(small).roomBytes()).isEqualTo(90);
        ArrivalReader<Long> holdsNothing = small.arrivalReader(0);
        reader.dispose();
        offer(into, 3, 8);
        assertThat(view(small).roomBytes()).isEqualTo(100);
        assertThat(pollAll(holdsNothing)).isEqualTo(upTo(8));
    }

    private static StreamHub.View view(StreamHub<Long> of) {
        return Objects.requireNonNull(of.view());
    }

    @Test
    void isToldOfEachElementByProgress() {
        ArrivalReader<Long> reader = hub.arrivalReader(0);
        hub.onProgress(() -> read.addAll(pollAll(reader)));
        offer(intake, 0, 100);
        assertThat(read).isEqualTo(upTo(100));
        assertThat(discarded).isEmpty();
    }

    @Test
    void isToldOfTheEndOfTheHubByProgress() {
        List<String> told = new ArrayList<>();
        hub.onProgress(() -> told.add(hub.isDisposed() ? "over" : "goes on"));
        told.clear();
        hub.dispose();
        assertThat(told).containsExactly("over");
    }

    @Test
    void getsEachOnceWhileAnotherThreadPushes() throws InterruptedException {
        for (int round = 0; round < 200; round++) {
            StreamHub<Long> fresh =
                    hubs.hub(MergeSpec.of(Numbering.of(Long::longValue)).window(64));
            ArrivalReader<Long> reader = fresh.arrivalReader(0);
            reader.hold(0);
            Intake<Long> into = fresh.intake("a");
            CountDownLatch pushed = new CountDownLatch(1);
            new Thread(() -> {
                        offer(into, 0, 64);
                        pushed.countDown();
                    })
                    .start();
            List<Long> got = new ArrayList<>();
            while (got.size() < 64) {
                got.addAll(pollAll(reader));
                reader.hold(got.size());
            }
            pushed.await();
            assertThat(got).isEqualTo(upTo(64));
            assertThat(fresh.delivered()).isEqualTo(64);
            fresh.dispose();
        }
    }
}
