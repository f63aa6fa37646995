package io.swarmflux.link;

/** One direction of an {@link AccessLink}: the frames of all links, one after the other at its rate. Several threads may call. */
final class SharedQueue {
    /** The answer when a frame does not fit. */
    static final long FULL = Long.MIN_VALUE;

    private static final double BITS_PER_BYTE_NS = 8e9;

    private long bitsPerSecond;
    private long queueBytes = 1;
    private long freeNs = Long.MIN_VALUE;

    /** Sets the rate, for frames that come from now on; 0 for no limit. */
    synchronized void limit(long bits, long bytes) {
        bitsPerSecond = bits;
        queueBytes = bytes;
    }

    synchronized boolean limited() {
        return bitsPerSecond != 0;
    }

    /** When a frame that comes now is through; {@link #FULL} when it does not fit. */
    synchronized long throughNs(long nowNs, int size) {
        long startNs = Math.max(nowNs, freeNs);
        if (bitsPerSecond == 0) {
            return startNs;
        }
        double waitingBytes = (startNs - nowNs) * (bitsPerSecond / BITS_PER_BYTE_NS);
        if (waitingBytes + size > queueBytes) {
            return FULL;
        }
        freeNs = startNs + (long) (size * BITS_PER_BYTE_NS / bitsPerSecond);
        return freeNs;
    }
}
