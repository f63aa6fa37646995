package io.swarmflux.peer;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** A count for each value of an enum. From any thread. */
final class CountBy<K extends Enum<K>> {
    private final Map<K, LongAdder> counts;

    CountBy(Class<K> keys) {
        counts = new EnumMap<>(keys); // never changed after this
        for (K key : keys.getEnumConstants()) {
            counts.put(key, new LongAdder());
        }
    }

    void add(K key, long more) {
        Objects.requireNonNull(counts.get(key)).add(more);
    }

    long of(K key) {
        return Objects.requireNonNull(counts.get(key)).sum();
    }

    long sum() {
        return counts.values().stream().mapToLong(LongAdder::sum).sum();
    }

    /** Every value with its count. */
    Map<K, Long> all() {
        Map<K, Long> all = new HashMap<>();
        counts.forEach((key, count) -> all.put(key, count.sum()));
        return all;
    }
}
