package io.swarmflux.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.swarmflux.flux.Gap;
import io.swarmflux.peer.PeerEvent;
import io.swarmflux.peer.PeerSnapshot;
import io.swarmflux.peer.RunningPeer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * The figures of a running peer as Micrometer meters, in a registry that is given and never in the global one. The only class
 * that needs Micrometer, which is an optional dependency.
 *
 * <p>Nothing runs while nobody reads: who reads a meter makes the peer take a snapshot, at most four times a second by
 * the registry's clock, and never waits for it; when the peer is busy at that moment, the snapshot before is read. Gaps and
 * links are counted as they happen. Every tag has few values: {@code stream}, and outcomes from closed sets; there is
 * no peer id and no address in any. {@code docs/observing.md} lists names, units and tags.
 */
@SuppressWarnings("exports") // who calls it requires Micrometer, everybody else must not have to
public final class PeerMeters {
    private static final Logger log = Loggers.getLogger(RunningPeer.class);
    private static final long FRESH_NS = TimeUnit.MILLISECONDS.toNanos(250);

    private final RunningPeer peer;
    private final MeterRegistry registry;
    private final Tags tags;
    private final Set<Meter> strangers = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<Meter> meters = new ArrayList<>();
    private final Map<Gap.Reason, Counter> gaps = new EnumMap<>(Gap.Reason.class);
    private final Map<Gap.Reason, Counter> gapSegments = new EnumMap<>(Gap.Reason.class);
    private final Counter linksUp;
    private final Counter linksUnreachable;
    private final Counter linksDown;
    private final Counter evictions;
    private volatile @Nullable PeerSnapshot look;
    private volatile long lookedAtNs;

    private PeerMeters(RunningPeer peer, MeterRegistry registry, Tags more) {
        this.peer = peer;
        this.registry = registry;
        this.tags = Tags.of("stream", peer.stream().name()).and(more);
        strangers.addAll(registry.getMeters());
        for (Gap.Reason reason : Gap.Reason.values()) {
            String tag = reason.name().toLowerCase(Locale.ROOT);
            gaps.put(reason, counter("swarmflux.gaps", "gaps", Tags.of("reason", tag)));
            gapSegments.put(reason, counter("swarmflux.gap.segments", "segments", Tags.of("reason", tag)));
        }
        linksUp = counter("swarmflux.link.connects", "links", Tags.of("outcome", "up"));
        linksUnreachable = counter("swarmflux.link.connects", "links", Tags.of("outcome", "unreachable"));
        linksDown = counter("swarmflux.link.closes", "links", Tags.empty());
        evictions = counter("swarmflux.evictions", "readers", Tags.empty());
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
        PeerMeters bound = new PeerMeters(peer, registry, tags);
        bound.registerWhatIsLookedUp();
        bound.refuseWhatIsThere();
        bound.look();
        Disposable.Composite all = Disposables.composite();
        all.add(bound::remove);
        all.add(peer.events()
                .doFinally(end -> all.dispose())
                .subscribe(bound::count, failure -> log.warn("peer " + peer.name() + ": events ended: " + failure)));
        return all;
    }

    // ------------------------------------------------------------------ what there is

    private void registerWhatIsLookedUp() {
        segments("accepted", look -> look.window().accepted());
        segments("duplicate", look -> look.window().duplicates() - look.conflicts());
        segments("conflict", PeerSnapshot::conflicts);
        segments("late", look -> look.window().late());
        segments("refused", look -> look.window().refused());
        lookUp("swarmflux.segment.bytes", "bytes", Tags.of("direction", "in"), look -> look.upstreams().stream()
                .mapToLong(PeerSnapshot.Upstream::bytes)
                .sum());
        lookUp("swarmflux.segment.bytes", "bytes", Tags.of("direction", "out"), look -> look.downstreams().stream()
                .mapToLong(PeerSnapshot.Downstream::bytes)
                .sum());
        lookUp("swarmflux.repair.requests", "requests", Tags.empty(), look -> look.repair()
                .asked());
        lookUp("swarmflux.repair.segments", "segments", Tags.of("outcome", "answered"), look -> look.repair()
                .answered());
        lookUp("swarmflux.repair.segments", "segments", Tags.of("outcome", "given_up"), look -> look.repair()
                .givenUp());
        lookUp("swarmflux.link.protocol.errors", "links", Tags.empty(), PeerSnapshot::violations);

        gauge("swarmflux.window.used", "segments", Tags.empty(), look -> look.window()
                .segments());
        gauge("swarmflux.window.bytes", "bytes", Tags.empty(), look -> look.window()
                .bytes());
        gauge("swarmflux.window.lag", "segments", Tags.empty(), look -> look.progress()
                .lag());
        upstreams("active", one -> one.now().bitsPerSecond() > 0);
        upstreams("idle", one -> one.now().bitsPerSecond() == 0);
        downstreams("active", one -> one.bitsPerSecond() > 0);
        downstreams("idle", one -> one.bitsPerSecond() == 0);
        gauge("swarmflux.downstream.lag", "segments", Tags.empty(), PeerMeters::farthest);
        for (Health.Status status : Health.Status.values()) {
            String tag = status.name().toLowerCase(Locale.ROOT);
            gauge(
                    "swarmflux.health",
                    null,
                    Tags.of("status", tag),
                    look -> Health.of(look).status() == status ? 1 : 0);
        }
    }

