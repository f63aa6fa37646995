package io.swarmflux.peer;

/** How fast a count grows: looked at four times a second, measured over the last two seconds. */
final class Rate {
    static final long EVERY_NS = 250_000_000L;
    private static final int LOOKS = 8;

    private final long[] totals = new long[LOOKS];
    private final long[] atNs = new long[LOOKS];
    private int looks;

    /** Notes where the count stands. */
    void look(long total, long nowNs) {
        if (looks > 0 && nowNs - atNs[(looks - 1) % LOOKS] < EVERY_NS) {
            return;
        }
        totals[looks % LOOKS] = total;
        atNs[looks % LOOKS] = nowNs;
        looks++;
    }

    /** Whether it has grown since the oldest look. */
    boolean grows(long total) {
        return looks > 0 && total > totals[looks > LOOKS ? looks % LOOKS : 0];
    }

    /** By how much it grows in a second; 0 before it was looked at for long enough. */
    long perSecond(long total, long nowNs) {
        if (looks == 0) {
            return 0;
        }
        int oldest = looks > LOOKS ? looks % LOOKS : 0;
        long sinceNs = nowNs - atNs[oldest];
        return sinceNs < EVERY_NS ? 0 : Math.round(Math.max(0, total - totals[oldest]) * 1e9 / sinceNs);
    }
}
