package io.swarmflux.directory.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.directory.Announcement;
import io.swarmflux.directory.DirectoryEvent;
import io.swarmflux.directory.DirectoryException;
import io.swarmflux.directory.DirectoryLimits;
import io.swarmflux.directory.LeaseEvent;
import io.swarmflux.directory.PeerRecord;
import io.swarmflux.directory.http.DirectoryServer;
import io.swarmflux.directory.http.HttpDirectory;
import io.swarmflux.directory.http.RunningDirectory;
import io.swarmflux.segment.StreamId;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.Disposables;

/** Redis goes away, stands still and is emptied, with a server and peers that work on. */
@Timeout(60)
class RedisOutageTest {
    private static final StreamId NEWS = StreamId.of("news");
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration LEASE = Duration.ofMillis(1_500);
    private static final PeerRecord PEER = PeerRecord.of(NEWS, "p1", 1, "192.0.2.1:9000");

    private final RedisServer redis = RedisServer.start();
    private final Disposable.Composite open = Disposables.composite();
    private final BlockingQueue<DirectoryEvent> events = new LinkedTransferQueue<>();
    private final BlockingQueue<LeaseEvent> leases = new LinkedTransferQueue<>();
    private HttpDirectory client = HttpDirectory.of("http://127.0.0.1:1");

    @BeforeEach
    void start() {
        RedisDirectory store = RedisDirectory.open(
                redis.url(), DirectoryLimits.defaults().leases(Duration.ofMillis(100), Duration.ofSeconds(60)));
        open.add(store);
        RunningDirectory server = Objects.requireNonNull(
                DirectoryServer.create().store(store).bind("127.0.0.1", 0).block(SOON));
        open.add(server);
        client = HttpDirectory.of(server.url());
        open.add(client.watch(NEWS).subscribe(events::add));
        open.add(client.announce(Announcement.of(PEER).ttl(LEASE)).subscribe(leases::add));
        awaitPeer();
    }

    @AfterEach
    void end() {
        open.dispose();
        redis.close();
    }

    private static <T> T await(BlockingQueue<T> queue, Predicate<? super T> wanted) {
        try {
            while (true) {
                T next = queue.poll(SOON.toMillis(), TimeUnit.MILLISECONDS);
                assertThat(next).isNotNull();
                if (wanted.test(next)) {
                    return next;
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Until the watch tells that the peer is there. */
    private void awaitPeer() {
        await(
                events,
                event -> (event instanceof DirectoryEvent.Joined)
                        || (event instanceof DirectoryEvent.Snapshot all
                                && !all.peers().isEmpty()));
    }

    private static void follow(Set<String> known, DirectoryEvent event) {
        if (event instanceof DirectoryEvent.Snapshot all) {
            known.clear();
            all.peers().forEach(peer -> known.add(peer.name()));
        } else if (event instanceof DirectoryEvent.Joined joined) {
            known.add(joined.peer().name());
        } else if (event instanceof DirectoryEvent.Left left) {
            known.remove(left.name());
        }
    }

    private void assertUnavailable() {
        assertThat(client.find(NEWS, 10)
                        .map(List::size)
                        .onErrorResume(DirectoryException.class, failure -> {
                            assertThat(failure.reason()).isEqualTo(DirectoryException.Reason.BUSY);
                            assertThat(failure).hasMessageContaining("HTTP 503").hasMessageContaining("ask again");
                            assertThat(failure.retryAfter()).isPositive();
                            return reactor.core.publisher.Mono.just(-1);
                        })
                        .block(SOON))
                .isEqualTo(-1);
    }

    @Test
    void leasesComeBackAfterARestartThatForgotEverything() {
        redis.kill();
        assertUnavailable();
        await(leases, event -> event instanceof LeaseEvent.Failing);
        await(events, event -> event instanceof DirectoryEvent.Broken);
        redis.again();
        await(
                leases,
                event -> event instanceof LeaseEvent.Held held && !held.lease().renewed());
        awaitPeer();
        assertThat(client.find(NEWS, 10).block(SOON)).hasSize(1);
    }

    @Test
    void standingStillIsAnOutageAndThenOver() {
        redis.command("CLIENT PAUSE 4000 ALL");
        assertUnavailable();
        await(leases, event -> event instanceof LeaseEvent.Failing);
        await(leases, event -> event instanceof LeaseEvent.Held);
        assertThat(client.find(NEWS, 10).block(SOON)).hasSize(1);
        // the watch hears of changes again
        client.register(PeerRecord.of(NEWS, "p2", 1, "192.0.2.2:9000"), LEASE).block(SOON);
        await(
                events,
                event -> (event instanceof DirectoryEvent.Joined joined
                                && joined.peer().name().equals("p2"))
                        || (event instanceof DirectoryEvent.Snapshot all
                                && all.peers().stream()
                                        .anyMatch(peer -> peer.name().equals("p2"))));
    }

    @Test
    void emptiedWhileRunningItIsFilledAgainByRenewals() {
        client.register(PeerRecord.of(NEWS, "gone", 1, "192.0.2.3:9000"), Duration.ofSeconds(60))
                .block(SOON);
        await(
                events,
                event -> event instanceof DirectoryEvent.Joined joined
                        && joined.peer().name().equals("gone"));
        redis.command("FLUSHALL");
        await(
                leases,
                event -> event instanceof LeaseEvent.Held held && !held.lease().renewed());
        // nobody renews that one, and nothing is logged of its loss
        Set<String> known = new HashSet<>(Set.of("p1", "gone"));
        await(events, event -> {
            follow(known, event);
            return known.equals(Set.of("p1"));
        });
        assertThat(client.find(NEWS, 10).block(SOON))
                .extracting(PeerRecord::name)
                .containsExactly("p1");
    }
}