    private void segments(String outcome, ToLongFunction<PeerSnapshot> count) {
        lookUp("swarmflux.segments", "segments", Tags.of("outcome", outcome), count);
    }

    private void upstreams(String state, Predicate<PeerSnapshot.Upstream> isSo) {
        gauge("swarmflux.upstreams", "peers", Tags.of("state", state), look -> look.upstreams().stream()
                .filter(one -> one.open() && isSo.test(one))
                .count());
    }

    private void downstreams(String state, Predicate<PeerSnapshot.Downstream> isSo) {
        gauge("swarmflux.downstreams", "peers", Tags.of("state", state), look -> look.downstreams().stream()
                .filter(one -> one.open() && isSo.test(one))
                .count());
    }

    /** How far the slowest downstream is behind what is held here. */
    private static double farthest(PeerSnapshot look) {
        return look.downstreams().stream()
                .filter(PeerSnapshot.Downstream::open)
                .mapToLong(one -> Math.max(0, look.window().edge() - one.next()))
                .max()
                .orElse(0);
    }

    // ------------------------------------------------------------------ registering

    private Counter counter(String name, String unit, Tags own) {
        return kept(Counter.builder(name).baseUnit(unit).tags(tags.and(own)).register(registry));
    }

    private void lookUp(String name, String unit, Tags own, ToLongFunction<PeerSnapshot> count) {
        kept(FunctionCounter.builder(name, this, me -> me.read(0, count::applyAsLong))
                .baseUnit(unit)
                .tags(tags.and(own))
                .register(registry));
    }

    private void gauge(String name, @Nullable String unit, Tags own, ToDoubleFunction<PeerSnapshot> value) {
        kept(Gauge.builder(name, this, me -> me.read(Double.NaN, value))
                .strongReference(true) // keeps alive what the counters hold weakly
                .baseUnit(unit)
                .tags(tags.and(own))
                .register(registry));
    }

    private <M extends Meter> M kept(M meter) {
        meters.add(meter);
        return meter;
    }

    private void refuseWhatIsThere() {
        for (Meter meter : meters) {
            if (strangers.contains(meter)) {
                meters.removeIf(strangers::contains);
                remove();
                throw new IllegalStateException("the registry has " + meter.getId()
                        + " already; bind each peer of one stream with tags of its own");
            }
        }
        strangers.clear();
    }

    private void remove() {
        meters.forEach(registry::remove);
    }

    // ------------------------------------------------------------------ reading

    private double read(double unknown, ToDoubleFunction<PeerSnapshot> value) {
        look();
        PeerSnapshot seen = look;
        return seen == null ? unknown : value.applyAsDouble(seen);
    }

    private void look() {
        long nowNs = registry.config().clock().monotonicTime();
        if (look == null || nowNs - lookedAtNs >= FRESH_NS) {
            lookedAtNs = nowNs;
            peer.snapshot()
                    .subscribe(
                            seen -> look = seen,
                            failure -> log.warn("peer " + peer.name() + ": no snapshot for its meters: " + failure));
        }
    }

    private void count(PeerEvent event) {
        if (event instanceof PeerEvent.Passed passed) {
            increment(gaps.get(passed.gap().reason()), 1);
            increment(gapSegments.get(passed.gap().reason()), passed.gap().size());
        } else if (event instanceof PeerEvent.LinkUp) {
            linksUp.increment();
        } else if (event instanceof PeerEvent.Unreachable) {
            linksUnreachable.increment();
        } else if (event instanceof PeerEvent.LinkDown) {
            linksDown.increment();
        } else if (event instanceof PeerEvent.TooSlow) {
            evictions.increment();
        }
    }

    private static void increment(@Nullable Counter counter, long by) {
        if (counter != null) {
            counter.increment((double) by);
        }
    }
}
