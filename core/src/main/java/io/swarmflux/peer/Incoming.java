package io.swarmflux.peer;

import io.swarmflux.flux.Intake;
import io.swarmflux.flux.Upstream;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.StreamId;
import io.swarmflux.wire.Message;
import io.swarmflux.wire.Message.FailureCode;
import io.swarmflux.wire.WireException;
import org.jspecify.annotations.Nullable;

/**
 * What comes from one upstream: which segments are let in, and their way into the window.
 *
 * <p><b>Threads.</b> Segments come on the link's thread and go into the window there; but those that come before the strand has
 * dealt with the answer wait for that, and go in inside the strand. What may come is set inside the strand, and all of it that
 * is looked at on the link's thread is volatile.
 */
final class Incoming {
    private final Self self;
    private final Programme programme;
    private final Taking taking;
    private final Repairs repairs;
    private final SubStreams subStreams;
    private final Conversation conversation;
    private final Requested requested;
    private final Granted granted;
    private final Runnable onReportDue;

    /** The subscription's. */
    private volatile int number;

    /** The epoch that may come now, as the answer said; -1 while nothing may. */
    private volatile long comingEpoch = -1;

    /** The epoch that goes into the window; -1 while the answer has not been dealt with. */
    private volatile long epoch = -1;

    private volatile @Nullable Intake<Segment> intake;

    /** One past the newest segment that came, in the epoch that comes. */
    private volatile long edge;

    private volatile long dataAtNs;
    private volatile boolean reportDue;

    /** What the intake had received when the subscription was answered. Inside the strand. */
    private long settledBefore;

    /** Nothing may come; {@code onReportDue} is called inside the strand when so much has come that it should be reported. */
    Incoming(Node node, Conversation conversation, Requested requested, Granted granted, Runnable onReportDue) {
        this.self = node.self();
        this.programme = node.programme();
        this.taking = node.taking();
        this.repairs = node.repairs();
        this.subStreams = node.subStreams();
        this.conversation = conversation;
        this.requested = requested;
        this.granted = granted;
        this.onReportDue = onReportDue;
    }

    // ------------------------------------------------------------------ the link's thread

    /** An answer came; segments may follow it before the strand has dealt with it. */
    void answered(Message.Subscribed answer) {
        if (answer.number() == number && comingEpoch < 0) {
            UpstreamSide.check(Math.max(answer.start(), answer.oldest()));
            granted.answered(answer.start(), answer.description().maxSegmentBytes());
            comingEpoch = answer.epoch();
        }
    }

    @Nullable
    StreamId admit(int of, long ofEpoch, long sequence, int totalBytes) {
        if (of > number || of < 1) {
            throw new WireException(
                    FailureCode.UNEXPECTED, "a segment came for stream number " + of + ", which was never used here");
        }
        if (of < number || ofEpoch != comingEpoch) {
            return null; // under way when the subscription changed
        }
        granted.take(sequence, totalBytes);
        return self.stream();
    }

    void onSegment(Segment segment, long nowNs) {
        if (epoch < 0) {
            self.strand().execute(() -> take(segment, nowNs)); // behind the answer
        } else {
            take(segment, nowNs);
        }
    }

    private void take(Segment segment, long nowNs) {
        Intake<Segment> to = intake;
        if (to == null || segment.epoch() != epoch) {
            return;
        }
        String name = conversation.peer();
        boolean pushed = !requested.answers(segment.sequence());
        if (!pushed) {
            repairs.answered(name, segment.sequence());
        }
        dataAtNs = nowNs;
        edge = Math.max(edge, segment.sequence() + 1);
        taking.heardData(nowNs);
        boolean first = programme.segment(segment.epoch(), segment.sequence()) == null;
        subStreams.came(name, segment, first, pushed, nowNs);
        to.offer(segment);
        if (!reportDue && granted.isReportDue()) {
            reportDue = true;
            self.strand().execute(() -> {
                reportDue = false;
                onReportDue.run();
            });
        }
    }

    // ------------------------------------------------------------------ inside the strand

    int number() {
        return number;
    }

    /** The epoch that goes into the window; -1 while none does. */
    long epoch() {
        return epoch;
    }

    boolean active() {
        return epoch >= 0;
    }

    /** One past the newest segment that came. */
    long edge() {
        return edge;
    }

    /** How long nothing has come. */
    long silentNs(long nowNs) {
        return nowNs - dataAtNs;
    }

    /** It is subscribed to anew: nothing may come before the answer. */
    void begin(int newNumber) {
        plays(-1);
        edge = 0;
        comingEpoch = -1;
        requested.clear();
        number = newNumber;
    }

    /** The answer was heard, so that data may be expected. */
    void heardAnswer() {
        dataAtNs = self.nowNs();
    }

    /** The answer is accepted: what comes goes into the window from now on, and what is older than that is not here. */
    void open(Message.Subscribed answer) {
        Intake<Segment> to = intake;
        if (to == null) {
            to = taking.newIntake(conversation.peer());
            intake = to;
        }
        settledBefore = to.receivedBytes();
        if (answer.start() > 0) {
            to.gone(answer.epoch(), 0, Math.min(answer.start(), Math.max(answer.oldest(), 0)));
        }
        plays(answer.epoch());
    }

    private void plays(long now) {
        taking.active((now < 0 ? 0 : 1) - (active() ? 1 : 0));
        epoch = now;
    }

    /** These will not come from there. */
    void gone(long ofEpoch, long from, long until) {
        Intake<Segment> to = intake;
        if (to != null) {
            to.gone(ofEpoch, from, until);
        }
    }

    /** How much of what came since the answer is in the window by now, or was dropped. */
    long settledBytes() {
        Intake<Segment> to = intake;
        return to == null ? 0 : to.receivedBytes() - settledBefore;
    }

    /** What became of the segments that came. */
    Upstream.Stats stats() {
        Intake<Segment> from = intake;
        return from == null ? new Upstream.Stats(0, 0, 0, 0, 0, 0) : from.stats();
    }

    /** Nothing goes into the window any more. */
    void close() {
        plays(-1);
        Intake<Segment> from = intake;
        if (from != null) {
            from.dispose();
        }
    }

    /** It refuses: its way into the window is forgotten, and a new one is opened when it accepts after all. */
    void forget() {
        comingEpoch = -1;
        intake = null;
    }
}
