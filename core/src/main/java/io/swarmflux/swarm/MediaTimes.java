package io.swarmflux.swarm;

import java.util.Map;
import java.util.TreeMap;

/**
 * Which media time a segment has that is not here: between its nearest neighbours that are here, in proportion to the sequences;
 * beyond the last of them, at the pace that was seen before. Of one epoch.
 *
 * <p>Only the segments on both sides of each hole need to be told, and once more when it is looked for other holes.
 */
public final class MediaTimes {
    /** What is not known. */
    public static final long UNKNOWN = Long.MIN_VALUE;

    private final TreeMap<Long, Long> held = new TreeMap<>();

    /** Microseconds from one segment to the next; 0 when it is not known. */
    private double pace;

    /** Nothing is known. */
    public MediaTimes() {}

    /** Forgets which segments are here, and not the pace: another look. */
    public void look() {
        held.clear();
    }

    /** Forgets everything: another epoch. */
    public void clear() {
        held.clear();
        pace = 0;
    }

    /**
     * A segment is here.
     *
     * @param sequence its number
     * @param mediaTimeUs its media time in microseconds
     */
    public void held(long sequence, long mediaTimeUs) {
        held.put(sequence, mediaTimeUs);
        Map.Entry<Long, Long> first = held.firstEntry();
        Map.Entry<Long, Long> last = held.lastEntry();
        if (last.getKey() > first.getKey() && last.getValue() > first.getValue()) {
            pace = ((double) last.getValue() - first.getValue()) / (last.getKey() - first.getKey());
        }
    }

    /**
     * The media time of a segment, here or not.
     *
     * @param sequence its number
     * @return microseconds; {@link #UNKNOWN} without a neighbour, beyond the last one without a pace, and where media time jumps
     *     back in between
     */
    public long of(long sequence) {
        Map.Entry<Long, Long> before = held.floorEntry(sequence);
        Map.Entry<Long, Long> after = held.ceilingEntry(sequence);
        if (before != null && after != null) {
            long apart = after.getKey() - before.getKey();
            double lasts = (double) after.getValue() - before.getValue();
            return apart == 0
                    ? before.getValue()
                    : lasts < 0 ? UNKNOWN : before.getValue() + (long) (lasts * (sequence - before.getKey()) / apart);
        }
        if (before != null) {
            return pace == 0 ? UNKNOWN : before.getValue() + (long) (pace * (sequence - before.getKey()));
        }
        // without a pace as late as can be: what is there to be asked for is rather asked for in vain
        return after == null ? UNKNOWN : after.getValue() - (long) (pace * (after.getKey() - sequence));
    }
}
