package io.swarmflux.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.directory.Announcement;
import io.swarmflux.directory.Directory;
import io.swarmflux.directory.DirectoryEvent;
import io.swarmflux.directory.DirectoryException;
import io.swarmflux.directory.DirectoryLimits;
import io.swarmflux.directory.Lease;
import io.swarmflux.directory.LeaseDirectory;
import io.swarmflux.directory.LeaseEvent;
import io.swarmflux.directory.PeerRecord;
import io.swarmflux.segment.StreamId;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** What every {@link Directory} keeps to, in real time. A new one adds a class of a few lines and no new cases. */
@Timeout(30)
public abstract class DirectoryContract {
    private static final Duration SOON = Duration.ofSeconds(15);
    private static final Duration LONG = Duration.ofSeconds(30);
    /** Kept alive by renewals, each third of it; long enough for a busy machine. */
    private static final Duration KEPT = Duration.ofMillis(2_400);

    private static final Duration SHORT = Duration.ofMillis(300);

    /** Of its own for each test: directories may share what is behind them. */
    private final StreamId news =
            StreamId.of("news-" + UUID.randomUUID().toString().substring(0, 8));

    private Directory directory;
    private LeaseDirectory leases;

    /** A directory that keeps to these limits, with room for leases from 100 ms. */
    protected abstract Directory directory(DirectoryLimits limits);

    /** Where single leases are registered that the directory then knows. */
    protected LeaseDirectory leases(Directory tested) {
        return (LeaseDirectory) tested;
    }

    @BeforeEach
    void start() {
        use(DirectoryLimits.defaults().leases(Duration.ofMillis(100), Duration.ofSeconds(60)));
    }

    private void use(DirectoryLimits limits) {
        directory = directory(limits);
        leases = leases(directory);
    }

    private PeerRecord peer(String name, long incarnation) {
        return PeerRecord.of(news, name, incarnation, "192.0.2.1:9000", "[2001:db8::1]:9000");
    }

    private Lease register(PeerRecord peer, Duration ttl) {
        Lease lease = leases.register(peer, ttl).block(SOON);
        assertThat(lease).isNotNull();
        return lease;
    }

    private List<PeerRecord> find(int limit) {
        List<PeerRecord> found = directory.find(news, limit).block(SOON);
        assertThat(found).isNotNull();
        return found.stream().map(peer -> peer.withAge(Duration.ZERO)).toList();
    }

    private List<String> names() {
        return find(100).stream().map(PeerRecord::name).toList();
    }

    private static Predicate<DirectoryEvent> joined(String name, long incarnation) {
        return event -> event instanceof DirectoryEvent.Joined joined
                && joined.peer().name().equals(name)
                && joined.peer().incarnation() == incarnation;
    }

    private static Predicate<DirectoryEvent> left(String name, long incarnation) {
        return event -> event.equals(new DirectoryEvent.Left(name, incarnation));
    }

    private static Predicate<DirectoryEvent> snapshot(String... names) {
        return event -> event instanceof DirectoryEvent.Snapshot all
                && all.peers().stream().map(PeerRecord::name).sorted().toList().equals(List.of(names));
    }

    private static boolean is(Throwable failure, DirectoryException.Reason reason) {
        return failure instanceof DirectoryException why && why.reason() == reason;
    }

    @Test
    void findsWhatWasAnnounced() {
        PeerRecord peer = peer("p1", 7).withFreePlaces(3).withUpload(20_000_000).withIsland("site-é");
        Announcement announcement = Announcement.of(peer).ttl(LONG);
        StepVerifier.create(directory.announce(announcement))
                .assertNext(event -> assertThat(event).isInstanceOf(LeaseEvent.Held.class))
                .then(() -> assertThat(find(10)).containsExactly(peer))
                .thenCancel()
                .verify(SOON);
    }

    @Test
    void knowsNobodyWhereNobodyIs() {
        assertThat(find(10)).isEmpty();
    }

    @Test
    void keepsTheLeaseAsLongAsItIsAnnounced() {
        Announcement announcement = Announcement.of(peer("p1", 1)).ttl(KEPT);
        Flux<LeaseEvent> renewals = directory
                .announce(announcement)
                .filter(event ->
                        event instanceof LeaseEvent.Held held && held.lease().renewed());
        StepVerifier.create(renewals)
                .expectNextCount(4)
                .then(() -> assertThat(names()).containsExactly("p1"))
                .thenCancel()
                .verify(SOON);
    }

    @Test
    void tellsWhatHasChangedSinceTheLastRenewal() {
        AtomicReference<PeerRecord> said = new AtomicReference<>(peer("p1", 1).withFreePlaces(4));
        Announcement announcement = Announcement.of(said::get).ttl(KEPT);
        Disposable.Swap announced = Disposables.swap();
        StepVerifier.create(directory.watch(news))
                .expectNextMatches(snapshot())
                .then(() -> announced.update(directory.announce(announcement).subscribe()))
                .expectNextMatches(joined("p1", 1))
                .then(() -> said.set(peer("p1", 1).withFreePlaces(3)))
                .expectNextMatches(event -> event instanceof DirectoryEvent.Updated updated
                        && updated.peer().freePlaces() == 3)
                .thenCancel()
                .verify(SOON);
        announced.dispose();
    }

