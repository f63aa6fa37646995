package io.swarmflux.peer;

/**
 * What was sent to one downstream, and what is known of its coming: reported, lost, or unreported so far. Inside the strand.
 *
 * <p>Control never waits long behind data: what is unreported stays under 64 KiB or a quarter of a second of the link's measured
 * rate, whichever is more.
 *
 * <p>Over most transports nothing is lost, and what is reported in time says so. Otherwise a ping follows what was sent: a report
 * that was made well after its pong counts everything sent before it, so what that does not count is lost.
 */
final class Sent {
    private static final long LEAST_UNREPORTED = 64 * 1024;

    /** Where something got lost already: what is lost is not in the way of control, and takes room until that is known. */
    private static final long LEAST_UNREPORTED_LOSSY = 256 * 1024;

    private static final long LATE_REPORT_NS = 500_000_000L;
    private static final long LOST_PING_NS = 2_000_000_000L;
    private static final long REORDERING_NS = 100_000_000L;
    private static final long MEASURED_NS = 20_000_000L;

    private long segments;
    private long bytes;
    private long reportedBytes;
    private long lostBytes;

    /** So much was sent at that time, and not all of it is reported or known to be lost. */
    private long dueBytes;

    private long dueSinceNs;

    private long pingStamp = -1;
    private long pongAtNs = -1;
    private long sentAtPing;

    // the link's rate, from what is reported
    private double bytesPerSecond;
    private long measuredAtNs;
    private long measuredBytes;

    Sent(long nowNs) {
        measuredAtNs = nowNs;
    }

    long segments() {
        return segments;
    }

    long bytes() {
        return bytes;
    }

    /** A segment has left. */
    void sent(int encodedBytes, long nowNs) {
        boolean nothingDue = unreportedBytes() == 0;
        segments++;
        bytes += encodedBytes;
        if (nothingDue) {
            due(nowNs);
        }
    }

    /** The other end reports how much has come, all told. */
    void reported(long receivedBytes, long nowNs) {
        reportedBytes = Math.min(bytes, Math.max(reportedBytes, receivedBytes));
        countLost(nowNs);
        if (reportedBytes + lostBytes >= dueBytes) {
            due(nowNs);
        }
        measure(nowNs);
    }

    private void due(long nowNs) {
        dueBytes = bytes;
        dueSinceNs = nowNs;
    }

    private void countLost(long nowNs) {
        if (pongAtNs >= 0 && nowNs - pongAtNs >= REORDERING_NS) {
            lostBytes = Math.max(lostBytes, sentAtPing - reportedBytes);
            pingStamp = -1;
            pongAtNs = -1;
        }
    }

    /** Believes a rise at once, as a link that carried it once can do it again; a fall may only mean that little was sent. */
    private void measure(long nowNs) {
        if (nowNs - measuredAtNs > MEASURED_NS) {
            double now = (reportedBytes - measuredBytes) * 1e9 / (nowNs - measuredAtNs);
            bytesPerSecond = now > bytesPerSecond ? now : bytesPerSecond * 0.8 + now * 0.2;
            measuredAtNs = nowNs;
            measuredBytes = reportedBytes;
        }
    }

    private long unreportedBytes() {
        return bytes - lostBytes - reportedBytes;
    }

    /** How many bytes may be sent before more is reported; whatever its size, one segment may always be on its way. */
    long room() {
        long unreported = unreportedBytes();
        long least = lostBytes == 0 ? LEAST_UNREPORTED : LEAST_UNREPORTED_LOSSY;
        long most = Math.max(least, (long) (bytesPerSecond / 4));
        return unreported == 0 ? Long.MAX_VALUE : Math.max(0, most - unreported);
    }

    /** What is left of a grant of so many bytes, all told: what got lost took nothing of it. */
    long leftOf(long byteLimit) {
        return byteLimit - (bytes - lostBytes);
    }

    /**
     * Whether a ping would tell how much got lost: what is reported in time needs none. Reports that go on are not in time while they
     * stay behind what was sent; or what got lost would take up the room, until nothing may be sent at all.
     */
    boolean wantsPing(long nowNs) {
        return unreportedBytes() > 0 && nowNs - dueSinceNs >= LATE_REPORT_NS;
    }

    /** A ping follows what was sent so far. */
    void pinged(long stamp) {
        if (pingStamp < 0 || stamp - pingStamp > LOST_PING_NS) {
            pingStamp = stamp;
            sentAtPing = bytes;
            pongAtNs = -1;
        }
    }

    /** What was sent before that ping has come by now, or never will. */
    void ponged(long stamp, long nowNs) {
        if (stamp == pingStamp) {
            pongAtNs = nowNs;
        }
    }
}
