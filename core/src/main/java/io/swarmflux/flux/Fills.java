package io.swarmflux.flux;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The last holes of a window that were filled, so that who has looked at everything up to some place learns what came
 * below it since, and looks at nothing twice. One thread writes, inside the drain loop; any number of threads read.
 *
 * <p>A reader that was away for longer than the log is told to look at everything again.
 */
final class Fills {
    /** More than a reader misses between two looks, as it is woken for every change. */
    static final int LENGTH = 64;

    private static final VarHandle COUNT = Handles.of(MethodHandles.lookup(), "count", long.class);
    private static final VarHandle LOG = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] log = new long[LENGTH];
    private volatile long count;

    /** Notes that a hole was filled. The element is there before. */
    void note(long sequence) {
        long now = count;
        LOG.setRelease(log, (int) now & (LENGTH - 1), sequence);
        COUNT.setRelease(this, now + 1);
    }

    /** How many there were. Whoever looks into the window after this sees them all. */
    long count() {
        return count;
    }

    /** The lowest sequence filled from the {@code seen}th on, and before the {@code until}th; 0 when that is forgotten. */
    long lowest(long seen, long until) {
        if (until - seen >= LENGTH) {
            return 0;
        }
        long lowest = Long.MAX_VALUE;
        for (long i = seen; i < until; i++) {
            lowest = Math.min(lowest, (long) LOG.getAcquire(log, (int) i & (LENGTH - 1)));
        }
        // the count is read after the log: the place of the next one may be overwritten already
        return count - seen >= LENGTH ? 0 : lowest;
    }
}
