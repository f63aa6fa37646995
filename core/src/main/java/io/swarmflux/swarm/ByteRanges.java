package io.swarmflux.swarm;

import java.util.Arrays;

/** A few ranges of bytes, sorted and disjoint: {@code from, until, from, until, ...}. */
final class ByteRanges {
    /** More are not kept: what is left out is asked for, or sent, once more. */
    private static final int MAX_RANGES = 64;

    private int[] ends = new int[4];
    private int size;

    void clear() {
        size = 0;
    }

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    int from(int i) {
        return ends[2 * i];
    }

    int until(int i) {
        return ends[2 * i + 1];
    }

    /** Adds a range that is not empty. */
    void add(int from, int until) {
        int first = 0;
        while (first < size && until(first) < from) {
            first++;
        }
        int beyond = first;
        int start = from;
        int end = until;
        while (beyond < size && from(beyond) <= until) {
            start = Math.min(start, from(beyond));
            end = Math.max(end, until(beyond));
            beyond++;
        }
        if (beyond == first && size == MAX_RANGES) {
            return;
        }
        replace(first, beyond, start, end);
    }

    /** Takes a range away. */
    void remove(int from, int until) {
        for (int i = size - 1; i >= 0; i--) {
            int start = from(i);
            int end = until(i);
            if (end <= from || start >= until) {
                continue;
            }
            if (start < from && end > until) {
                ends[2 * i + 1] = from;
                replace(i + 1, i + 1, until, end);
            } else if (start < from) {
                ends[2 * i + 1] = from;
            } else if (end > until) {
                ends[2 * i] = until;
            } else {
                System.arraycopy(ends, 2 * i + 2, ends, 2 * i, 2 * (size - i - 1));
                size--;
            }
        }
    }

    void removeAll(ByteRanges others) {
        for (int i = 0; i < others.size; i++) {
            remove(others.from(i), others.until(i));
        }
    }

    long bytes() {
        long bytes = 0;
        for (int i = 0; i < size; i++) {
            bytes += until(i) - from(i);
        }
        return bytes;
    }

    private void replace(int first, int beyond, int from, int until) {
        int more = 1 - (beyond - first);
        if (2 * (size + more) > ends.length) {
            ends = Arrays.copyOf(ends, 2 * ends.length);
        }
        System.arraycopy(ends, 2 * beyond, ends, 2 * (beyond + more), 2 * (size - beyond));
        ends[2 * first] = from;
        ends[2 * first + 1] = until;
        size += more;
    }
}
