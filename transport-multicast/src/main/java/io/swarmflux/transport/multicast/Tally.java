package io.swarmflux.transport.multicast;

import io.swarmflux.transport.multicast.MulticastCounts.Dropped;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts while a link lives; any thread. */
final class Tally {
    private final LongAdder sent = new LongAdder();
    private final LongAdder sentBytes = new LongAdder();
    private final LongAdder received = new LongAdder();
    private final LongAdder receivedBytes = new LongAdder();
    private final LongAdder own = new LongAdder();
    private final Map<Dropped, LongAdder> dropped = new EnumMap<>(Dropped.class); // filled once

    Tally() {
        for (Dropped reason : Dropped.values()) {
            dropped.put(reason, new LongAdder());
        }
    }

    void sent(int bytes) {
        sent.increment();
        sentBytes.add(bytes);
    }

    void received(int bytes) {
        received.increment();
        receivedBytes.add(bytes);
    }

    void own() {
        own.increment();
    }

    void dropped(Dropped reason) {
        LongAdder count = dropped.get(reason);
        if (count != null) {
            count.increment();
        }
    }

    MulticastCounts now() {
        Map<Dropped, Long> counts = new EnumMap<>(Dropped.class);
        dropped.forEach((reason, count) -> counts.put(reason, count.sum()));
        return new MulticastCounts(sent.sum(), sentBytes.sum(), received.sum(), receivedBytes.sum(), own.sum(), counts);
    }
}
