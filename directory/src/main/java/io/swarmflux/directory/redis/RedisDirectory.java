package io.swarmflux.directory.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.swarmflux.directory.BackOff;
import io.swarmflux.directory.DirectoryEvent;
import io.swarmflux.directory.DirectoryException;
import io.swarmflux.directory.DirectoryException.Reason;
import io.swarmflux.directory.DirectoryLimits;
import io.swarmflux.directory.Lease;
import io.swarmflux.directory.LeaseDirectory;
import io.swarmflux.directory.PeerRecord;
import io.swarmflux.directory.Watchers;
import io.swarmflux.segment.StreamId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * Leases in Redis 6.2 or later, shared by all directories that use the same one.
 *
 * <p><b>The model.</b> Every step is a script, so it is done as a whole and by the clock of Redis alone. Leases end because each
 * directory asks twice a second for those whose time is over, and not by keys that expire: Redis tells of those seconds late. Each
 * change goes into a log with a number that is counted for each stream.
 *
 * <p><b>Watching.</b> One connection reads the log and waits for more. Of each stream that is watched here a copy is kept up to date; when
 * a number is missing, or the connection was lost, all is loaded anew. Each second the numbers are compared, so that an emptied
 * Redis, which logs nothing, is noticed too.
 *
 * <p><b>When Redis is away</b> every step fails within two seconds as {@link Reason#UNAVAILABLE}, and goes through again once it is
 * back. Leases that it has lost come back with their next renewal.
 */
public final class RedisDirectory implements LeaseDirectory, Disposable {
    private static final Logger log = Loggers.getLogger(RedisDirectory.class);
    private static final String PREFIX = "swarmflux:{directory}:";
    private static final String LOG = PREFIX + "log";
    private static final Duration STEP = Duration.ofSeconds(2);
    private static final Duration BLOCK = Duration.ofSeconds(1);
    private static final Duration READ = Duration.ofSeconds(3);
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Duration RECONNECT = Duration.ofMillis(250);
    private static final Duration LONGEST_BACK_OFF = Duration.ofSeconds(1);
    private static final int QUEUE = 10_000;
    private static final int AT_ONCE = 500;

    private final RedisURI uri;
    private final DirectoryLimits limits;
    private final ClientResources resources;
    private final RedisClient client;
    private final Mono<StatefulRedisConnection<String, String>> steps;

    /** Everything that is known here is touched on this one worker. */
    private final Scheduler strand = Schedulers.single(Schedulers.parallel());

    private final Watchers watchers;
    private final Map<StreamId, Mirror> mirrors = new HashMap<>();
    private final Disposable.Composite running;
    private volatile @Nullable DirectoryException away;
    private String lastId = "0-0";

    /** Whether changes are heard; before that nothing is loaded. */
    private boolean reading;

    private RedisDirectory(RedisURI uri, DirectoryLimits limits) {
        this.uri = uri;
        this.limits = limits;
        this.resources = ClientResources.builder()
                .reconnectDelay(Delay.constant(RECONNECT))
                .nettyCustomizer(new NettyCustomizer() {
                    @Override
                    public void afterBootstrapInitialized(Bootstrap bootstrap) {
                        // Netty's own choice waits for locks on event loops
                        bootstrap.option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT);
                    }
                })
                .build();
        this.client = RedisClient.create(resources, uri);
        client.setOptions(ClientOptions.builder()
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(QUEUE)
                .timeoutOptions(TimeoutOptions.enabled(STEP))
                .build());
        this.steps = connected(STEP)
                .cache(connection -> Duration.ofMillis(Long.MAX_VALUE), failure -> Duration.ZERO, () -> Duration.ZERO);
        this.watchers = new Watchers(strand.createWorker(), stream -> known(stream));
        this.running = Disposables.composite();
    }

    /**
     * Uses a Redis; connects in the background, and again whenever it was away. Reads scripts from the jar, so it blocks.
     *
     * @param url for example {@code redis://127.0.0.1:6379}, also with a password and a database; {@code rediss} for TLS
     * @param limits how much is kept in all; the same for all directories that share it
     * @return for a directory server; to be disposed of
     */
    public static RedisDirectory open(String url, DirectoryLimits limits) {
        RedisURI uri;
        try {
            uri = RedisURI.create(url);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + url + "' is no store: expected redis://HOST:PORT", e);
        }
        uri.setTimeout(STEP);
        Script.load();
        RedisDirectory directory = new RedisDirectory(uri, limits);
        directory.start();
        return directory;
    }

    private void start() {
        BackOff backOff = new BackOff(() -> ThreadLocalRandom.current().nextDouble());
        running.add(Flux.defer(() -> session(backOff))
                .onErrorResume(failure -> broken(failure)
                        .then(Mono.delay(backOff.failed(LONGEST_BACK_OFF, Duration.ZERO)))
                        .then(Mono.empty()))
                .repeat()
                .subscribe(never -> {}, RedisDirectory::fault));
        running.add(Flux.interval(LOOK)
                .onBackpressureDrop()
                .concatMap(tick -> expire().then(compare()).onErrorComplete(), 1)
                .subscribe(never -> {}, RedisDirectory::fault));
    }

    private static void fault(Throwable failure) {
        log.error("a fault of the directory: it hears of no changes any more, start it again", failure);
    }

    private Mono<StatefulRedisConnection<String, String>> connected(Duration patience) {
        return Mono.defer(() -> Mono.fromCompletionStage(client.connectAsync(StringCodec.UTF8, uri)))
                .doOnNext(connection -> connection.setTimeout(patience))
                .publishOn(Schedulers.parallel());
    }

    private <T> Mono<T> step(Mono<T> work) {
        return work.publishOn(Schedulers.parallel()).onErrorMap(this::unavailable);
    }

    private Mono<List<String>> run(Script script, String... args) {
        return step(steps.flatMap(connection -> script.run(connection, PREFIX, args)));
    }

    private DirectoryException unavailable(Throwable failure) {
        return failure instanceof DirectoryException known
                ? known
                : new DirectoryException(
                        Reason.UNAVAILABLE,
                        name(),
                        "Redis does not answer: " + failure.getMessage() + "; start it, or check the address",
                        Duration.ofSeconds(1),
                        failure);
    }

    @Override
    public String name() {
        return "redis://" + uri.getHost() + ":" + uri.getPort();
    }

    /**
     * Whether Redis is there.
     *
     * @return completes when it answers; fails with a {@link DirectoryException}
     */
    public Mono<Void> ping() {
        return step(steps.flatMap(connection ->
                        Mono.fromCompletionStage(() -> connection.async().ping())))
                .then();
    }

    @Override
    public Mono<Lease> register(PeerRecord peer, Duration asked) {
        Duration ttl = limits.granted(asked);
        return run(
                        Script.REGISTER,
                        peer.stream().name(),
                        peer.name(),
                        Long.toString(peer.incarnation()),
                        Long.toString(ttl.toMillis()),
                        RecordText.write(peer),
                        Integer.toString(limits.streams()),
                        Integer.toString(limits.peersPerStream()),
                        Integer.toString(limits.peers()))
                .map(answer -> granted(peer, ttl, answer));
    }

    private Lease granted(PeerRecord peer, Duration ttl, List<String> answer) {
        return switch (answer.get(0)) {
            case "stale" ->
                throw new DirectoryException(
                        Reason.STALE,
                        name(),
                        "incarnation " + peer.incarnation() + " of " + peer.name() + " comes after " + answer.get(1)
                                + "; announce a larger one, or give each peer a name of its own");
            case "full" ->
                throw new DirectoryException(
                        Reason.BUSY,
                        name(),
                        "has " + answer.get(1) + " and takes no more; try later, or raise its limit",
                        limits.shortestLease(),
                        null);
            default -> new Lease(ttl, answer.get(0).equals("renewed"));
        };
    }

    @Override
    public Mono<Void> withdraw(PeerRecord peer) {
        return run(Script.WITHDRAW, peer.stream().name(), peer.name(), Long.toString(peer.incarnation()))
                .then();
    }

    @Override
    public Mono<List<PeerRecord>> find(StreamId stream, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be positive, was " + limit);
        }
        // twice as many as are wanted, so that those without a free place can come last
        return run(Script.FIND, stream.name(), Long.toString(2L * limit)).map(fields -> {
            List<PeerRecord> free = new ArrayList<>();
            List<PeerRecord> full = new ArrayList<>();
            for (PeerRecord peer : RecordText.list(stream, fields)) {
                (peer.freePlaces() == 0 ? full : free).add(peer);
            }
            free.addAll(full);
            return List.copyOf(free.subList(0, Math.min(limit, free.size())));
        });
    }

    @Override
    public Flux<DirectoryEvent> watch(StreamId stream) {
        return Flux.defer(() -> {
            DirectoryException why = away;
            Flux<DirectoryEvent> changes = watchers.watch(stream);
            return why == null ? changes : changes.startWith(new DirectoryEvent.Broken(why));
        });
    }

    /** On the strand: what is known of a stream; when it is not loaded yet, that begins. */
    private @Nullable List<PeerRecord> known(StreamId stream) {
        Mirror mirror =
                mirrors.computeIfAbsent(stream, missing -> new Mirror(stream, event -> watchers.tell(stream, event)));
        if (mirror.isLoaded()) {
            return mirror.all();
        }
        if (reading) {
            load(stream, mirror);
        }
        return null;
    }

    private void load(StreamId stream, Mirror mirror) {
        if (!mirror.mustLoad()) {
            return;
        }
        Disposable unused = run(Script.ALL, stream.name())
                .publishOn(strand)
                .subscribe(
                        fields -> {
                            long version = Long.parseLong(fields.get(0));
                            mirror.load(version, RecordText.list(stream, fields.subList(1, fields.size())));
                            watchers.renew(stream);
                        },
                        // the next look begins it again
                        failure -> strand.schedule(mirror::notLoaded));
    }

    private Mono<Void> session(BackOff backOff) {
        return Mono.usingWhen(
                connected(READ),
                connection -> begin(connection)
                        .doOnNext(begun -> backOff.succeeded())
                        .thenMany(Flux.defer(() -> read(connection)).repeat())
                        .then(),
                // it takes the lock of what waits to be sent, and the strand must not wait for that
                connection ->
                        Mono.fromCompletionStage(connection::closeAsync).subscribeOn(Schedulers.boundedElastic()));
    }

    /** From here on changes are read; what was before is loaded. */
    private Mono<Boolean> begin(StatefulRedisConnection<String, String> connection) {
        return Mono.fromCompletionStage(() -> connection.async().xrevrange(LOG, Range.unbounded(), Limit.from(1)))
                .publishOn(strand)
                .map(last -> {
                    lastId = last.isEmpty() ? "0-0" : last.get(0).getId();
                    away = null;
                    reading = true;
                    reload();
                    return true;
                });
    }

    private void reload() {
        mirrors.values().forEach(Mirror::notLoaded);
        watchers.streams().forEach(this::known);
    }

    private Mono<Void> broken(Throwable failure) {
        return Mono.<Void>fromRunnable(() -> {
                    DirectoryException why = unavailable(failure);
                    away = why;
                    reading = false;
                    mirrors.values().forEach(Mirror::notLoaded);
                    watchers.streams().forEach(stream -> watchers.tell(stream, new DirectoryEvent.Broken(why)));
                })
                .subscribeOn(strand);
    }

    @SuppressWarnings("unchecked") // the method of Lettuce takes a generic array, made here of one element
    private Mono<Void> read(StatefulRedisConnection<String, String> connection) {
        return Mono.fromCompletionStage(() -> connection
                        .async()
                        .xread(XReadArgs.Builder.block(BLOCK).count(AT_ONCE), StreamOffset.from(LOG, lastId)))
                .publishOn(strand)
                .doOnNext(messages -> messages.forEach(this::take))
                .then();
    }

    private void take(StreamMessage<String, String> message) {
        lastId = message.getId();
        Map<String, String> change = message.getBody();
        Mirror mirror = mirrors.get(StreamId.of(change.getOrDefault("s", "?")));
        if (mirror != null) {
            mirror.take(change);
            if (!mirror.isLoaded()) {
                load(StreamId.of(change.getOrDefault("s", "?")), mirror);
            }
        }
    }

    private Mono<Void> expire() {
        return run(Script.EXPIRE)
                .repeat(1)
                .takeUntil(over -> Integer.parseInt(over.get(0)) < AT_ONCE)
                .then();
    }

    /** Compares what is known here with the store, by the numbers of the last changes; forgets what nobody watches. */
    private Mono<Void> compare() {
        return Mono.fromCallable(() -> {
                    mirrors.keySet().retainAll(watchers.streams());
                    return List.copyOf(mirrors.keySet());
                })
                .subscribeOn(strand)
                .filter(watched -> !watched.isEmpty())
                .flatMap(watched -> step(steps.flatMap(connection -> Mono.fromCompletionStage(() -> connection
                                .async()
                                .hmget(
                                        PREFIX + "versions",
                                        watched.stream().map(StreamId::name).toArray(String[]::new)))))
                        .delayElement(Duration.ofMillis(100), strand) // what was changed just now is being read
                        .doOnNext(versions -> {
                            for (int i = 0; i < versions.size(); i++) {
                                check(
                                        watched.get(i),
                                        Long.parseLong(versions.get(i).getValueOrElse("-1")));
                            }
                        }))
                .then();
    }

    private void check(StreamId stream, long version) {
        Mirror mirror = mirrors.get(stream);
        if (mirror != null && reading && !mirror.isUpToDate(version)) {
            mirror.notLoaded();
            load(stream, mirror);
        }
    }

    @Override
    public void dispose() {
        running.dispose();
        Mono.fromCompletionStage(() -> client.shutdownAsync(0, 1, TimeUnit.SECONDS))
                .subscribeOn(Schedulers.boundedElastic()) // as with a connection
                .onErrorComplete()
                .subscribe(done -> {}, failure -> {}, () -> {
                    Future<Boolean> unused = resources.shutdown(100, 1_000, TimeUnit.MILLISECONDS);
                });
    }

    @Override
    public boolean isDisposed() {
        return running.isDisposed();
    }
}
