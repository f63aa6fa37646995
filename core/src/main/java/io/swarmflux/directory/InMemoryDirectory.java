package io.swarmflux.directory;

import io.swarmflux.segment.StreamId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** A directory in this process, for one application, for tests, and behind a server. Everything happens on one worker of its scheduler. */
public final class InMemoryDirectory implements LeaseDirectory {
    private static final String NAME = "memory";

    private final Scheduler.Worker strand;
    private final LongSupplier nowNs;
    private final LeaseTable table;
    private final Watchers watchers;
    private @Nullable Disposable expiry;
    private long expiryAtNs;
    private volatile int size;
    private volatile int streams;

    private InMemoryDirectory(Scheduler scheduler, LongSupplier nowNs, DirectoryLimits limits, DoubleSupplier dice) {
        this.strand = scheduler.createWorker();
        this.nowNs = nowNs;
        this.watchers = new Watchers(strand, stream -> known(stream));
        this.table = new LeaseTable(NAME, limits, dice, (stream, event) -> watchers.tell(stream, event));
    }

    /**
     * A directory with the default limits, on {@link Schedulers#parallel()}.
     *
     * @return empty
     */
    public static InMemoryDirectory create() {
        return create(DirectoryLimits.defaults());
    }

    /**
     * A directory with limits, on {@link Schedulers#parallel()}.
     *
     * @param limits how much it keeps
     * @return empty
     */
    public static InMemoryDirectory create(DirectoryLimits limits) {
        return new InMemoryDirectory(Schedulers.parallel(), System::nanoTime, limits, () -> ThreadLocalRandom.current()
                .nextDouble());
    }

    /**
     * A directory whose time and chance are the caller's, for tests and simulations.
     *
     * @param scheduler its only source of time, and where everything happens
     * @param limits how much it keeps
     * @param dice numbers from 0 to 1, which decide who is found
     * @return empty
     */
    public static InMemoryDirectory create(Scheduler scheduler, DirectoryLimits limits, DoubleSupplier dice) {
        return new InMemoryDirectory(scheduler, () -> scheduler.now(TimeUnit.NANOSECONDS), limits, dice);
    }

    @Override
    public String name() {
        return NAME;
    }

    /**
     * How many leases there are.
     *
     * @return as of the last change
     */
    public int size() {
        return size;
    }

    /**
     * How many streams have a peer.
     *
     * @return as of the last change
     */
    public int streams() {
        return streams;
    }

    @Override
    public Mono<Lease> register(PeerRecord peer, Duration ttl) {
        return onStrand(() -> table.register(peer, ttl, nowNs.getAsLong()));
    }

    @Override
    public Mono<Void> withdraw(PeerRecord peer) {
        return onStrand(() -> {
                    table.withdraw(peer, nowNs.getAsLong());
                    return true;
                })
                .then();
    }

    @Override
    public Mono<List<PeerRecord>> find(StreamId stream, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be positive, was " + limit);
        }
        return onStrand(() -> table.find(stream, limit, nowNs.getAsLong()));
    }

    @Override
    public Flux<DirectoryEvent> watch(StreamId stream) {
        return watchers.watch(stream);
    }

    private List<PeerRecord> known(StreamId stream) {
        return table.all(stream, nowNs.getAsLong());
    }

    private <T> Mono<T> onStrand(Callable<T> step) {
        return Mono.create(sink -> {
            Disposable task = strand.schedule(() -> {
                T answer;
                try {
                    answer = step.call();
                } catch (Exception refused) {
                    sink.error(refused);
                    return;
                } finally {
                    changed();
                }
                sink.success(answer);
            });
            sink.onCancel(task);
        });
    }

    private void changed() {
        size = table.size();
        streams = table.streams();
        long now = nowNs.getAsLong();
        long waitNs = table.waitNs(now);
        if (waitNs < 0 || (expiry != null && now + waitNs - expiryAtNs >= 0)) {
            return;
        }
        if (expiry != null) {
            expiry.dispose();
        }
        // at most a thousand times a second, however close the deadlines are
        long pauseNs = Math.max(waitNs, 1_000_000);
        expiryAtNs = now + pauseNs;
        expiry = strand.schedule(this::expire, pauseNs, TimeUnit.NANOSECONDS);
    }

    private void expire() {
        expiry = null;
        table.expire(nowNs.getAsLong());
        changed();
    }
}
