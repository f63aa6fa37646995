package io.swarmflux.media.segmenter;

/** Media time out of the granules of pages, which say when a page ends. */
final class OggClock extends EvenClock {
    private static final long LONGEST_US = 5_000_000;
    private static final long BACK_US = 1_000_000;

    private long endUs;

    /** Granules begin anew, at 0 or in the middle. */
    @Override
    void anew() {
        super.anew();
        endUs = 0;
    }

    /** Takes a page that ends then, by its own clock; true when the clock jumped. */
    boolean until(long pageEndUs) {
        long byUs = pageEndUs - endUs;
        boolean far = byUs < -BACK_US || byUs > LONGEST_US;
        endUs = pageEndUs;
        return part(nextUs(), far ? 0 : Math.max(0, byUs), far, byUs);
    }
}
