package io.swarmflux.peer;

import io.swarmflux.segment.Segment;
import io.swarmflux.wire.Message.FailureCode;
import io.swarmflux.wire.WireException;

/**
 * What one upstream was granted since the subscribe, and what of it has come: two limits that only grow, a sequence and a total of
 * bytes. Here it is checked that the upstream keeps to them, and decided when it is granted more and told so.
 *
 * <p><b>Threads.</b> What comes is checked and counted on the link's thread, which also takes the first limits from the answer, as
 * segments may follow that at once. Everything else happens inside the strand. So what either needs of the other is volatile, and
 * each such field has one thread that writes it while segments may come: the link's for what came, the strand for the limits.
 */
final class Granted {
    /** So much is always worth a report by itself; the other end has at least four times that on its way, see {@link Sent}. */
    private static final int LEAST_REPORT_BYTES = 16 * 1024;

    /** Where much comes, so much time's worth of it is. The other end may send a quarter of a second's worth without any. */
    private static final double REPORT_SECONDS = 0.002;

    /** No report waits for more than this part of what should be granted. */
    private static final int REPORT_PARTS = 4;

    private static final long MEASURED_NS = 20_000_000L;

    private static final long REPEAT_NS = 250_000_000L;

    /** How often a link of a live stream hears of the window's progress alone. */
    private static final long SELDOM_NS = 1_000_000_000L;

    private final Requested requested;

    private volatile long sequenceLimit;
    private volatile long byteLimit;
    private volatile long receivedBytes;
    private volatile long reportedBytes;
    private volatile int firstSegments;
    private volatile int maxSegmentBytes = Segment.MAX_ENCODED_BYTES;

    /** How much has to have come for a report of its own. */
    private volatile int reportBytes = LEAST_REPORT_BYTES;

    /** How many segments have come, how many when a report was thought of last, and how many are enough for that. */
    private volatile long segments;

    private volatile long segmentsBefore;
    private volatile int reportSegments = Integer.MAX_VALUE;

    // inside the strand
    private long firstBytes;
    private long reportedNext = -1;
    private long toldAtNs;
    private boolean starved;

    // how much comes: measured from report to report
    private long measuredAtNs;
    private long measuredBytes;
    private double bytesPerSecondBefore;

    /** Whether it had something to bring when credit was thought of last. */
    private boolean fed;

    /**
     * What there is to be granted.
     *
     * @param feeds whether it has anything to bring
     * @param targetBytes how much it should have and not have used
     * @param freeBytes how much the window has room for that nobody was granted
     * @param sequenceLimit the first sequence that the window has no slot for
     * @param slots how many slots the window has
     * @param next the first sequence that somebody here waits for
     */
    record Room(boolean feeds, long targetBytes, long freeBytes, long sequenceLimit, int slots, long next) {}

    /** Nothing is granted; what was {@code requested} may come on top of what will be. */
    Granted(Requested requested) {
        this.requested = requested;
    }

    // ------------------------------------------------------------------ the link's thread

    /**
     * The subscribe was answered: the first grant is from that sequence on, and counting begins anew. Not before, as something of
     * an earlier subscription may be counted until then.
     */
    void answered(long start, int mostBytesEach) {
        receivedBytes = 0;
        reportedBytes = 0;
        sequenceLimit = start + firstSegments;
        maxSegmentBytes = mostBytesEach;
    }

    /** A segment begins to come; refuses what was neither granted nor asked for. */
    void take(long sequence, int totalBytes) {
        if (totalBytes > maxSegmentBytes) {
            throw new WireException(
                    FailureCode.LIMIT,
                    "segment " + sequence + " has " + totalBytes + " bytes encoded, the description allows "
                            + maxSegmentBytes);
        }
        long received = receivedBytes + totalBytes;
        boolean asked = requested.awaits(sequence);
        if (!asked
                && (sequence >= sequenceLimit || received > byteLimit + (long) requested.allowed() * maxSegmentBytes)) {
            throw new WireException(
                    FailureCode.CREDIT,
                    "segment " + sequence + " of " + totalBytes
                            + " bytes came, granted were sequences below " + sequenceLimit + " and "
                            + (byteLimit - receivedBytes)
                            + " more bytes");
        }
        receivedBytes = received;
        long before = segments; // one thread writes it
        segments = before + 1;
    }

    /** Whether so much has come that it is worth a message by itself. */
    boolean isReportDue() {
        return receivedBytes - reportedBytes >= reportBytes || segments - segmentsBefore >= reportSegments;
    }

    // ------------------------------------------------------------------ inside the strand

