package io.swarmflux.flux;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The readers of a hub. Changed inside the drain loop only. */
final class Readers<T> {
    /** Copied whenever it changes. An array, because it is walked for each element and an iterator would be garbage. */
    private volatile Reader<T>[] present = nobody();

    /** Those that have read everything and want more. */
    private final FrontRow<T> row = new FrontRow<>(this);

    /** Those that read by themselves and are not there yet, or have stood up. Inside the drain loop only. */
    private final List<Reader<T>> apart = new ArrayList<>();

    /** Those that read when they are asked to. Inside the drain loop only. */
    private final List<Reader<T>> pulled = new ArrayList<>();

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
    private Reader<T>[] nobody() {
        return new Reader[0];
    }

    /** Not to be written to. */
    Reader<T>[] present() {
        return present;
    }

    void add(Reader<T> reader) {
        present = Copied.with(present, reader);
        (reader.isPulled() ? pulled : apart).add(reader);
    }

    /** False when it was not there. */
    boolean remove(Reader<T> reader) {
        Reader<T>[] before = present;
        present = Copied.without(before, reader);
        (reader.isPulled() ? pulled : apart).remove(reader); // it has ended, so it does not sit
        return present != before;
    }

    boolean isEmpty() {
        return present.length == 0;
    }

    /** The readers that stand at the edge. */
    FrontRow<T> row() {
        return row;
    }

    /** A reader has left the front row. */
    void standsApart(Reader<T> reader) {
        apart.add(reader);
    }

    /** Whether there is anybody to judge. */
    boolean anyMayBeSlow() {
        for (int i = 0; i < apart.size(); i++) { // without an iterator, as in what follows
            if (apart.get(i).mayBeSlow()) {
                return true;
            }
        }
        return false;
    }

    /** Whether all that read by themselves stand in the front row. */
    boolean areAllInRow() {
        return apart.isEmpty();
    }

    /** Whether anybody reads only when asked to. */
    boolean anyIsPulled() {
        return !pulled.isEmpty();
    }

    /** Everybody looks at the window again; who has caught up sits down. */
    void wakeAll(@Nullable Window<T> window) {
        if (window != null) {
            row.advance(window, window.horizons()[0].limit());
        }
        for (int i = apart.size() - 1; i >= 0; i--) {
            Reader<T> reader = apart.get(i);
            reader.wake();
            if (window != null && reader.sits(row, window)) {
                int last = apart.size() - 1;
                apart.set(i, apart.get(last)); // from the back, so that one was woken already
                apart.remove(last);
            }
        }
    }

    /** As {@link #heldFrom}, of the present window, inside the drain loop. */
    long heldFromNow(Window<T> window) {
        long lowest = row.holds();
        for (int i = 0; i < apart.size(); i++) {
            lowest = Math.min(lowest, apart.get(i).holds(window));
        }
        for (int i = 0; i < pulled.size(); i++) {
            lowest = Math.min(lowest, pulled.get(i).holds(window));
        }
        return lowest;
    }

    /** The first sequence of a window that may not be evicted because of a reader; {@link Long#MAX_VALUE} for none. From any thread. */
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
        for (int i = 0; i < apart.size(); i++) { // who sits has read everything
            againNs = Math.min(againNs, apart.get(i).judge(nowNs));
        }
        return againNs;
    }
}
