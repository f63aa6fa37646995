package io.swarmflux.directory;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Who is announced, and how. Immutable: each step returns a new value. */
public final class Announcement {
    private static final Duration TTL = Duration.ofSeconds(10);

    private final Supplier<PeerRecord> peer;
    private final Duration ttl;
    private final Scheduler scheduler;
    private final DoubleSupplier dice;
    private final Publisher<?> end;

    private Announcement(
            Supplier<PeerRecord> peer, Duration ttl, Scheduler scheduler, DoubleSupplier dice, Publisher<?> end) {
        this.peer = peer;
        this.ttl = ttl;
        this.scheduler = scheduler;
        this.dice = dice;
        this.end = end;
    }

    /**
     * Announces a peer that may change.
     *
     * @param peer asked again at each renewal; stream, name and incarnation stay the same
     * @return for {@link Directory#announce}
     */
    public static Announcement of(Supplier<PeerRecord> peer) {
        return new Announcement(
                peer,
                TTL,
                Schedulers.parallel(),
                () -> ThreadLocalRandom.current().nextDouble(),
                Mono.never());
    }

    /**
     * Announces a peer that does not change.
     *
     * @param peer what it says of itself
     * @return for {@link Directory#announce}
     */
    public static Announcement of(PeerRecord peer) {
        return of(() -> peer);
    }

    /**
     * Sets how long the peer is known after it is gone without a word.
     *
     * @param time the lease; default 10 s, at least 100 ms. Shorter means more renewals: three in that time
     * @return the same otherwise
     */
    public Announcement ttl(Duration time) {
        if (time.toMillis() < 100) {
            throw new IllegalArgumentException("ttl is at least 100 ms, was " + time);
        }
        return new Announcement(peer, time, scheduler, dice, end);
    }

    /**
     * Sets what all waits go through.
     *
     * @param other default {@link Schedulers#parallel()}
     * @return the same otherwise
     */
    public Announcement on(Scheduler other) {
        return new Announcement(peer, ttl, other, dice, end);
    }

    /**
     * Sets where jitter comes from.
     *
     * @param numbers from 0 to 1; default the thread's own random numbers
     * @return the same otherwise
     */
    public Announcement jitter(DoubleSupplier numbers) {
        return new Announcement(peer, ttl, scheduler, numbers, end);
    }

    /**
     * Sets when to leave: the announcement is withdrawn, and then completes. Cancelling it withdraws too, but nobody learns
     * when that is done.
     *
     * @param signal whose first element or end says so; default never
     * @return the same otherwise
     */
    public Announcement until(Publisher<?> signal) {
        return new Announcement(peer, ttl, scheduler, dice, signal);
    }

    PeerRecord now() {
        return peer.get();
    }

    Duration ttl() {
        return ttl;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    DoubleSupplier dice() {
        return dice;
    }

    Publisher<?> end() {
        return end;
    }
}