    /** It is subscribed to anew: nothing is granted until {@link #first}. */
    void begin(long nowNs) {
        fed = false;
        starved = false;
        toldAtNs = nowNs - SELDOM_NS;
        firstBytes = 0;
        reportBytes = LEAST_REPORT_BYTES;
        measuredAtNs = nowNs;
        measuredBytes = 0;
        bytesPerSecondBefore = 0;
    }

    /** Grants so much with the subscribe itself. */
    void first(long bytes, int segments) {
        firstBytes = bytes;
        firstSegments = segments;
        byteLimit = bytes;
    }

    /** There will be nothing of what was granted with the subscribe. */
    void lapse() {
        firstBytes = 0;
    }

    /** What was granted with the subscribe and may be used as soon as that is answered. */
    long firstBytes() {
        return firstBytes;
    }

    int firstSegments() {
        return firstSegments;
    }

    /** What was granted beyond what is in the window by now, or was dropped: not sent, under way, or not complete. */
    long beyond(long settledBytes) {
        return Math.max(0, byteLimit - settledBytes);
    }

    long sequenceLimit() {
        return sequenceLimit;
    }

    long byteLimit() {
        return byteLimit;
    }

    /** How much has come, as it was told last. */
    long reportedBytes() {
        return reportedBytes;
    }

    /** Whether it was given less than it should have, because the window had no room. */
    boolean starved() {
        return starved;
    }

    /** Whether nothing but the window's progress could be told, and that was told not long ago: found without looking at the window. */
    boolean isQuiet(boolean feeds, long nowNs) {
        return feeds == fed && !starved && receivedBytes == reportedBytes && nowNs - toldAtNs < SELDOM_NS;
    }

    /**
     * Grants what there is room for and counts what came as reported, if that is worth a message. Then the message must be sent.
     *
     * @param heartbeat whether it may be told for the time that has passed, not only for how much there is to be told
     * @param seldom whether what it did not bring itself matters little to it
     */
    boolean grant(Room room, boolean heartbeat, boolean seldom, long nowNs) {
        fed = room.feeds();
        segmentsBefore = segments;
        reportSegments = Math.max(1, room.slots() / 4);
        long received = receivedBytes;
        long bytes = byteLimit;
        long sequences = sequenceLimit;
        long lacks = room.targetBytes() - Math.max(0, bytes - received);
        long more = fed ? Math.max(0, Math.min(lacks, room.freeBytes())) : 0;
        starved = fed && more < lacks;
        long moreSequences = Math.max(0, room.sequenceLimit() - sequences);
        long came = received - reportedBytes;
        boolean much = more >= room.targetBytes() / 4 || moreSequences >= room.slots() / 4 || came >= reportBytes;
        boolean anything = more > 0 || came > 0 || (!seldom && (moreSequences > 0 || room.next() != reportedNext));
        if (!much && !(heartbeat && isTime(anything, seldom, nowNs - toldAtNs))) {
            return false;
        }
        byteLimit = bytes + more;
        sequenceLimit = sequences + moreSequences;
        reportedBytes = received;
        reportedNext = room.next();
        toldAtNs = nowNs;
        measure(received, room.targetBytes(), nowNs);
        return true;
    }

    /**
     * Reports cost as much as a small segment, so where much comes they are fewer. By then the other end must have seen that much comes, or
     * it would stop to wait for one; so what is believed is the lower of two measurements that follow each other, which are
     * both of what was reported often.
     */
    private void measure(long received, long targetBytes, long nowNs) {
        long sinceNs = nowNs - measuredAtNs;
        if (sinceNs < MEASURED_NS) {
            return;
        }
        double bytesPerSecond = Math.max(0, received - measuredBytes) * 1e9 / sinceNs;
        double worth = Math.min(bytesPerSecond, bytesPerSecondBefore) * REPORT_SECONDS;
        reportBytes = (int) Math.max(LEAST_REPORT_BYTES, Math.min(worth, targetBytes / (double) REPORT_PARTS));
        bytesPerSecondBefore = bytesPerSecond;
        measuredAtNs = nowNs;
        measuredBytes = received;
    }

    /** Even if there is nothing to be told it is told now and then, as the last message may be lost. */
    private static boolean isTime(boolean anything, boolean seldom, long sinceNs) {
        return seldom ? sinceNs >= SELDOM_NS || (anything && sinceNs >= REPEAT_NS) : sinceNs >= REPEAT_NS || anything;
    }

    /**
     * Whether the sequence that it would bring next is granted.
     *
     * @param brought one past the newest that it has brought
     * @param share what it brings, bit by bit
     * @param count how many sub-streams there are
     */
    boolean allowsNext(long brought, long share, int count) {
        long until = Math.min(brought + count, sequenceLimit);
        for (long sequence = brought; sequence < until; sequence++) {
            if ((share & 1L << (sequence % count)) != 0) {
                return true;
            }
        }
        return false;
    }
}
