package io.swarmflux.directory;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** One announcement at one directory, step by step. */
final class KeptLease {
    private static final Duration LONGEST_STEP = Duration.ofSeconds(5);

    private final LeaseDirectory directory;
    private final Announcement announcement;
    private final BackOff backOff;
    private @Nullable PeerRecord registered;
    private Duration wait = Duration.ZERO;

    private KeptLease(LeaseDirectory directory, Announcement announcement) {
        this.directory = directory;
        this.announcement = announcement;
        this.backOff = new BackOff(announcement.dice());
    }

    static Flux<LeaseEvent> of(LeaseDirectory directory, Announcement announcement) {
        return Flux.usingWhen(
                        Mono.fromSupplier(() -> new KeptLease(directory, announcement)),
                        KeptLease::events,
                        KeptLease::leave,
                        (kept, failure) -> Mono.empty(),
                        KeptLease::leave)
                // renewals must not wait for somebody to ask what became of them
                .onBackpressureLatest();
    }

    private Flux<LeaseEvent> events() {
        Mono<LeaseEvent> pause =
                Mono.defer(() -> Mono.delay(wait, announcement.scheduler())).then(Mono.<LeaseEvent>empty());
        return Mono.defer(this::step)
                .concatWith(pause)
                .repeat()
                .takeUntilOther(Flux.from(announcement.end()).next().then(Mono.just(true)));
    }

    private Mono<LeaseEvent> step() {
        PeerRecord peer = announcement.now();
        registered = peer;
        return directory
                .register(peer, announcement.ttl())
                .timeout(stepTime(), announcement.scheduler())
                .map(this::held)
                .onErrorResume(failure -> failed(DirectoryException.of(directory.name(), failure)));
    }

    /** A third of the lease, so that a directory that hangs once costs one renewal and not the lease. */
    private Duration stepTime() {
        Duration third = announcement.ttl().dividedBy(3);
        return third.compareTo(LONGEST_STEP) < 0 ? third : LONGEST_STEP;
    }

    private LeaseEvent held(Lease lease) {
        backOff.succeeded();
        long thirdNs = lease.ttl().toNanos() / 3;
        wait = Duration.ofNanos((long) (thirdNs * (0.75 + announcement.dice().getAsDouble() / 4)));
        return new LeaseEvent.Held(directory.name(), lease);
    }

    private Mono<LeaseEvent> failed(DirectoryException why) {
        if (why.isLasting()) {
            return Mono.error(why);
        }
        Duration asked = why.retryAfter();
        wait = backOff.failed(
                announcement.ttl().dividedBy(3), asked.compareTo(announcement.ttl()) < 0 ? asked : announcement.ttl());
        return Mono.just(new LeaseEvent.Failing(directory.name(), why, wait));
    }

    /** A directory that cannot be told forgets by itself. */
    private Mono<Void> leave() {
        PeerRecord peer = registered;
        return peer == null
                ? Mono.empty()
                : directory
                        .withdraw(peer)
                        .timeout(stepTime(), announcement.scheduler())
                        .onErrorComplete();
    }
}
