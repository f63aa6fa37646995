package io.swarmflux.media.segmenter;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Bytes that have come and were not dealt with yet: from {@code from} to {@code until} in {@code array}. */
final class HeldBytes {
    byte[] array = new byte[4 * 1024];
    int from;
    int until;

    int size() {
        return until - from;
    }

    /** Adds all of the bytes behind those that are held. What is held moves to the front. */
    void take(ByteBuffer bytes) {
        if (from > 0) {
            System.arraycopy(array, from, array, 0, until - from);
            until -= from;
            from = 0;
        }
        int size = bytes.remaining();
        if (until + size > array.length) {
            array = Arrays.copyOf(array, until + size);
        }
        bytes.get(array, until, size);
        until += size;
    }
}
