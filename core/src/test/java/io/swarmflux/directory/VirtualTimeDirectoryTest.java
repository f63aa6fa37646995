package io.swarmflux.directory;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.segment.StreamId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Leases and renewals without a clock: what happens at which second. */
class VirtualTimeDirectoryTest {
    private static final StreamId NEWS = StreamId.of("news");

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final Random random = new Random(1);
    private final InMemoryDirectory directory =
            InMemoryDirectory.create(time, DirectoryLimits.defaults(), random::nextDouble);

    @AfterEach
    void stop() {
        time.dispose();
        Schedulers.resetFactory();
    }

    private static PeerRecord peer(String name) {
        return PeerRecord.of(NEWS, name, 1, name + ":9000");
    }

    private Announcement announcement(String name) {
        return Announcement.of(peer(name)).on(time).jitter(random::nextDouble);
    }

    private List<PeerRecord> found() {
        List<PeerRecord> found = new ArrayList<>();
        directory.find(NEWS, 10).subscribe(found::addAll);
        return found;
    }

    @Test
    void aLeaseEndsInTheSecondInWhichItMust() {
        directory.register(peer("p1"), Duration.ofSeconds(10)).subscribe();
        time.advanceTimeBy(Duration.ofMillis(9_999));
        assertThat(found()).singleElement().satisfies(peer -> assertThat(peer.age())
                .isEqualTo(Duration.ofMillis(9_999)));
        time.advanceTimeBy(Duration.ofMillis(1));
        assertThat(found()).isEmpty();
    }

    @Test
    void renewsThreeTimesInALease() {
        List<LeaseEvent> events = new ArrayList<>();
        Disposable announced = directory.announce(announcement("p1")).subscribe(events::add);
        time.advanceTimeBy(Duration.ofSeconds(100));
        assertThat(events.size()).isBetween(31, 42);
        assertThat(found()).hasSize(1);
        announced.dispose();
        assertThat(found()).isEmpty();
    }

    @Test
    void aTightLeaseAfterALooseOneIsDueInTime() {
        List<DirectoryEvent> events = new ArrayList<>();
        directory.watch(NEWS).subscribe(events::add);
        directory.register(peer("p1"), Duration.ofSeconds(60)).subscribe();
        directory.register(peer("p1"), Duration.ofSeconds(2)).subscribe();
        time.advanceTimeBy(Duration.ofSeconds(2));
        assertThat(events).hasSize(3).last().isEqualTo(new DirectoryEvent.Left("p1", 1));
    }

    @Test
    void aFailingDirectoryIsTriedAgainWithinALease() {
        Faulty faulty = new Faulty(directory);
        List<LeaseEvent> events = new ArrayList<>();
        faulty.broken = true;
        faulty.announce(announcement("p1").ttl(Duration.ofSeconds(9))).subscribe(events::add);
        time.advanceTimeBy(Duration.ofMinutes(5));
        int failures = events.size();
        assertThat(failures).isBetween(60, 220);
        assertThat(events).allMatch(event -> event instanceof LeaseEvent.Failing);
        faulty.broken = false;
        time.advanceTimeBy(Duration.ofMillis(4_501));
        assertThat(events.get(failures)).isInstanceOf(LeaseEvent.Held.class);
        assertThat(found()).hasSize(1);
    }

    @Test
    void aDirectoryThatHangsCostsARenewalAndNotTheLease() {
        Faulty faulty = new Faulty(directory);
        faulty.announce(announcement("p1").ttl(Duration.ofSeconds(9))).subscribe();
        faulty.hanging = true;
        time.advanceTimeBy(Duration.ofSeconds(3));
        faulty.hanging = false;
        for (int i = 0; i < 60; i++) {
            time.advanceTimeBy(Duration.ofMillis(100));
            assertThat(found()).hasSize(1);
        }
    }

    @Test
    void aSlowWatcherIsToldAllAgainInsteadOfEveryChange() {
        List<DirectoryEvent> events = new ArrayList<>();
        BaseSubscriber<DirectoryEvent> slow = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(org.reactivestreams.Subscription subscription) {
                subscription.request(1);
            }

            @Override
            protected void hookOnNext(DirectoryEvent event) {
                events.add(event);
            }
        };
        directory.watch(NEWS).subscribe(slow);
        Flux.range(0, 1_000)
                .concatMap(i -> directory.register(peer("p" + i % 300), Duration.ofSeconds(60)))
                .concatWith(Mono.empty())
                .subscribe();
        assertThat(events).hasSize(1);
        slow.requestUnbounded();
        assertThat(events).hasSize(2);
        assertThat(events.get(1)).isInstanceOfSatisfying(DirectoryEvent.Snapshot.class, all -> assertThat(all.peers())
                .hasSize(300));
        slow.cancel();
    }

    /** Does what it is told to. */
    static final class Faulty implements LeaseDirectory {
        private final LeaseDirectory behind;
        boolean broken;
        boolean hanging;
        int finds;

        Faulty(LeaseDirectory behind) {
            this.behind = behind;
        }

        private <T> Mono<T> through(Mono<T> step) {
            return Mono.defer(() ->
                    broken ? Mono.error(new IllegalStateException("out of order")) : hanging ? Mono.never() : step);
        }

        @Override
        public String name() {
            return "faulty";
        }

        @Override
        public Mono<Lease> register(PeerRecord peer, Duration ttl) {
            return through(behind.register(peer, ttl));
        }

        @Override
        public Mono<Void> withdraw(PeerRecord peer) {
            return through(behind.withdraw(peer));
        }

        @Override
        public Mono<List<PeerRecord>> find(StreamId stream, int limit) {
            finds++;
            return through(behind.find(stream, limit));
        }

        @Override
        public Flux<DirectoryEvent> watch(StreamId stream) {
            return through(Mono.just(true)).flatMapMany(yes -> behind.watch(stream));
        }
    }
}
