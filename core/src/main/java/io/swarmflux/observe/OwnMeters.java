package io.swarmflux.observe;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one peer in a registry that has others too: registers them under {@code swarmflux.} with the tags that all of them
 * have, and removes them and no others. One thread registers; removing is safe from any.
 */
final class OwnMeters {
    private static final String PREFIX = "swarmflux.";

    private final MeterRegistry registry;
    private final Tags tags;
    private final Set<Meter> strangers = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<Meter> meters = new ArrayList<>();

    OwnMeters(MeterRegistry registry, Tags tags) {
        this.registry = registry;
        this.tags = tags;
        strangers.addAll(registry.getMeters());
    }

    /** The registry's own time. */
    long nowNs() {
        return registry.config().clock().monotonicTime();
    }

    /** A count that is read from the state, which must be held by somebody else: by a gauge. */
    <S> void counter(String name, String unit, Tags own, S state, ToDoubleFunction<S> count) {
        keep(FunctionCounter.builder(PREFIX + name, state, count)
                .baseUnit(unit)
                .tags(tags.and(own))
                .register(registry));
    }

    /** A value that is read from the state, and keeps the state alive. */
    <S> void gauge(String name, @Nullable String unit, Tags own, S state, ToDoubleFunction<S> value) {
        keep(Gauge.builder(PREFIX + name, state, value)
                .strongReference(true)
                .baseUnit(unit)
                .tags(tags.and(own))
                .register(registry));
    }

    Timer timer(String name, Tags own) {
        return keep(Timer.builder(PREFIX + name).tags(tags.and(own)).register(registry));
    }

    DistributionSummary summary(String name, String unit, Tags own) {
        return keep(DistributionSummary.builder(PREFIX + name)
                .baseUnit(unit)
                .tags(tags.and(own))
                .register(registry));
    }

    private <M extends Meter> M keep(M meter) {
        meters.add(meter);
        return meter;
    }

    /** Removes everything again, and says so, when the registry had one of these meters before. */
    void refuseWhatIsThere() {
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

    void remove() {
        meters.forEach(registry::remove);
    }
}
