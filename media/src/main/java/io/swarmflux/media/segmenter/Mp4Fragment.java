package io.swarmflux.media.segmenter;

/**
 * What a {@code moof} box says: when the main track goes on and for how long, whether a decoder may start there, and how many bytes its
 * samples have.
 *
 * <pre>
 *  moof
 *    mfhd
 *    traf              one for each track
 *      tfhd            which track, defaults
 *      tfdt            when it goes on
 *      trun            the samples: duration, size, flags, each or by default
 * </pre>
 */
final class Mp4Fragment {
    private static final int TRAF = Mp4Box.type("traf");
    private static final int TFHD = Mp4Box.type("tfhd");
    private static final int TFDT = Mp4Box.type("tfdt");
    private static final int TRUN = Mp4Box.type("trun");
    private static final int FREE = Mp4Box.type("free");

    private static final int BASE_OFFSET = 0x1;
    private static final int BASE_IS_MOOF = 0x2_0000;
    private static final int NO_SYNC_SAMPLE = 0x1_0000;
    private static final long MAX_UNITS = 1L << 40;
    private static final long FAR = 16L << 20;

    private final Mp4Tracks tracks;
    private boolean main;
    private boolean start;
    private long decodeUs = -1;
    private long lastsUs;
    private long sampleBytes;
    private boolean absolute;

    // of the traf that is read
    private long duration;
    private long size;
    private int flags;
    private long units;
    private boolean anySample;
    private boolean firstIsSync;

    private Mp4Fragment(Mp4Tracks tracks) {
        this.tracks = tracks;
    }

    static Mp4Fragment of(Mp4Box moof, Mp4Tracks tracks) {
        Mp4Fragment fragment = new Mp4Fragment(tracks);
        for (Mp4Box one : moof.children()) {
            if (one.is(TRAF)) {
                fragment.read(one);
            }
        }
        return fragment;
    }

    /** Whether there is something of the main track in it. */
    boolean main() {
        return main;
    }

    /** Whether a decoder may start with it. */
    boolean start() {
        return start;
    }

    /** When the main track goes on, by its own clock; −1 when it does not say. */
    long decodeUs() {
        return decodeUs;
    }

    /** How long the main track's samples last. */
    long lastsUs() {
        return lastsUs;
    }

    /** How many bytes all samples have. */
    long sampleBytes() {
        return sampleBytes;
    }

    /** Whether it says where its samples are from the beginning of the file, which nobody has who joins in the middle. */
    boolean absolute() {
        return absolute;
    }

    private void read(Mp4Box traf) {
        Mp4Box tfhd = traf.child(TFHD);
        if (tfhd == null) {
            return;
        }
        long id = tfhd.u32(4);
        Mp4Tracks.Track track = tracks.track(id);
        int has = tfhd.flags();
        int at = 8 + ((has & BASE_OFFSET) == 0 ? 0 : 8) + ((has & 0x2) == 0 ? 0 : 4);
        absolute |= (has & BASE_OFFSET) != 0;
        duration = (has & 0x8) != 0 ? tfhd.u32(at) : track == null ? 0 : track.duration();
        at += (has & 0x8) == 0 ? 0 : 4;
        size = (has & 0x10) != 0 ? tfhd.u32(at) : track == null ? 0 : track.size();
        at += (has & 0x10) == 0 ? 0 : 4;
        flags = (has & 0x20) != 0 ? (int) tfhd.u32(at) : track == null ? 0 : track.flags();
        units = 0;
        anySample = false;
        for (Mp4Box one : traf.children()) {
            if (one.is(TRUN)) {
                readRun(one);
            }
        }
        if (track == null || id != tracks.mainId()) {
            return;
        }
        main = true;
        start = anySample && firstIsSync;
        lastsUs = track.us(Math.min(units, MAX_UNITS));
        Mp4Box tfdt = traf.child(TFDT);
        if (tfdt != null) {
            decodeUs = track.us(tfdt.version() == 1 ? tfdt.u64(4) & Long.MAX_VALUE : tfdt.u32(4));
        }
    }

    private void readRun(Mp4Box trun) {
        int has = trun.flags();
        long count = trun.u32(4);
        int at = 8 + ((has & 0x1) == 0 ? 0 : 4) + ((has & 0x4) == 0 ? 0 : 4);
        int each = 4 * Integer.bitCount(has & 0xf00);
        int flagsAt = at + 4 * Integer.bitCount(has & 0x300);
        if (count > 0 && !anySample) {
            anySample = true;
            long first = (has & 0x4) != 0
                    ? trun.u32(8 + ((has & 0x1) == 0 ? 0 : 4))
                    : (has & 0x400) != 0 ? trun.u32(flagsAt) : flags;
            firstIsSync = (first & NO_SYNC_SAMPLE) == 0;
        }
        if ((has & 0x300) == 0) {
            units += product(count, duration);
            sampleBytes += product(count, size);
            return;
        }
        long fit = Math.min(count, Math.max(0, (trun.size() - Mp4Box.HEADER - at) / each));
        for (long i = 0; i < fit; i++, at += each) {
            units += (has & 0x100) == 0 ? duration : trun.u32(at);
            sampleBytes += (has & 0x200) == 0 ? size : trun.u32(at + ((has & 0x100) == 0 ? 0 : 4));
        }
    }

    /** No more than anything real has, so that no sum of them overflows. */
    private static long product(long count, long each) {
        return each == 0 || count <= MAX_UNITS / each ? count * each : MAX_UNITS;
    }

    /**
     * Makes places from the beginning of the file ones from the beginning of the box, which hold wherever somebody joins. No length
     * changes: a {@code free} box fills the room of what is not needed any more.
     *
     * @param position where the box is in the file
     */
    static void makeRelative(Mp4Box moof, long position) {
        for (Mp4Box traf : moof.children()) {
            Mp4Box tfhd = traf.is(TRAF) ? traf.child(TFHD) : null;
            if (tfhd == null || (tfhd.flags() & BASE_OFFSET) == 0 || tfhd.size() < 24) {
                continue;
            }
            long by = tfhd.u64(8) - position;
            byte[] array = tfhd.array();
            int base = tfhd.at() + Mp4Box.HEADER + 8;
            Mp4Box.putInt(array, tfhd.at() + Mp4Box.HEADER, ((int) tfhd.u32(0) & ~BASE_OFFSET) | BASE_IS_MOOF);
            Mp4Box.putInt(array, tfhd.at(), tfhd.size() - 8);
            System.arraycopy(array, base + 8, array, base, tfhd.end() - base - 8);
            Mp4Box.putInt(array, tfhd.end() - 8, 8);
            Mp4Box.putInt(array, tfhd.end() - 4, FREE);
            for (Mp4Box trun : traf.children()) {
                if (trun.is(TRUN) && (trun.flags() & 0x1) != 0 && trun.size() >= 20 && Math.abs(by) < FAR) {
                    Mp4Box.putInt(array, trun.at() + Mp4Box.HEADER + 8, (int) (trun.u32(8) + by));
                }
            }
        }
    }
}
