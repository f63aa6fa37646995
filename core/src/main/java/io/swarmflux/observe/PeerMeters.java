package io.swarmflux.observe;

import static io.swarmflux.observe.PeerTimers.tag;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.swarmflux.flux.Gap;
import io.swarmflux.flux.LagPolicy;
import io.swarmflux.link.Transport;
import io.swarmflux.peer.PeerCounts;
import io.swarmflux.peer.PeerSnapshot;
import io.swarmflux.peer.RunningPeer;
import io.swarmflux.peer.StreamMetricsRecorder.Direction;
import io.swarmflux.wire.Message.FailureCode;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * The figures of a running peer as Micrometer meters, in a registry that is given and never in the global one. Micrometer is an
 * optional dependency: whoever does not come here does not need it.
 *
 * <p>Counters and gauges cost nothing while nobody reads: who reads one makes the peer take a snapshot, at most four times a second
 * by the registry's clock, and never waits for it; when the peer is busy at that moment, the snapshot before is read. Timers and
 * the summary of lags are told each measurement from {@link #bind} on, by the peer's own clock: that costs two looks at the clock
 * for each segment. Every tag has few values: the stream, and closed sets; there is no peer id and no address in any.
 * {@code docs/observing.md} lists names, units and tags.
 */
@SuppressWarnings("exports") // who calls it requires Micrometer, everybody else must not have to
public final class PeerMeters {
    private static final Logger log = Loggers.getLogger(RunningPeer.class);
    private static final long FRESH_NS = TimeUnit.MILLISECONDS.toNanos(250);

    private final RunningPeer peer;
    private final OwnMeters meters;
    private volatile @Nullable PeerSnapshot look;
    private volatile long lookedAtNs;

    private PeerMeters(RunningPeer peer, OwnMeters meters) {
        this.peer = peer;
        this.meters = meters;
    }

    /**
     * Registers a peer's meters, tagged with its stream.
     *
     * @param peer has been started
     * @param registry where to
     * @return removes the meters; the end of the peer does so too
     * @throws IllegalStateException when the registry has such meters already: two peers of one stream need tags of their own
     */
    public static Disposable bind(RunningPeer peer, MeterRegistry registry) {
        return bind(peer, registry, Tags.empty());
    }

    /**
     * Registers a peer's meters with more tags, to tell it from others of its stream in one registry.
     *
     * @param peer has been started
     * @param registry where to
     * @param tags with few values each
     * @return removes the meters; the end of the peer does so too
     * @throws IllegalStateException when the registry has such meters already
     */
    public static Disposable bind(RunningPeer peer, MeterRegistry registry, Tags tags) {
        OwnMeters meters =
                new OwnMeters(registry, Tags.of("stream", peer.stream().name()).and(tags));
        PeerMeters bound = new PeerMeters(peer, meters);
        bound.segments();
        bound.links();
        bound.present();
        PeerTimers timers = new PeerTimers(meters);
        meters.refuseWhatIsThere();
        bound.look();
        Disposable.Composite all = Disposables.composite();
        all.add(meters::remove);
        all.add(peer.record(timers));
        all.add(peer.events()
                .ignoreElements()
                .doFinally(end -> all.dispose())
                .subscribe(nothing -> {}, failure -> log.warn("peer " + peer.name() + ": events ended: " + failure)));
        return all;
    }

    // ------------------------------------------------------------------ what there is

    private void segments() {
        outcome("delivered", look -> look.window().delivered());
        outcome("duplicate", look -> look.window().duplicates() - look.conflicts());
        outcome("conflict", PeerSnapshot::conflicts);
        outcome("late", look -> look.window().late());
        outcome("discarded", look -> look.window().unread() + look.window().refused());
        for (Gap.Reason reason : Gap.Reason.values()) {
            count(
                    "gaps",
                    "gaps",
                    tag("reason", reason),
                    look -> of(look.counts().gaps(), reason));
            count(
                    "gap.segments",
                    "segments",
                    tag("reason", reason),
                    look -> of(look.counts().gapSegments(), reason));
        }
        count("repair.requests", "requests", Tags.empty(), look -> look.repair().asked());
        count("repair.segments", "segments", Tags.of("outcome", "answered"), look -> look.repair()
                .answered());
        count("repair.segments", "segments", Tags.of("outcome", "given_up"), look -> look.repair()
                .givenUp());
        Stream.of(LagPolicy.Action.WAIT, LagPolicy.Action.FAIL) // who skips is never closed
                .forEach(policy -> count(
                        "subscriber.evictions",
                        "subscribers",
                        tag("policy", policy),
                        look -> of(look.counts().evictions(), policy)));
    }

    private void links() {
        for (Transport.Kind kind : Transport.Kind.values()) {
            Tags over = tag("transport", kind);
            carried(
                    "segment.bytes",
                    "bytes",
                    over.and(tag("direction", Direction.IN)),
                    kind,
                    PeerCounts.Carried::bytesIn);
            carried(
                    "segment.bytes",
                    "bytes",
                    over.and(tag("direction", Direction.OUT)),
                    kind,
                    PeerCounts.Carried::bytesOut);
            for (PeerCounts.Connect outcome : PeerCounts.Connect.values()) {
                carried(
                        "link.connects",
                        "links",
                        over.and(tag("outcome", outcome)),
                        kind,
                        all -> of(all.connects(), outcome));
            }
            for (PeerCounts.Close reason : PeerCounts.Close.values()) {
                carried("link.closes", "links", over.and(tag("reason", reason)), kind, all -> of(all.closes(), reason));
            }
        }
        for (FailureCode code : FailureCode.values()) {
            count(
                    "link.protocol.errors",
                    "links",
                    tag("reason", code),
                    look -> of(look.counts().violations(), code));
        }
    }

    private void present() {
        gauge("window.used", "segments", Tags.empty(), look -> look.window().segments());
        gauge("window.bytes", "bytes", Tags.empty(), look -> look.window().bytes());
        gauge("window.lag", "segments", Tags.empty(), look -> look.progress().lag());
        byActivity("upstreams", "peers", look -> look.upstreams().stream()
                .filter(PeerSnapshot.Upstream::open)
                .map(one -> one.now().bitsPerSecond() > 0));
        byActivity(
                "subscribers",
                "subscribers",
                look -> Stream.concat(
                        look.readers().stream().map(PeerSnapshot.Reader::active),
                        look.downstreams().stream()
                                .filter(PeerSnapshot.Downstream::open)
                                .map(one -> one.bitsPerSecond() > 0)));
        for (Health.Status status : Health.Status.values()) {
            gauge("health", null, tag("status", status), look -> Health.of(look).status() == status ? 1 : 0);
        }
    }

    // ------------------------------------------------------------------ registering

    private void outcome(String outcome, ToLongFunction<PeerSnapshot> count) {
        count("segments", "segments", Tags.of("outcome", outcome), count);
    }

    private void carried(
            String name, String unit, Tags own, Transport.Kind kind, ToLongFunction<PeerCounts.Carried> count) {
        count(name, unit, own, look -> {
            PeerCounts.Carried carried = look.counts().links().get(kind);
            return carried == null ? 0 : count.applyAsLong(carried);
        });
    }

    private void byActivity(String name, String unit, Function<PeerSnapshot, Stream<Boolean>> present) {
        gauge(name, unit, Tags.of("state", "active"), look -> present.apply(look)
                .filter(active -> active)
                .count());
        gauge(name, unit, Tags.of("state", "idle"), look -> present.apply(look)
                .filter(active -> !active)
                .count());
    }

    private void count(String name, String unit, Tags own, ToLongFunction<PeerSnapshot> count) {
        meters.counter(name, unit, own, this, me -> me.read(0, count::applyAsLong));
    }

    private void gauge(String name, @Nullable String unit, Tags own, ToDoubleFunction<PeerSnapshot> value) {
        meters.gauge(name, unit, own, this, me -> me.read(Double.NaN, value));
    }

    private static <K> long of(Map<K, Long> counts, K key) {
        return counts.getOrDefault(key, 0L);
    }

    // ------------------------------------------------------------------ reading

    private double read(double unknown, ToDoubleFunction<PeerSnapshot> value) {
        look();
        PeerSnapshot seen = look;
        return seen == null ? unknown : value.applyAsDouble(seen);
    }

    private void look() {
        long nowNs = meters.nowNs();
        if (look == null || nowNs - lookedAtNs >= FRESH_NS) {
            lookedAtNs = nowNs;
            peer.snapshot()
                    .subscribe(
                            seen -> look = seen,
                            failure -> log.warn("peer " + peer.name() + ": no snapshot for its meters: " + failure));
        }
    }
}
