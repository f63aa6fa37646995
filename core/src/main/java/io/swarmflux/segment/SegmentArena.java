package io.swarmflux.segment;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Memory for the segments of one stream in one process. A collector that moves what survives copies each segment of a window once or
 * twice: at 100 MB/s that costs more than to send it, and stops everything for tens of milliseconds. So while a stream is fast,
 * its segments are put one after the other into <em>slabs</em>, arrays that are as large as a region of the G1 collector:
 * those it never moves, and takes back as soon as no segment in them is used. As a window lets go of segments in about the order in which
 * they came, slabs become free in that order too.
 *
 * <p>A stream is fast when a slab is full within a second. Otherwise, and with other collectors, each segment has an array of its own.
 *
 * <p><b>What it costs.</b> Whoever keeps one segment of a fast stream keeps its slab: 1 to 8 MiB, see {@link #slabBytes()}. Keep
 * {@link Segment#payloadCopy()} for longer than a window does. Only what will be kept for about as long should be in one slab: so segments of
 * different streams never are, and what is thrown away at once has {@linkplain SegmentBytes#alone memory of its own}.
 *
 * <p><b>Threads.</b> Any.
 */
public final class SegmentArena {
    private static final long FAST_NS = 1_000_000_000L;

    /** A segment that is a larger part of a slab would waste too much at its end. */
    private static final int LEAST_PARTS = 4;

    /** Before so much has come nobody asks for the size of slabs, as that takes some milliseconds. */
    private static final int LEAST_BYTES = 1 << 19;

    private final IntSupplier slabBytes;
    private final LongSupplier clockNs;
    private volatile @Nullable Slab slab;

    // how much came since then that has no place in a slab; guarded by this
    private long sinceNs;
    private long bytes;

    /** An array that is filled from its beginning. */
    private static final class Slab {
        private final byte[] array;
        private final AtomicInteger used = new AtomicInteger();

        Slab(int bytes) {
            array = new byte[bytes];
        }

        boolean isFor(int size) {
            return size <= array.length / LEAST_PARTS;
        }

        /** Where so many bytes have their place; -1 when it is full. */
        int take(int size) {
            int from = used.getAndAdd(size);
            return from >= 0 && from <= array.length - size ? from : -1;
        }
    }

    /** Nothing is reserved yet; slabs are as large as is right for this virtual machine. */
    public SegmentArena() {
        this(SlabSize::bytes, System::nanoTime);
    }

    /**
     * One that puts no segments together.
     *
     * @return an arena without slabs
     */
    public static SegmentArena withoutSlabs() {
        return new SegmentArena(() -> 0, System::nanoTime);
    }

    SegmentArena(IntSupplier slabBytes, LongSupplier clockNs) {
        this.slabBytes = slabBytes;
        this.clockNs = clockNs;
        this.sinceNs = clockNs.getAsLong();
    }

    /**
     * How large slabs are in this virtual machine.
     *
     * @return bytes; 0 when it moves arrays of any size, or only such as would be too large: then there are none
     */
    public static int slabBytes() {
        return SlabSize.bytes();
    }

    /**
     * Memory for one segment.
     *
     * @param size how many bytes its encoded form has
     * @return the memory, with bytes of value 0
     */
    public SegmentBytes reserve(int size) {
        Slab present = slab;
        if (present != null && !present.isFor(size)) {
            return SegmentBytes.alone(size);
        }
        SegmentBytes place = present == null ? null : in(present, size);
        return place == null ? reserveSlowly(present, size) : place;
    }

    /** For each segment of a slow stream, and for each slab of a fast one. */
    private synchronized SegmentBytes reserveSlowly(@Nullable Slab full, int size) {
        if (slab == full) { // otherwise somebody else was quicker
            slab = next(full, size);
        }
        Slab present = slab;
        SegmentBytes place = present != null && present.isFor(size) ? in(present, size) : null;
        return place == null ? SegmentBytes.alone(size) : place;
    }

    private static @Nullable SegmentBytes in(Slab slab, int size) {
        int from = slab.take(size);
        return from < 0 ? null : new SegmentBytes(slab.array, from, size);
    }

    /** The slab to go on with; null when the stream is slow, or it is not known yet. */
    private @Nullable Slab next(@Nullable Slab full, int size) {
        bytes += full == null ? size : full.array.length;
        if (bytes < LEAST_BYTES) {
            return null;
        }
        int most = slabBytes.getAsInt();
        if (bytes < most) {
            return null;
        }
        long nowNs = clockNs.getAsLong();
        boolean fast = most > 0 && (nowNs - sinceNs) * (double) most <= FAST_NS * (double) bytes;
        sinceNs = nowNs;
        bytes = 0;
        return fast ? new Slab(most) : null;
    }
}
