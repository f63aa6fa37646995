package io.swarmflux.peer;

import io.swarmflux.flux.ArrivalReader;
import io.swarmflux.flux.Hole;
import io.swarmflux.segment.Mode;
import io.swarmflux.segment.Segment;
import io.swarmflux.swarm.TokenBucket;
import io.swarmflux.wire.Message;
import io.swarmflux.wire.SegmentChunks;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * What one downstream takes over its link: sends on arrival what it was granted, and answers its requests. Inside the strand.
 *
 * <p>Control never waits long behind data: what was sent and not reported as received stays under 64 KiB or a quarter
 * of a second of the link's measured rate, whichever is more.
 */
final class DownstreamSide {
    private static final long LEAST_UNREPORTED = 64 * 1024;
    private static final int MAX_REPAIRS = 1024;

    private final Self self;
    private final Programme programme;
    private final Origin origin;
    private final Giving giving;
    private final Conversation conversation;
    private final Message.Subscribe subscribe;
    private final TokenBucket rate;
    private final Deque<Long> repairs = new ArrayDeque<>();
    private final long sinceNs;

    private long epoch = -1;
    private @Nullable ArrivalReader<Segment> reader;
    private @Nullable CatchUp catchUp;
    /** For each sub-stream which sequences are wanted; empty when all are. */
    private long[] wantedFrom = new long[0];

    private long[] wantedUntil = new long[0];
    private long sequenceLimit;
    private long byteLimit;
    private long sentSegments;
    private long sentBytes;
    private long reportedBytes;
    private long next;
    private boolean waiting;
    private boolean held;
    private boolean endSaid;
    private boolean closed;
    private boolean polite;

    // the link's rate, from what is reported
    private double bytesPerSecond;
    private long measuredAtNs;
    private long measuredBytes;

    // the stand-still rule of lossless streams
    private long movedAtNs;

    DownstreamSide(
            Self self,
            Programme programme,
            Origin origin,
            Giving giving,
            Conversation conversation,
            Message.Subscribe subscribe) {
        this.self = self;
        this.programme = programme;
        this.origin = origin;
        this.giving = giving;
        this.conversation = conversation;
        this.subscribe = subscribe;
        this.rate = new TokenBucket(self.options().serving().downstreamBitsPerSecond());
        this.waiting = subscribe.waiting();
        this.sinceNs = self.nowNs();
        this.measuredAtNs = sinceNs;
        this.movedAtNs = sinceNs;
    }

    int number() {
        return subscribe.number();
    }

    String peer() {
        return conversation.peer();
    }

    boolean answered() {
        return epoch >= 0;
    }

    long next() {
        return next;
    }

    /** Answers the subscribe; the node has a stream. */
    void answer(Giving.Playing playing) {
        long oldest = playing.oldest();
        long edge = playing.view().edge();
        boolean lossless = playing.description().mode() == Mode.LOSSLESS;
        long start =
                switch (subscribe.start()) {
                    case NATURAL -> lossless ? oldest : playing.newestRandomAccess();
                    case LIVE_EDGE -> edge;
                    case OLDEST -> oldest;
                    case SEQUENCE -> Math.max(subscribe.from(), oldest);
                    case RANDOM_ACCESS -> playing.newestRandomAccess();
                };
        boolean same =
                subscribe.epoch() < 0 || subscribe.epoch() == playing.view().epoch();
        conversation.send(new Message.Subscribed(
                number(), playing.view().epoch(), same ? start : 0, oldest, playing.description()));
        epoch = playing.view().epoch();
        if (!same) {
            return;
        }
        if (subscribe.start() == Message.Start.SEQUENCE && subscribe.from() < oldest) {
            conversation.send(
                    new Message.GapNotice(number(), epoch, subscribe.from(), oldest, Message.GapNoticeReason.GONE));
        }
        divide(playing.description().subStreams(), start);
        next = start;
        sequenceLimit = start + subscribe.creditSegments();
        byteLimit = subscribe.creditBytes();
        ArrivalReader<Segment> mine = playing.hub().arrivalReader(start, () -> {});
        reader = mine;
        if (lossless) {
            mine.hold(start);
        }
        if (start < playing.view().oldest()) {
            catchUp = origin.catchUp(start, this::pump);
        }
        pump();
    }

    void onMessage(Message.OfStream message) {
        if (message instanceof Message.Credit credit) {
            onCredit(credit);
        } else if (message instanceof Message.Request request) {
            for (Message.Range range : request.ranges()) {
                for (long sequence = range.from();
                        sequence < range.until() && repairs.size() < MAX_REPAIRS;
                        sequence++) {
                    repairs.add(sequence);
                }
            }
            pump();
        } else if (message instanceof Message.Assign assign) {
            assign(assign);
        } else if (message instanceof Message.Unsubscribe) {
            conversation.send(new Message.Stopped(number(), sentBytes));
            leaves();
            close();
        }
    }

    private void divide(int count, long start) {
        wantedFrom = new long[count];
        wantedUntil = new long[count];
        for (int i = 0; i < count; i++) {
            wantedFrom[i] = start;
            wantedUntil[i] = (subscribe.subStreams() & 1L << i) == 0 ? 0 : Long.MAX_VALUE;
        }
    }

    private void assign(Message.Assign assign) {
        ArrivalReader<Segment> mine = reader;
        if (mine == null) {
            return;
        }
        for (Message.Assignment one : assign.assignments()) {
            int subStream = one.subStream();
            if (subStream >= wantedFrom.length) {
                conversation.fail(
                        Message.FailureCode.LIMIT,
                        "sub-stream " + subStream + " was assigned, the stream has " + wantedFrom.length);
                return;
            }
            wantedFrom[subStream] = Math.max(one.from(), next);
            wantedUntil[subStream] = one.until();
            if (one.until() > one.from()) {
                int count = wantedFrom.length;
                mine.wantAgain(wantedFrom[subStream], sequence -> sequence % count == subStream && wanted(sequence));
            }
        }
        giving.assigned(peer(), assign.assignments());
        pump();
    }

