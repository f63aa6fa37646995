package io.swarmflux.directory;

import io.swarmflux.segment.StreamId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.scheduler.Scheduler;

/**
 * Tells the watchers of each stream what changes: for those who write a directory.
 *
 * <p>Everything happens on one strand, a {@link Scheduler.Worker}; whoever tells calls from there. A watcher that does not
 * keep up has at most 256 changes waiting. With one more they are dropped, and it is told all that are known as soon as it
 * asks again; so a slow one costs neither memory nor anybody's time.
 */
public final class Watchers {
    private static final int MAX_WAITING = 256;

    private final Scheduler.Worker strand;
    private final Function<StreamId, @Nullable List<PeerRecord>> known;
    private final Map<StreamId, Set<Watcher>> byStream = new HashMap<>();

    /**
     * Nobody watches yet.
     *
     * @param strand where everything happens
     * @param known called on the strand: all peers of a stream, or null while that is not known. Then {@link #renew} follows
     */
    public Watchers(Scheduler.Worker strand, Function<StreamId, @Nullable List<PeerRecord>> known) {
        this.strand = strand;
        this.known = known;
    }

    /**
     * Watches a stream.
     *
     * @param stream which
     * @return all that are known first, then what changes; on the strand
     */
    public Flux<DirectoryEvent> watch(StreamId stream) {
        return Flux.create(sink -> {
            Watcher watcher = new Watcher(stream, sink);
            execute(watcher::start);
            sink.onRequest(more -> execute(watcher::drain));
            sink.onDispose(() -> execute(watcher::stop));
        });
    }

    private void execute(Runnable task) {
        try {
            strand.schedule(task);
        } catch (RejectedExecutionException closed) {
            // the directory is closed, and nobody is told anything any more
        }
    }

    /**
     * Something has changed.
     *
     * @param stream where
     * @param event what
     */
    public void tell(StreamId stream, DirectoryEvent event) {
        List.copyOf(byStream.getOrDefault(stream, Set.of())).forEach(watcher -> watcher.offer(event));
    }

    /**
     * All that are known are told again.
     *
     * @param stream of which
     */
    public void renew(StreamId stream) {
        List.copyOf(byStream.getOrDefault(stream, Set.of())).forEach(Watcher::renew);
    }

    /**
     * Which streams somebody watches.
     *
     * @return a copy
     */
    public Set<StreamId> streams() {
        return Set.copyOf(byStream.keySet());
    }

    /** One subscriber. On the strand. */
    private final class Watcher {
        private final StreamId stream;
        private final FluxSink<DirectoryEvent> sink;
        private final Deque<DirectoryEvent> waiting = new ArrayDeque<>();
        private boolean allDue = true;
        private boolean draining;

        Watcher(StreamId stream, FluxSink<DirectoryEvent> sink) {
            this.stream = stream;
            this.sink = sink;
        }

        void start() {
            if (!sink.isCancelled()) {
                byStream.computeIfAbsent(stream, none -> new LinkedHashSet<>()).add(this);
                drain();
            }
        }

        void stop() {
            waiting.clear();
            Set<Watcher> others = byStream.get(stream);
            if (others != null && others.remove(this) && others.isEmpty()) {
                byStream.remove(stream);
            }
        }

        void renew() {
            waiting.clear();
            allDue = true;
            drain();
        }

        void offer(DirectoryEvent event) {
            if (event instanceof DirectoryEvent.Broken || !allDue) {
                waiting.add(event);
            }
            if (waiting.size() > MAX_WAITING) {
                waiting.clear();
                allDue = true;
            }
            drain();
        }

        void drain() {
            if (draining) {
                return;
            }
            draining = true;
            while (sink.requestedFromDownstream() > 0 && !sink.isCancelled()) {
                DirectoryEvent next = next();
                if (next == null) {
                    break;
                }
                sink.next(next);
            }
            draining = false;
        }

        private @Nullable DirectoryEvent next() {
            DirectoryEvent next = waiting.poll();
            if (next != null || !allDue) {
                return next;
            }
            List<PeerRecord> all = known.apply(stream);
            if (all == null) {
                return null;
            }
            allDue = false;
            return new DirectoryEvent.Snapshot(all);
        }
    }
}
