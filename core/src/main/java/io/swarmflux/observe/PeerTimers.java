package io.swarmflux.observe;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.swarmflux.link.Transport;
import io.swarmflux.peer.StreamMetricsRecorder;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The meters that are told each single measurement. From any thread, as Micrometer's own are. */
final class PeerTimers implements StreamMetricsRecorder {
    private final Timer mergeDelay;
    private final Timer latency;
    private final DistributionSummary subscriberLag;
    private final Map<Transport.Kind, Timer> roundTrips;
    private final Map<Direction, Timer> stalls;

    PeerTimers(OwnMeters meters) {
        this.mergeDelay = meters.timer("merge.delay", Tags.empty());
        this.latency = meters.timer("latency", Tags.empty());
        this.subscriberLag = meters.summary("subscriber.lag", "segments", Tags.empty());
        this.roundTrips = each(Transport.Kind.class, kind -> meters.timer("link.rtt", tag("transport", kind)));
        this.stalls =
                each(Direction.class, direction -> meters.timer("link.credit.stalled", tag("direction", direction)));
    }

    /** A tag whose value is that of an enum. */
    static Tags tag(String key, Enum<?> value) {
        return Tags.of(key, value.name().toLowerCase(Locale.ROOT));
    }

    private static <K extends Enum<K>> Map<K, Timer> each(Class<K> keys, Function<K, Timer> timer) {
        Map<K, Timer> each = new EnumMap<>(keys);
        for (K key : keys.getEnumConstants()) {
            each.put(key, timer.apply(key));
        }
        return each;
    }

    @Override
    public void merged(long nanos) {
        record(mergeDelay, nanos);
    }

    @Override
    public void published(long nanos) {
        record(latency, nanos);
    }

    @Override
    public void roundTrip(Transport.Kind over, long nanos) {
        record(roundTrips.get(over), nanos);
    }

    @Override
    public void creditStalled(Direction direction, long nanos) {
        record(stalls.get(direction), nanos);
    }

    @Override
    public void subscriberLag(long segments) {
        subscriberLag.record((double) segments);
    }

    private static void record(@Nullable Timer timer, long nanos) {
        if (timer != null) {
            timer.record(nanos, TimeUnit.NANOSECONDS);
        }
    }
}
