package io.swarmflux.flux;

/** The readers of a hub. Changed inside the drain loop only. */
final class Readers<T> {
    /** Copied whenever it changes. An array, because it is walked for each element and an iterator would be garbage. */
    private volatile Reader<T>[] present = nobody();

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
    }

    /** False when it was not there. */
    boolean remove(Reader<T> reader) {
        Reader<T>[] before = present;
        present = Copied.without(before, reader);
        return present != before;
    }

    boolean isEmpty() {
        return present.length == 0;
    }

    /** Whether there is anybody to judge. */
    boolean anyMayBeSlow() {
        for (Reader<T> reader : present) {
            if (reader.mayBeSlow()) {
                return true;
            }
        }
        return false;
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
