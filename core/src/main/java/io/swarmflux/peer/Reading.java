package io.swarmflux.peer;

import io.swarmflux.flux.ArrivalReader;
import io.swarmflux.flux.Hole;
import io.swarmflux.segment.Segment;
import io.swarmflux.wire.Message.GapNoticeReason;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What is pushed to one downstream next: what it wants and granted, in order of arrival, and before that what has left the window
 * already, as far as the source can be read again. Inside the strand.
 */
final class Reading {
    private final ArrivalReader<Segment> window;
    private final Programme programme;
    private final Upload upload;
    private final Division division;
    private final Sent sent;
    private final Notices notices;
    private final LongPredicate wanted;
    private @Nullable CatchUp again;

    // what it granted, all told
    private long sequenceLimit;
    private long byteLimit;

    /** Taken from the window to be sent next. */
    private @Nullable Segment head;

    // when there was nothing in the window to be sent, and within which limits: everybody is looked at often

    private long emptyAt = -1;
    private long emptyBelow;
    private long emptyWithin;

    /** Tells the downstream what it does not get from here. */
    interface Notices {
        void gap(long from, long until, GapNoticeReason reason);
    }

    /** Nothing is granted. */
    Reading(
            ArrivalReader<Segment> window,
            Programme programme,
            Upload upload,
            Division division,
            Sent sent,
            Notices notices) {
        this.window = window;
        this.programme = programme;
        this.upload = upload;
        this.division = division;
        this.sent = sent;
        this.notices = notices;
        this.wanted = division::wants;
    }

    /** Gives first what can be read from the source; null when that cannot be read again. */
    void first(@Nullable CatchUp old) {
        again = old;
    }

    /** Whether it has not come to what is in the window yet. */
    boolean catchesUp() {
        return again != null;
    }

    /** So much may be sent, all told; limits only grow. */
    void granted(long sequences, long bytes) {
        sequenceLimit = Math.max(sequenceLimit, sequences);
        byteLimit = Math.max(byteLimit, bytes);
    }

    // ------------------------------------------------------------------ what is next

    /** What would be pushed next, if it has no more than so many bytes; null when there is nothing for which there is credit. */
    @Nullable
    Segment head(long room) {
        if (head != null && passesOver(head)) {
            head = null;
        }
        while (head == null) {
            long most = Math.min(room, sent.leftOf(byteLimit));
            Segment found = most <= 0 ? null : poll(most);
            if (found == null) {
                return null;
            }
            head = passesOver(found) ? null : found;
        }
        return head;
    }

    /** What was found to be next when it was looked for last, if it has not been sent. */
    @Nullable
    Segment head() {
        return head;
    }

    /** What was next is sent now. */
    void sent() {
        head = null;
    }

    /** Whether a segment has waited for so long that it is not pushed any more: then the downstream asks somebody for it. */
    private boolean passesOver(Segment segment) {
        boolean stale = upload.isStale(segment);
        if (stale) {
            notices.gap(segment.sequence(), segment.sequence() + 1, GapNoticeReason.LATE);
        }
        return stale;
    }

    private @Nullable Segment poll(long most) {
        CatchUp old = again;
        if (old != null) {
            long tail = programme.oldest();
            if (old.at() < tail && !old.isOver()) {
                return old.poll(sequenceLimit, most);
            }
            if (old.at() < tail) {
                notices.gap(old.at(), tail, GapNoticeReason.GONE); // it could not be read again after all
            }
            window.skipTo(Math.max(old.at(), tail));
            old.stop();
            again = null;
        }
        long changes = window.changes();
        if (changes == emptyAt && sequenceLimit == emptyBelow && most == emptyWithin) {
            return null; // as it was when it was looked at last
        }
        Segment segment = window.poll(wanted, sequenceLimit, most);
        emptyAt = segment == null ? changes : -1;
        emptyBelow = sequenceLimit;
        emptyWithin = most;
        for (Hole lost : window.takeLost()) {
            notices.gap(lost.from(), lost.until(), GapNoticeReason.GONE);
        }
        return segment;
    }

    /** Whether only what it granted keeps what would be next. */
    boolean isHeldBack() {
        long most = sent.leftOf(byteLimit);
        CatchUp old = again;
        return old != null
                ? old.isHeldBack(sequenceLimit, most)
                : head == null && window.isHeldBack(wanted, sequenceLimit, most);
    }

    // ------------------------------------------------------------------ what is wanted

    /** More of a sub-stream is wanted than was: what was not given for that reason is looked at again. */
    void wantsMore(int subStream) {
        emptyAt = -1;
        window.wantAgain(division.from(subStream), sequence -> division.wants(subStream, sequence));
    }

    /** It has everything below a sequence, by whatever way. */
    void skipTo(long sequence) {
        window.skipTo(sequence);
    }

    /** It gets this one in answer to a request. */
    void skip(long sequence) {
        window.skip(sequence);
    }

    /** It has this range from somebody else. */
    void pass(long from, long until) {
        for (long sequence = from; sequence < until; sequence++) {
            window.pass(sequence);
        }
        if (head != null && from <= head.sequence() && head.sequence() < until) {
            head = null;
        }
    }

    /** Keeps everything from a sequence on in the window. */
    void hold(long sequence) {
        window.hold(sequence);
    }

    /** Gives nothing more. What it reads of the window, and may still hold, is the caller's now. */
    ArrivalReader<Segment> stop() {
        CatchUp old = again;
        if (old != null) {
            old.stop();
        }
        return window;
    }
}
