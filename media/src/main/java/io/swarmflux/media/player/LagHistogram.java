package io.swarmflux.media.player;

/**
 * Percentiles of a delay in fixed memory: one counter for each millisecond from 4 s before the first value to 12 s after
 * it; what lies beyond counts at the edge. The counters stand relative to the first value because the origin, the least
 * delay, is only known at the end.
 */
final class LagHistogram {
    private static final int BEFORE_MILLIS = 4_000;
    private static final int COUNTERS = 16_000;

    private final int[] counters = new int[COUNTERS];
    private long count;
    private long first;

    void add(long millis) {
        if (count++ == 0) {
            first = millis;
        }
        counters[Math.toIntExact(Math.max(0, Math.min(COUNTERS - 1, millis - first + BEFORE_MILLIS)))]++;
    }

    /** The delay that a share of all values does not exceed, as it was added. */
    long percentile(double share) {
        long wanted = Math.max(1, (long) Math.ceil(count * share));
        long seen = 0;
        for (int i = 0; i < COUNTERS; i++) {
            seen += counters[i];
            if (seen >= wanted) {
                return i - BEFORE_MILLIS + first;
            }
        }
        return 0;
    }

    /**
     * How much a share of all values lies above the least one at most. 0 for a stream that runs ahead of its own clock, and
     * so has no delay.
     */
    long spread(double share) {
        return counters[0] > 0 ? 0 : percentile(share) - percentile(0);
    }
}
