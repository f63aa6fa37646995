package io.swarmflux.directory;

import io.swarmflux.segment.StreamId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** One of several directories: whether it may be asked now, and what it last said. Safe from any thread. */
final class Source {
    private static final Duration LONGEST_BACK_OFF = Duration.ofSeconds(30);
    private static final int MAX_STREAMS = 64;

    private final Directory directory;
    private final Scheduler scheduler;
    private final BackOff backOff;
    private final Predicate<String> believed;
    private volatile State state = new State(0, null, 0, Map.of());

    Source(Directory directory, Scheduler scheduler, DoubleSupplier dice, Predicate<String> believed) {
        this.believed = believed;
        this.directory = directory;
        this.scheduler = scheduler;
        this.backOff = new BackOff(dice);
    }

    /** What a directory said of a stream, and when. */
    private record Answer(List<PeerRecord> peers, long atMs) {}

    /** {@code late} counts the questions that are out for longer than patience lasts. */
    private record State(
            long retryAtMs, @Nullable DirectoryException failure, int late, Map<StreamId, Answer> answers) {}

    Directory directory() {
        return directory;
    }

    private long nowMs() {
        return scheduler.now(TimeUnit.MILLISECONDS);
    }

    @Nullable
    DirectoryException failure() {
        return state.failure;
    }

    /** Whether nothing forbids to ask it. */
    boolean mayBeAsked() {
        long waitMs = state.retryAtMs - nowMs();
        // longer than any back-off: the machine's clock was set back
        return waitMs <= 0 || waitMs > 2 * LONGEST_BACK_OFF.toMillis();
    }

    /** Whether it holds up who waits for it. */
    boolean isLate() {
        return state.late > 0;
    }

    private synchronized void update(UnaryOperator<State> change) {
        state = change.apply(state);
    }

    void late(int more) {
        update(s -> new State(s.retryAtMs, s.failure, s.late + more, s.answers));
    }

    /** Asks it; what it says is kept, and a failure is not passed on but empty. */
    Mono<List<PeerRecord>> find(StreamId stream, int limit, Duration timeout) {
        return Mono.defer(() -> directory.find(stream, limit))
                .timeout(timeout, scheduler)
                .map(peers -> believed(peers.size() > limit ? List.copyOf(peers.subList(0, limit)) : peers))
                .doOnNext(peers -> succeeded(stream, peers))
                .onErrorResume(failure -> {
                    failed(DirectoryException.of(directory.name(), failure));
                    return Mono.empty();
                });
    }

    /** What may be believed of an event: an address that may not is left out, and who has no other is not known. */
    DirectoryEvent believed(DirectoryEvent event) {
        if (event instanceof DirectoryEvent.Snapshot all) {
            return new DirectoryEvent.Snapshot(believed(all.peers()));
        } else if (event instanceof DirectoryEvent.Joined joined) {
            PeerRecord peer = believed(joined.peer());
            return peer == null ? gone(joined.peer()) : new DirectoryEvent.Joined(peer);
        } else if (event instanceof DirectoryEvent.Updated updated) {
            PeerRecord peer = believed(updated.peer());
            return peer == null ? gone(updated.peer()) : new DirectoryEvent.Updated(peer);
        }
        return event;
    }

    private static DirectoryEvent gone(PeerRecord peer) {
        return new DirectoryEvent.Left(peer.name(), peer.incarnation());
    }

    private List<PeerRecord> believed(List<PeerRecord> peers) {
        return peers.stream().flatMap(peer -> Stream.ofNullable(believed(peer))).toList();
    }

    private @Nullable PeerRecord believed(PeerRecord peer) {
        List<String> addresses = peer.addresses().stream().filter(believed).toList();
        if (addresses.size() == peer.addresses().size()) {
            return peer;
        }
        return addresses.isEmpty() ? null : peer.withAddresses(addresses);
    }

    private synchronized void succeeded(StreamId stream, List<PeerRecord> peers) {
        Answer answer = new Answer(peers, nowMs());
        backOff.succeeded();
        update(s -> {
            Map<StreamId, Answer> answers = new LinkedHashMap<>(s.answers);
            answers.remove(stream);
            answers.put(stream, answer);
            if (answers.size() > MAX_STREAMS) {
                answers.remove(answers.keySet().iterator().next());
            }
            return new State(0, null, s.late, answers);
        });
    }

    /** It failed: it is left alone for a while. */
    synchronized Duration failed(DirectoryException why) {
        Duration wait = backOff.failed(LONGEST_BACK_OFF, capped(why.retryAfter()));
        update(s -> new State(nowMs() + wait.toMillis(), why, s.late, s.answers));
        return wait;
    }

    /** A watch has brought something. */
    synchronized void answered() {
        backOff.succeeded();
        update(s -> new State(0, null, s.late, s.answers));
    }

    private static Duration capped(Duration asked) {
        return asked.compareTo(LONGEST_BACK_OFF) < 0 ? asked : LONGEST_BACK_OFF;
    }

    /** What it last said of a stream, older by the time since. */
    List<PeerRecord> lastGood(StreamId stream) {
        Answer answer = state.answers.get(stream);
        if (answer == null) {
            return List.of();
        }
        Duration since = Duration.ofMillis(Math.max(0, nowMs() - answer.atMs));
        List<PeerRecord> aged = new ArrayList<>();
        answer.peers.forEach(peer -> aged.add(peer.withAge(peer.age().plus(since))));
        return aged;
    }
}
