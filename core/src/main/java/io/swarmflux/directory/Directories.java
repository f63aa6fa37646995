package io.swarmflux.directory;

import io.swarmflux.segment.StreamId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiPredicate;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * Several directories as one. Each is announced to, asked and watched by itself, with its own back-off and jitter, and their answers
 * are merged: of each peer the newest incarnation. One that fails or hangs delays nobody; what it last said is used as long as it is
 * away. Immutable but for what it has learned: each step returns a new value that has learned nothing yet.
 */
public final class Directories implements Directory {
    private static final Logger LOG = Loggers.getLogger(Directories.class);
    private static final Duration PATIENCE = Duration.ofMillis(200);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final int MAX_KEPT = 256;

    private final List<Directory> directories;
    private final Scheduler scheduler;
    private final DoubleSupplier dice;
    private final Duration patience;
    private final Duration timeout;
    private final @Nullable Path kept;
    private final BiPredicate<Directory, String> believed;

    private final List<Source> sources;
    private final Mono<Map<StreamId, List<PeerRecord>>> fromDisk;
    private final Map<StreamId, List<PeerRecord>> toDisk = new ConcurrentHashMap<>();
    private final AtomicBoolean writing = new AtomicBoolean();
    private final AtomicInteger changes = new AtomicInteger();

    private Directories(
            List<Directory> directories,
            Scheduler scheduler,
            DoubleSupplier dice,
            Duration patience,
            Duration timeout,
            @Nullable Path kept,
            BiPredicate<Directory, String> believed) {
        this.directories = directories;
        this.scheduler = scheduler;
        this.dice = dice;
        this.patience = patience;
        this.timeout = timeout;
        this.kept = kept;
        this.believed = believed;
        this.sources = directories.stream()
                .map(directory -> new Source(directory, scheduler, dice, address -> believed.test(directory, address)))
                .toList();
        this.fromDisk = kept == null
                ? Mono.just(Map.of())
                : Mono.fromCallable(() -> new PeersFile(kept).read())
                        .subscribeOn(Schedulers.boundedElastic())
                        .map(peers -> peers.stream().collect(Collectors.groupingBy(PeerRecord::stream)))
                        .doOnNext(read -> read.forEach(toDisk::putIfAbsent))
                        .cache();
    }

    /**
     * Merges directories.
     *
     * @param directories at least one; each is one of its own
     * @return them as one
     */
    public static Directories merged(Collection<? extends Directory> directories) {
        if (directories.isEmpty()) {
            throw new IllegalArgumentException("directories must not be empty; name at least one");
        }
        return new Directories(
                List.copyOf(directories),
                Schedulers.parallel(),
                () -> ThreadLocalRandom.current().nextDouble(),
                PATIENCE,
                TIMEOUT,
                null,
                (directory, address) -> true);
    }

    /**
     * Merges directories.
     *
     * @param directories at least one
     * @return them as one
     */
    public static Directories merged(Directory... directories) {
        return merged(List.of(directories));
    }

    /**
     * Sets where time and jitter come from.
     *
     * @param other what all waits go through; default {@link Schedulers#parallel()}
     * @param numbers from 0 to 1; default the thread's own random numbers
     * @return the same otherwise
     */
    public Directories on(Scheduler other, DoubleSupplier numbers) {
        return new Directories(directories, other, numbers, patience, timeout, kept, believed);
    }

    /**
     * Sets how long to wait for the other directories once one has answered; a late answer counts for the next question.
     *
     * @param time default 200 ms
     * @return the same otherwise
     */
    public Directories patience(Duration time) {
        return new Directories(directories, scheduler, dice, time, timeout, kept, believed);
    }

    /**
     * Sets when a directory counts as failed that does not answer.
     *
     * @param time default 2 s
     * @return the same otherwise
     */
    public Directories timeout(Duration time) {
        return new Directories(directories, scheduler, dice, patience, time, kept, believed);
    }

    /**
     * Keeps the last good answer on disk: read at the first question, used when no directory answers, and written again after
     * answers, beside the file and then renamed.
     *
     * @param file in a directory that exists; at most 256 peers of each stream are kept
     * @return the same otherwise
     */
    public Directories keeping(Path file) {
        return new Directories(directories, scheduler, dice, patience, timeout, file, believed);
    }

    /**
     * Sets which addresses a directory may name: others are left out of what it says, and who has no other address as well. What is kept
     * on disk was judged when it came.
     *
     * @param judge whether to believe a directory an address; default everything
     * @return the same otherwise
     */
    public Directories believing(BiPredicate<Directory, String> judge) {
        return new Directories(directories, scheduler, dice, patience, timeout, kept, judge);
    }

    @Override
    public String name() {
        return directories.stream().map(Directory::name).collect(Collectors.joining(", "));
    }

    /**
     * Which directories fail now, and why.
     *
     * @return none when all work or were not asked yet
     */
    public List<DirectoryException> failing() {
        List<DirectoryException> failing = new ArrayList<>();
        for (Source source : sources) {
            DirectoryException failure = source.failure();
            if (failure != null) {
                failing.add(failure);
            }
        }
        return failing;
    }

    @Override
    public Flux<LeaseEvent> announce(Announcement announcement) {
        return Flux.defer(() -> {
            AtomicInteger left = new AtomicInteger(sources.size());
            List<Flux<LeaseEvent>> all = sources.stream()
                    .map(source -> source.directory()
                            .announce(announcement)
                            .onErrorResume(failure -> refused(source, failure, left)))
                    .toList();
            return Flux.merge(Flux.fromIterable(all), all.size(), 1);
        });
    }

