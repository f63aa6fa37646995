package io.swarmflux.peer;

import io.swarmflux.segment.Segment;
import io.swarmflux.wire.Message.GapNoticeReason;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one downstream has asked for again, and the answers: from the window, from the source, or that it is gone. One segment at
 * a time is read from the source. Inside the strand.
 */
final class Answers {
    private static final int MOST_ASKED = 1024;

    /** How many requests are looked at for one that goes before its turn. */
    private static final int MOST_LOOKED_AT = 16;

    /** Whoever waits so long for an answer asks somebody else, if the upload is limited. */
    private static final long ASKED_ELSEWHERE_NS = 1_000_000_000L;

    private final Programme programme;
    private final Origin origin;
    private final Upload upload;
    private final Consumer<Segment> sends;
    private final Reading.Notices notices;
    private final Runnable onReread;
    private final Deque<Asked> asked = new ArrayDeque<>();
    private boolean rereading;
    private boolean closed;

    /** A segment that was asked for again, and when. */
    private record Asked(long sequence, long atNs) {}

    /** Nothing was asked for; {@code onReread} is told when what was read from the source has been answered. */
    Answers(
            Programme programme,
            Origin origin,
            Upload upload,
            Consumer<Segment> sends,
            Reading.Notices notices,
            Runnable onReread) {
        this.programme = programme;
        this.origin = origin;
        this.upload = upload;
        this.sends = sends;
        this.notices = notices;
        this.onReread = onReread;
    }

    /** A range was asked for: as much of it as anybody may ask for at once. */
    void ask(long from, long until, long nowNs) {
        forget(from, until); // one answer is enough
        for (long sequence = from; sequence < until && asked.size() < MOST_ASKED; sequence++) {
            asked.add(new Asked(sequence, nowNs));
        }
    }

    /** A range need not be answered any more. */
    void forget(long from, long until) {
        asked.removeIf(waiting -> from <= waiting.sequence() && waiting.sequence() < until);
    }

    /** Whether there is a request that may be answered now; forgets those that somebody else was asked for by now. */
    boolean isDue(long nowNs) {
        while (upload.limited() && !asked.isEmpty() && nowNs - asked.element().atNs() > ASKED_ELSEWHERE_NS) {
            asked.remove();
        }
        return next(nowNs) != null;
    }

    /**
     * The oldest request that may be answered; null when there is none. At the source what nobody has from here goes without regard to
     * the upload: it is no repair but the first copy, and when those are lost who took a sub-stream from the source, the whole swarm
     * waits for it.
     */
    private @Nullable Asked next(long nowNs) {
        if (asked.isEmpty() || upload.mayRepair(nowNs)) {
            return asked.peek();
        }
        if (!upload.prefersFirstCopies()) {
            return null;
        }
        int looked = 0;
        for (Asked one : asked) {
            if (upload.isOnlyHere(one.sequence(), nowNs)) {
                return one;
            }
            if (++looked == MOST_LOOKED_AT) {
                break;
            }
        }
        return null;
    }

    /** Answers the oldest request that is due, or finds that it cannot be answered. False when there is none that can be dealt with now. */
    boolean answer(long epoch, Reading reading, long nowNs) {
        Asked first = next(nowNs);
        if (first == null) {
            return false;
        }
        long sequence = first.sequence();
        long oldest = programme.oldest();
        Segment segment = programme.segment(epoch, sequence);
        if (segment == null && programme.finalSequence(epoch) >= -1 && sequence > programme.finalSequence(epoch)) {
            asked.remove(first);
        } else if (segment == null && sequence < oldest && origin.rereadable()) {
            if (rereading) {
                return false;
            }
            asked.remove(first);
            rereading = true;
            origin.reread(epoch, sequence, this::reread);
        } else if (segment == null && sequence < oldest) {
            notices.gap(sequence, oldest, GapNoticeReason.GONE);
            asked.removeIf(other -> other.sequence() < oldest);
        } else {
            asked.remove(first); // a hole here as well, when there is no segment: the announcement says so
            if (segment != null) {
                upload.repaired(segment.encodedBytes());
                sends.accept(segment);
                reading.skip(sequence);
            }
        }
        return true;
    }

    private void reread(long sequence, @Nullable Segment segment) {
        rereading = false;
        if (closed) {
            return;
        }
        if (segment != null) {
            sends.accept(segment);
        } else if (sequence < programme.oldest()) {
            notices.gap(sequence, sequence + 1, GapNoticeReason.GONE);
        }
        onReread.run();
    }

    /** What is read from the source at the moment is not sent any more. */
    void close() {
        closed = true;
    }
}
