package io.swarmflux.transport.multicast;

/**
 * Keeps datagrams apart: a token bucket that holds what may be sent at once, {@value #BURST_BYTES} bytes or a millisecond of the
 * rate, whichever is more. Receivers lose what comes faster than they read it, so a burst is the commonest loss there is.
 */
final class Pacer {
    static final long LOWEST_RATE = 8_000;

    private static final int BURST_BYTES = 16 * 1_500;
    private static final double BYTE_NS = 8e9;

    private long bitsPerSecond;
    private double bytes;
    private long asOfNs;

    Pacer(long bitsPerSecond, long nowNs) {
        this.bitsPerSecond = bitsPerSecond;
        this.asOfNs = nowNs;
        this.bytes = burst();
    }

    private double burst() {
        return Math.max(BURST_BYTES, bitsPerSecond / 8e3);
    }

    void rate(long bits, long nowNs) {
        refill(nowNs);
        bitsPerSecond = bits;
        bytes = Math.min(bytes, burst());
    }

    /** Takes what a datagram needs, or nothing when it must wait. */
    boolean tryTake(int size, long nowNs) {
        refill(nowNs);
        if (bytes < size) {
            return false;
        }
        bytes -= size;
        return true;
    }

    /** How long until a datagram may leave. */
    long waitNs(int size) {
        return bytes >= size ? 0 : (long) Math.ceil((size - bytes) * BYTE_NS / bitsPerSecond);
    }

    private void refill(long nowNs) {
        long passedNs = nowNs - asOfNs;
        if (passedNs > 0) {
            bytes = Math.min(burst(), bytes + passedNs * (bitsPerSecond / BYTE_NS));
            asOfNs = nowNs;
        }
    }
}
