package io.swarmflux.flux;

import java.util.ArrayList;
import java.util.List;

/** The readers of a hub. Changed inside the drain loop only. */
final class Readers<T> {
    private volatile List<Reader<T>> present = List.of();

    List<Reader<T>> present() {
        return present;
    }

    void add(Reader<T> reader) {
        List<Reader<T>> more = new ArrayList<>(present);
        more.add(reader);
        present = List.copyOf(more);
    }

    /** False when it was not there. */
    boolean remove(Reader<T> reader) {
        List<Reader<T>> fewer = new ArrayList<>(present);
        boolean removed = fewer.remove(reader);
        present = List.copyOf(fewer);
        return removed;
    }

    void wakeAll() {
        for (Reader<T> reader : present) {
            reader.wake();
        }
    }

    /** The first sequence of a window that may not be evicted because of a reader; {@link Long#MAX_VALUE} for none. */
    long heldFrom(Window<T> window) {
        long lowest = Long.MAX_VALUE;
        for (Reader<T> reader : present) {
            lowest = Math.min(lowest, reader.holds(window));
        }
        return lowest;
    }

    boolean anyReads(Window<T> window) {
        for (Reader<T> reader : present) {
            if (reader.reads(window)) {
                return true;
            }
        }
        return false;
    }

    /** Judges everyone's lag. When to judge again, in the hub's nanoseconds. */
    long judge(long nowNs) {
        long againNs = Long.MAX_VALUE;
        for (Reader<T> reader : present) {
            againNs = Math.min(againNs, reader.judge(nowNs));
        }
        return againNs;
    }
}
