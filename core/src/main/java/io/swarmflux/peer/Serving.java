package io.swarmflux.peer;

/**
 * What a peer gives to others at most.
 *
 * @param uploadBitsPerSecond over all links; 0, the default, for no limit
 * @param downstreamBitsPerSecond to each downstream; 0, the default, for no limit
 * @param maxDownstreams how many downstreams; default 1,000; who comes then is told of others, and let in when it has no path to
 *     the stream and another can do without its place
 */
public record Serving(long uploadBitsPerSecond, long downstreamBitsPerSecond, int maxDownstreams) {
    private static final Serving DEFAULTS = new Serving(0, 0, 1000);

    /** Checks the limits. */
    public Serving {
        if (uploadBitsPerSecond < 0 || downstreamBitsPerSecond < 0 || maxDownstreams < 0) {
            throw new IllegalArgumentException("serving limits are not negative, were upload " + uploadBitsPerSecond
                    + " bit/s, downstream " + downstreamBitsPerSecond + " bit/s, " + maxDownstreams + " downstreams");
        }
    }

    /**
     * No rate limit, 1,000 downstreams.
     *
     * @return the defaults
     */
    public static Serving defaults() {
        return DEFAULTS;
    }

    /**
     * Limits what leaves over all links.
     *
     * @param bitsPerSecond 0 for no limit
     * @return the limits with this one
     */
    public Serving upload(long bitsPerSecond) {
        return new Serving(bitsPerSecond, downstreamBitsPerSecond, maxDownstreams);
    }

    /**
     * Limits what leaves to each downstream.
     *
     * @param bitsPerSecond 0 for no limit
     * @return the limits with this one
     */
    public Serving eachDownstream(long bitsPerSecond) {
        return new Serving(uploadBitsPerSecond, bitsPerSecond, maxDownstreams);
    }

    /**
     * Limits the number of downstreams.
     *
     * @param downstreams 0 serves nobody
     * @return the limits with this one
     */
    public Serving downstreams(int downstreams) {
        return new Serving(uploadBitsPerSecond, downstreamBitsPerSecond, downstreams);
    }
}