    @Test
    void hasWithdrawnWhenTheAnnouncementIsOver() {
        Sinks.Empty<Void> end = Sinks.empty();
        Announcement announcement = Announcement.of(peer("p1", 1)).ttl(LONG).until(end.asMono());
        StepVerifier.create(directory.announce(announcement))
                .expectNextCount(1)
                .then(() -> assertThat(names()).containsExactly("p1"))
                .then(end::tryEmitEmpty)
                .expectComplete()
                .verify(SOON);
        assertThat(names()).isEmpty();
    }

    @Test
    void withdrawsWhenTheAnnouncementIsCancelled() {
        register(peer("p2", 1), LONG);
        StepVerifier.create(directory.watch(news))
                .expectNextMatches(snapshot("p2"))
                .then(() -> directory
                        .announce(Announcement.of(peer("p1", 1)).ttl(LONG))
                        .blockFirst(SOON))
                .expectNextMatches(joined("p1", 1))
                .expectNextMatches(left("p1", 1))
                .thenCancel()
                .verify(SOON);
    }

    @Test
    void forgetsWhoDoesNotRenew() {
        StepVerifier.create(directory.watch(news))
                .expectNextMatches(snapshot())
                .then(() -> register(peer("p1", 1), SHORT))
                .expectNextMatches(joined("p1", 1))
                .expectNextMatches(left("p1", 1))
                .thenCancel()
                .verify(SOON);
        assertThat(names()).isEmpty();
        assertThat(register(peer("p1", 1), LONG).renewed()).isFalse();
        assertThat(names()).containsExactly("p1");
    }

    @Test
    void neverReplacesANewerIncarnationByAnOlderOne() {
        register(peer("p1", 2), LONG);
        StepVerifier.create(leases.register(peer("p1", 1), LONG))
                .expectErrorMatches(failure -> is(failure, DirectoryException.Reason.STALE))
                .verify(SOON);
        leases.withdraw(peer("p1", 1)).block(SOON);
        assertThat(find(10)).containsExactly(peer("p1", 2));
        assertThat(register(peer("p1", 2), LONG).renewed()).isTrue();
    }

    @Test
    void refusesAnOlderIncarnationAfterTheNewerOneHasLeft() {
        register(peer("p1", 2), LONG);
        leases.withdraw(peer("p1", 2)).block(SOON);
        StepVerifier.create(leases.register(peer("p1", 1), LONG))
                .expectErrorMatches(failure -> is(failure, DirectoryException.Reason.STALE))
                .verify(SOON);
        assertThat(names()).isEmpty();
    }

    @Test
    void anAnnouncementEndsWhenSomebodyNewerHasItsName() {
        register(peer("p1", 2), LONG);
        StepVerifier.create(directory.announce(Announcement.of(peer("p1", 1)).ttl(LONG)))
                .thenConsumeWhile(event -> event instanceof LeaseEvent.Refused)
                .expectErrorMatches(failure -> is(failure, DirectoryException.Reason.STALE))
                .verify(SOON);
    }

    @Test
    void replacesAnOlderIncarnation() {
        register(peer("p1", 1), LONG);
        StepVerifier.create(directory.watch(news))
                .expectNextMatches(snapshot("p1"))
                .then(() -> register(peer("p1", 2), LONG))
                .expectNextMatches(joined("p1", 2))
                .then(() -> leases.withdraw(peer("p1", 1)).block(SOON))
                .then(() -> leases.withdraw(peer("p1", 2)).block(SOON))
                .expectNextMatches(left("p1", 2))
                .thenCancel()
                .verify(SOON);
    }

    @Test
    void findsNoMoreThanAreWantedAndThoseWithoutPlacesLast() {
        for (int i = 0; i < 12; i++) {
            register(peer("p" + i, 1).withFreePlaces(i < 6 ? 0 : 1), LONG);
        }
        assertThat(find(5)).hasSize(5).doesNotHaveDuplicates();
        List<PeerRecord> all = find(100);
        assertThat(all).hasSize(12);
        assertThat(all.subList(0, 6)).allMatch(peer -> peer.freePlaces() == 1);
    }

    @Test
    void watchersAreToldApart() {
        register(peer("p1", 1), LONG);
        StepVerifier.create(directory.watch(StreamId.of(news + "-2")))
                .expectNextMatches(snapshot())
                .then(() -> register(peer("p2", 1), LONG))
                .then(() -> register(PeerRecord.of(StreamId.of(news + "-2"), "q1", 1, "q:1"), LONG))
                .expectNextMatches(joined("q1", 1))
                .thenCancel()
                .verify(SOON);
    }

    @Test
    void takesNoMoreThanItsLimits() {
        use(DirectoryLimits.defaults().leases(Duration.ofMillis(100), LONG).keeping(1_000, 2, 1_000));
        register(peer("p1", 1), LONG);
        register(peer("p2", 1), LONG);
        StepVerifier.create(leases.register(peer("p3", 1), LONG))
                .expectErrorMatches(failure -> is(failure, DirectoryException.Reason.BUSY))
                .verify(SOON);
        assertThat(register(peer("p1", 1), LONG).renewed()).isTrue();
        leases.withdraw(peer("p2", 1)).block(SOON);
        register(peer("p3", 1), LONG);
        assertThat(names()).containsExactlyInAnyOrder("p1", "p3");
    }
}