    private boolean wanted(long sequence) {
        int subStream = (int) (sequence % wantedFrom.length);
        return wantedFrom[subStream] <= sequence && sequence < wantedUntil[subStream];
    }

    private void onCredit(Message.Credit credit) {
        if (reader == null) {
            return;
        }
        long nowNs = self.nowNs();
        sequenceLimit = Math.max(sequenceLimit, credit.sequenceLimit());
        byteLimit = Math.max(byteLimit, credit.byteLimit());
        reportedBytes = Math.min(sentBytes, Math.max(reportedBytes, credit.receivedBytes()));
        held = credit.held();
        if (credit.byteLimit() > 0) {
            waiting = false;
        }
        if (credit.next() > next) {
            next = credit.next();
            movedAtNs = nowNs;
            ArrivalReader<Segment> mine = reader;
            mine.skipTo(next);
            if (programme.lossless()) {
                mine.hold(next);
            }
            giving.confirmed();
        }
        if (nowNs - measuredAtNs > 20_000_000L) {
            double now = (reportedBytes - measuredBytes) * 1e9 / (nowNs - measuredAtNs);
            bytesPerSecond = now > bytesPerSecond ? now : bytesPerSecond * 0.8 + now * 0.2;
            measuredAtNs = nowNs;
            measuredBytes = reportedBytes;
        }
        pump();
    }

    /** Sends whatever may go now. */
    void pump() {
        ArrivalReader<Segment> mine = reader;
        if (mine == null || closed || !conversation.isOpen()) {
            return;
        }
        answerRequests();
        long nowNs = self.nowNs();
        while (giving.maySend(nowNs) && rate.ready(nowNs)) {
            long unreported = sentBytes - reportedBytes;
            long room = unreported == 0
                    ? Long.MAX_VALUE
                    : Math.max(LEAST_UNREPORTED, (long) (bytesPerSecond / 4)) - unreported;
            long most = Math.min(room, byteLimit - sentBytes);
            if (most <= 0) {
                break;
            }
            Segment segment = nextOf(mine, most);
            if (segment == null) {
                break;
            }
            send(segment);
        }
        if (!endSaid && catchUp == null) {
            long last = programme.finalSequence(epoch);
            if (last != Message.UNKNOWN) {
                endSaid = true;
                conversation.send(new Message.End(number(), epoch, last));
            }
        }
    }

    private @Nullable Segment nextOf(ArrivalReader<Segment> mine, long most) {
        CatchUp old = catchUp;
        if (old != null) {
            long tail = programme.oldest();
            if (old.at() < tail) {
                return old.poll(sequenceLimit, most);
            }
            mine.skipTo(old.at());
            old.stop();
            catchUp = null;
        }
        Segment segment = mine.poll(this::wanted, sequenceLimit, most);
        for (Hole lost : mine.takeLost()) {
            conversation.send(
                    new Message.GapNotice(number(), epoch, lost.from(), lost.until(), Message.GapNoticeReason.GONE));
        }
        return segment;
    }

    private void answerRequests() {
        for (Long sequence = repairs.poll(); sequence != null; sequence = repairs.poll()) {
            Segment segment = programme.segment(epoch, sequence);
            if (segment != null) {
                send(segment);
                ArrivalReader<Segment> mine = reader;
                if (mine != null) {
                    mine.skip(sequence);
                }
            } else {
                origin.reread(epoch, sequence, this::sendAgain);
            }
        }
    }

    /** Answers a request from the source, or says that it cannot be answered. */
    private void sendAgain(long sequence, @Nullable Segment segment) {
        if (closed) {
            return;
        }
        if (segment != null) {
            send(segment);
        } else if (sequence < programme.oldest()) {
            conversation.send(
                    new Message.GapNotice(number(), epoch, sequence, sequence + 1, Message.GapNoticeReason.GONE));
        }
    }

    private void send(Segment segment) {
        SegmentChunks chunks = SegmentChunks.cut(number(), segment, conversation.maxFrameBytes());
        while (chunks.hasNext()) {
            conversation.link().send(chunks.next());
        }
        sentSegments++;
        sentBytes += segment.encodedBytes();
        rate.spend(segment.encodedBytes());
        giving.sent(segment.encodedBytes());
    }

    /** Judges a lossless downstream. True when it stood still for too long and must go. */
    boolean standsStill(long nowNs, long edge) {
        if (waiting || reader == null || next >= edge || held) {
            movedAtNs = nowNs;
            return false;
        }
        return nowNs - movedAtNs > Giving.STAND_STILL_NS;
    }

    boolean confirmed(long finalSequence) {
        return next > finalSequence;
    }

    private boolean knowsAll() {
        long last = programme.finalSequence(epoch);
        return last != Message.UNKNOWN && confirmed(last);
    }

    /** It leaves of its own will: nothing is kept for it. */
    void leaves() {
        polite = true;
    }

    void close() {
        if (closed) {
            return;
        }
        closed = true;
        CatchUp old = catchUp;
        if (old != null) {
            old.stop();
        }
        ArrivalReader<Segment> mine = reader;
        if (mine != null) {
            if (polite || !programme.lossless() || knowsAll()) {
                mine.dispose();
            } else {
                giving.keepFor(peer(), mine);
            }
        }
    }

    void announce(Message.Announce announce) {
        conversation.send(announce);
    }

    PeerSnapshot.Downstream snapshot() {
        return new PeerSnapshot.Downstream(peer(), sentSegments, sentBytes, next);
    }
}
