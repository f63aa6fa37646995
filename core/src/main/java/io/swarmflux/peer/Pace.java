package io.swarmflux.peer;

/**
 * How fast a seeder lets its source go.
 *
 * @param kind as fast as can be, by media time, or at a rate
 * @param bitsPerSecond the rate of payload bits, when {@code kind} is {@link Kind#RATE}; otherwise 0
 */
public record Pace(Kind kind, long bitsPerSecond) {
    /** The ways. */
    public enum Kind {
        /** As fast as everybody takes it: makes the stream lossless. */
        NONE,
        /** By the media time of what the source gives. */
        REALTIME,
        /** At a constant rate, which also makes the media time. */
        RATE
    }

    /** Checks the rate. */
    public Pace {
        if (kind == Kind.RATE ? bitsPerSecond < 1 : bitsPerSecond != 0) {
            throw new IllegalArgumentException("a pace has a rate of at least 1 bit/s when it is by rate, and none "
                    + "otherwise; was " + kind + " with " + bitsPerSecond);
        }
    }

    /**
     * As fast as the slowest reader takes it.
     *
     * @return the pace that makes a stream lossless
     */
    public static Pace none() {
        return new Pace(Kind.NONE, 0);
    }

    /**
     * By media time.
     *
     * @return the pace
     */
    public static Pace realtime() {
        return new Pace(Kind.REALTIME, 0);
    }

    /**
     * At a rate.
     *
     * @param bitsPerSecond payload bits per second, at least 1
     * @return the pace
     */
    public static Pace rate(long bitsPerSecond) {
        return new Pace(Kind.RATE, bitsPerSecond);
    }
}