    private static Flux<LeaseEvent> refused(Source source, Throwable failure, AtomicInteger left) {
        DirectoryException why = DirectoryException.of(source.directory().name(), failure);
        LeaseEvent event = new LeaseEvent.Refused(source.directory().name(), why);
        // the last one to refuse ends it
        return left.decrementAndGet() > 0 ? Flux.just(event) : Flux.just(event).concatWith(Mono.error(why));
    }

    @Override
    public Mono<List<PeerRecord>> find(StreamId stream, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be positive, was " + limit);
        }
        return fromDisk.flatMap(disk -> ask(stream, limit, disk.getOrDefault(stream, List.of())));
    }

    private Mono<List<PeerRecord>> ask(StreamId stream, int limit, List<PeerRecord> disk) {
        List<Source> asked = sources.stream().filter(Source::mayBeAsked).toList();
        boolean allLate = asked.stream().allMatch(Source::isLate);
        Sinks.Empty<Void> answered = Sinks.empty();
        List<Mono<Map.Entry<Source, List<PeerRecord>>>> waitedFor = new ArrayList<>();
        for (Source source : asked) {
            boolean wait = allLate || !source.isLate();
            Mono<Map.Entry<Source, List<PeerRecord>>> answer = answer(source, stream, limit);
            if (wait) {
                waitedFor.add(answer);
            }
        }
        return Flux.merge(waitedFor)
                .doOnNext(answer -> answered.tryEmitEmpty())
                .takeUntilOther(answered.asMono().then(Mono.delay(patience, scheduler)))
                .collectMap(Map.Entry::getKey, Map.Entry::getValue)
                .map(fresh -> answer(stream, limit, fresh, disk));
    }

    /** Goes on when nobody waits any more: what comes late is kept for the next question. */
    private Mono<Map.Entry<Source, List<PeerRecord>>> answer(Source source, StreamId stream, int limit) {
        AtomicReference<Boolean> late = new AtomicReference<>();
        CompletableFuture<List<PeerRecord>> answer = new CompletableFuture<>();
        var lateness = scheduler.schedule(
                () -> {
                    if (late.compareAndSet(null, true)) {
                        source.late(1);
                    }
                },
                patience.toMillis(),
                TimeUnit.MILLISECONDS);
        source.find(stream, limit, timeout)
                .doFinally(end -> {
                    lateness.dispose();
                    if (!late.compareAndSet(null, false)) {
                        source.late(-1);
                    }
                })
                .subscribe(answer::complete, answer::completeExceptionally, () -> answer.complete(null));
        return Mono.fromFuture(answer, true).map(peers -> Map.entry(source, peers));
    }

    private List<PeerRecord> answer(
            StreamId stream, int limit, Map<Source, List<PeerRecord>> fresh, List<PeerRecord> disk) {
        List<List<PeerRecord>> older = sources.stream()
                .filter(source -> !fresh.containsKey(source))
                .map(source -> source.lastGood(stream))
                .toList();
        if (fresh.isEmpty()) {
            List<PeerRecord> last = Answers.merged(List.of(older, List.of(disk)), limit);
            if (last.isEmpty()) {
                throw noneAnswers();
            }
            return last;
        }
        keep(stream, Answers.merged(List.of(fresh.values(), older), MAX_KEPT));
        return Answers.merged(List.of(fresh.values(), older), limit);
    }

    private DirectoryException noneAnswers() {
        String why = failing().stream().map(DirectoryException::getMessage).collect(Collectors.joining("; "));
        return new DirectoryException(
                DirectoryException.Reason.UNAVAILABLE,
                name(),
                "no directory answers, and no earlier answer is known" + (why.isEmpty() ? "" : ": " + why));
    }

    private void keep(StreamId stream, List<PeerRecord> peers) {
        if (kept == null || peers.isEmpty()) {
            return;
        }
        toDisk.put(stream, peers);
        changes.incrementAndGet();
        if (writing.compareAndSet(false, true)) {
            write(kept);
        }
    }

    private void write(Path file) {
        int before = changes.get();
        Mono.fromCallable(() -> {
                    List<PeerRecord> all = new ArrayList<>();
                    toDisk.values().forEach(all::addAll);
                    new PeersFile(file).write(all);
                    return true;
                })
                .subscribeOn(Schedulers.boundedElastic())
                .doFinally(end -> {
                    writing.set(false);
                    if (changes.get() != before && writing.compareAndSet(false, true)) {
                        write(file);
                    }
                })
                .subscribe(
                        done -> {}, failure -> LOG.warn("{}: cannot be written, goes on without: {}", file, failure));
    }

    @Override
    public Flux<DirectoryEvent> watch(StreamId stream) {
        return Flux.defer(() -> {
            MergedView view = new MergedView(sources.size());
            List<Flux<Said>> all =
                    sources.stream().map(source -> watch(source, stream)).toList();
            return Flux.merge(Flux.fromIterable(all), all.size(), 1)
                    .concatMapIterable(said -> view.apply(said.source, said.event));
        });
    }

    private record Said(Source source, DirectoryEvent event) {}

    private Flux<Said> watch(Source source, StreamId stream) {
        AtomicLong waitMs = new AtomicLong(1_000);
        return Flux.defer(() -> source.directory().watch(stream))
                .doOnNext(event -> {
                    if (!(event instanceof DirectoryEvent.Broken)) {
                        source.answered();
                    }
                })
                .onErrorResume(failure -> {
                    DirectoryException why =
                            DirectoryException.of(source.directory().name(), failure);
                    waitMs.set(source.failed(why).toMillis());
                    return Mono.just(new DirectoryEvent.Broken(why));
                })
                .map(source::believed)
                .concatWith(Mono.defer(() -> Mono.delay(Duration.ofMillis(waitMs.get()), scheduler))
                        .then(Mono.empty()))
                .repeat()
                .map(event -> new Said(source, event));
    }
}
