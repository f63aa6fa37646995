package io.swarmflux.media.source;

import io.swarmflux.segment.CodecHeaders;
import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;

/**
 * Media time of an input that breaks off, stands still and has a clock of its own. It never goes back, and after each break it goes on by as
 * much as really went by: so who plays on media time is as far behind as before.
 *
 * <pre>
 *  really     0 .. 4 |  break  | 9 ..
 *  the input  0 .. 4 |         | 0 ..      begins again
 *  media      0 .. 4 |         | 9 ..      with DISCONTINUITY
 * </pre>
 *
 * An input that does not wait has media time at which nothing is held up: no later than a piece comes. The piece that came quickest sets
 * the distance between the two; it is followed when the input's clock is faster, at once, and when it is slower, by at most 0.1 %.
 */
final class LiveTime {
    private static final long UNKNOWN = Long.MIN_VALUE;
    private static final long WINDOW_US = 10_000_000;
    private static final long FOLLOWED_PER_WINDOW_US = WINDOW_US / 1000;

    /** Who was still for so long has lost something, also when its clock does not say so. */
    private static final long STILL_US = 1_000_000;

    private final boolean waits;
    private long startUs = UNKNOWN;
    private long offsetUs;
    private long lastUs;
    private long cameUs;
    private boolean begins;
    private boolean first = true;

    private CodecHeaders headers = CodecHeaders.NONE;
    private long windowEndsUs = UNKNOWN;
    private long leastLateUs;

    /** @param waits whether the input waits while nobody asks for more */
    LiveTime(boolean waits) {
        this.waits = waits;
    }

    /** What comes next is from a new beginning of the input. */
    void begins() {
        begins = true;
    }

    /** Puts a piece that has come now on the time line; its own media time began at 0 with the input. */
    Cut place(Cut cut, long nowUs) {
        if (startUs == UNKNOWN) {
            startUs = nowUs;
        }
        long reallyUs = nowUs - startUs;
        int flags = cut.flags();
        if (begins && !first) {
            offsetUs = Math.max(lastUs, reallyUs) - cut.mediaTimeUs();
            flags |= Segment.DISCONTINUITY;
            windowEndsUs = UNKNOWN;
        }
        begins = false;
        first = false;
        if (!waits) {
            follow(cut, reallyUs);
        }
        cameUs = reallyUs;
        lastUs = Math.max(lastUs, cut.mediaTimeUs() + offsetUs);
        return new Cut(cut.payload(), lastUs, flags, headers(cut));
    }

    /** Those of a new beginning are counted from 1 again; here versions only grow, and stay where nothing has changed. */
    private CodecHeaders headers(Cut cut) {
        if (cut.headers().version() > 0) {
            headers = headers.changedTo(cut.headers().bytes());
        }
        return headers;
    }

    private void follow(Cut cut, long reallyUs) {
        long lateUs = reallyUs - cut.mediaTimeUs() - offsetUs;
        boolean broken = (cut.flags() & Segment.DISCONTINUITY) != 0 || reallyUs - cameUs >= STILL_US;
        if (lateUs < 0 || broken) {
            offsetUs += lateUs;
            windowEndsUs = UNKNOWN;
            lateUs = 0;
        }
        if (windowEndsUs == UNKNOWN) {
            windowEndsUs = reallyUs + WINDOW_US;
            leastLateUs = lateUs;
        }
        leastLateUs = Math.min(leastLateUs, lateUs);
        if (reallyUs >= windowEndsUs) {
            offsetUs += Math.min(leastLateUs, FOLLOWED_PER_WINDOW_US);
            windowEndsUs = UNKNOWN;
        }
    }
}
