package io.swarmflux.samples.bench;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What has come to one receiver. It is an error when something comes twice, out of order or damaged; what is missing is counted. */
public final class Arrivals {
    private final boolean timed;
    private long[] latenciesNs = new long[0];
    private long next = -1;
    private long firstNs;
    private volatile long lastNs;
    private volatile long came;
    private volatile boolean over;
    private volatile long seen;
    private final Runnable whenMeasured;
    private volatile @Nullable Throwable trouble;

    /** Latencies are kept when {@code timed}; {@code whenMeasured} is run before the first arrival that is measured. */
    Arrivals(boolean timed, Runnable whenMeasured) {
        this.timed = timed;
        this.whenMeasured = whenMeasured;
    }

    /**
     * A segment came.
     *
     * @param segment its bytes, from the buffer's position to its limit
     * @throws IllegalStateException when it is not one that may come now
     */
    public void arrived(ByteBuffer segment) {
        int at = segment.position();
        int size = segment.remaining();
        if (size < Feed.LEAST_BYTES) {
            throw wrong("a segment of " + size + " bytes came after " + (next - 1));
        }
        long sequence = segment.getLong(at);
        int flags = segment.get(at + Feed.FLAGS_AT);
        if (sequence < next || segment.getLong(at + size - Long.BYTES) != sequence) {
            throw wrong("segment " + sequence + " came after " + (next - 1) + ", or is damaged");
        }
        next = sequence + 1;
        if ((sequence & 63) == 0) {
            seen = next;
        }
        if ((flags & Feed.MEASURED) == 0) {
            return;
        }
        long before = came;
        long nowNs =
                timed || before == 0 || (flags & Feed.LAST) != 0 || (sequence & 63) == 0 ? System.nanoTime() : lastNs;
        if (before == 0) {
            whenMeasured.run();
            firstNs = nowNs;
        }
        if (timed) {
            keep((int) before, nowNs - segment.getLong(at + Feed.DUE_AT));
        }
        lastNs = nowNs;
        came = before + 1;
        over = (flags & Feed.LAST) != 0;
    }

    /** The thread that brought it may swallow this; the trial does not. */
    private IllegalStateException wrong(String what) {
        IllegalStateException failure = new IllegalStateException(what);
        trouble = failure;
        return failure;
    }

    /**
     * The receiver has failed.
     *
     * @param failure why
     */
    public void failed(Throwable failure) {
        trouble = failure;
    }

    /** What went wrong; null when nothing did. */
    @Nullable
    Throwable trouble() {
        return trouble;
    }

    /** When the newest came. */
    long lastNs() {
        return lastNs;
    }

    private void keep(int index, long latencyNs) {
        if (index == latenciesNs.length) {
            latenciesNs = Arrays.copyOf(latenciesNs, Math.max(1 << 14, 2 * index));
        }
        latenciesNs[index] = latencyNs;
    }

    /** Grows as long as anything comes. */
    long progress() {
        return seen + came;
    }

    /** How many came that are measured. */
    long came() {
        return came;
    }

    /** Whether the last has come. */
    boolean over() {
        return over;
    }

    /** How many came in a second, from the first that is measured to the last. */
    double perSecond() {
        return came < 2 ? 0 : (came - 1) * 1e9 / Math.max(1, lastNs - firstNs);
    }

    /** How long after it was due each has come. */
    long[] latenciesNs() {
        return Arrays.copyOf(latenciesNs, (int) came);
    }
}
