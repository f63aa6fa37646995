package io.swarmflux.media.player;

import io.swarmflux.flux.Gap;
import io.swarmflux.media.playout.Playout;
import java.util.List;

/**
 * What a player found. Counts span all epochs.
 *
 * @param epoch the last epoch; -1 before anything came
 * @param firstSequence where the first epoch began for this player; -1 before anything came
 * @param lastSequence the last sequence of the last epoch that was played or passed; -1 before anything came
 * @param delivered how many segments were played in order
 * @param missing how many sequences were passed, whether the stream told of it or not
 * @param gaps what was passed, neighbours joined; the first {@value #MAX_GAPS} of them
 * @param outOfOrder how many segments came at or below the one before; they are not played
 * @param damaged how many segments of the integer stream held another number than their sequence; 0 in any other stream
 * @param bytes how many payload bytes were played
 * @param sha256 over the payload bytes played, in hexadecimal
 * @param timing when they were played
 */
public record PlayReport(
        long epoch,
        long firstSequence,
        long lastSequence,
        long delivered,
        long missing,
        List<Gap> gaps,
        long outOfOrder,
        long damaged,
        long bytes,
        String sha256,
        Timing timing) {
    /** The most gaps a report lists. */
    public static final int MAX_GAPS = 1000;

    /**
     * When segments were played.
     *
     * @param startupMillis from the subscription to the first segment; -1 before it came
     * @param stalls how often a hole was passed, plus how often media time fell behind the clock
     * @param lagP50Millis half of the segments were played with at most this delay; 0 without any
     * @param lagP99Millis 99 of 100 segments were played with at most this delay; 0 without any
     * @param late how many segments were played after their playout deadline; 0 for a player without one
     */
    public record Timing(long startupMillis, long stalls, long lagP50Millis, long lagP99Millis, long late) {}

    /** Keeps its own list. */
    public PlayReport {
        gaps = List.copyOf(gaps);
    }

    /**
     * Whether every segment from the first on was played, once, in order and undamaged.
     *
     * @return true when nothing is wrong
     */
    public boolean consistent() {
        return missing == 0 && outOfOrder == 0 && damaged == 0;
    }

    /**
     * The share of segments that were there, and in time where there is a playout deadline.
     *
     * @return 0 to 1; 1 when nothing was due
     */
    public double continuity() {
        long due = delivered + missing;
        return due == 0 ? 1 : (double) (delivered - timing.late()) / due;
    }

    /**
     * Judges by a playout's deadlines.
     *
     * @param counts what the playout found
     * @return the report with its stalls
     */
    PlayReport judgedBy(Playout.Counts counts) {
        Timing judged = new Timing(
                timing.startupMillis(), counts.stalls(), timing.lagP50Millis(), timing.lagP99Millis(), counts.late());
        return new PlayReport(
                epoch,
                firstSequence,
                lastSequence,
                delivered,
                missing,
                gaps,
                outOfOrder,
                damaged,
                bytes,
                sha256,
                judged);
    }

    /**
     * Adds the end of the last epoch, when its final sequence is known and the player did not get there.
     *
     * @param finalSequence the epoch's last sequence; negative when it has none
     * @return the report in which what lies beyond the last sequence is missing too
     */
    public PlayReport upTo(long finalSequence) {
        long tail = firstSequence < 0 ? 0 : Math.max(0, finalSequence - lastSequence);
        return tail == 0
                ? this
                : new PlayReport(
                        epoch,
                        firstSequence,
                        finalSequence,
                        delivered,
                        missing + tail,
                        gaps,
                        outOfOrder,
                        damaged,
                        bytes,
                        sha256,
                        timing);
    }
}
