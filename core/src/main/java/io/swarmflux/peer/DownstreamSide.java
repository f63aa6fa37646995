package io.swarmflux.peer;

import io.swarmflux.flux.ArrivalReader;
import io.swarmflux.flux.Hole;
import io.swarmflux.segment.Mode;
import io.swarmflux.segment.Segment;
import io.swarmflux.swarm.TokenBucket;
import io.swarmflux.swarm.UploadPlan;
import io.swarmflux.wire.Message;
import io.swarmflux.wire.SegmentChunks;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What one downstream takes over its link: sends on arrival what it was granted, and answers its requests. Inside the strand.
 *
 * <p>Control never waits long behind data: what was sent and not reported as received stays under 64 KiB or a quarter
 * of a second of the link's measured rate, whichever is more.
 */
final class DownstreamSide {
    private static final int SURE_CREDITS = 2;
    /** What a transport adds to a frame: its length. */
    private static final int FRAME_BYTES = 3;

    /** How many times the usual time a downstream may stand still that is held up by others. */
    private static final int HELD_TIMES = 6;

    /** Whoever waits so long for an answer asks somebody else, if the upload is limited. */
    private static final long ASKED_ELSEWHERE_NS = 1_000_000_000L;

    private static final long LEAST_UNREPORTED = 64 * 1024;
    private static final long MOST_UNSENT = 8 << 20;
    private static final int MAX_REPAIRS = 1024;
    private static final long LATE_REPORT_NS = 500_000_000L;
    private static final long LOST_PING_NS = 2_000_000_000L;
    private static final long REORDERING_NS = 100_000_000L;

    private final Self self;
    private final Programme programme;
    private final Origin origin;
    private final Giving giving;
    private final Upload upload;
    private final Conversation conversation;
    private final Message.Subscribe subscribe;
    private final TokenBucket rate;
    private final Deque<Asked> repairs = new ArrayDeque<>();

    private long epoch = -1;
    private @Nullable ArrivalReader<Segment> reader;
    private @Nullable CatchUp catchUp;
    /** For each sub-stream which sequences are wanted; empty when all are. */
    private long[] wantedFrom = new long[0];

    private long[] wantedUntil = new long[0];
    private long sequenceLimit;
    private long byteLimit;
    private long sentSegments;
    private long share;
    private long sentBytes;
    private long reportedBytes;
    private long next;
    private boolean waiting;
    private boolean held;
    private boolean endSaid;
    private int creditsSinceEnd;
    private boolean rereading;
    private boolean closed;
    private boolean polite;

    /** A segment that was asked for again, and when. */
    private record Asked(long sequence, long atNs) {}

    /** Taken from the window to be sent next. */
    private @Nullable Segment head;

    // when there was nothing in the window to be sent, and within which limits: everybody is looked at often

    private long emptyAt = -1;
    private long emptyBelow;
    private long emptyWithin;

    // what the link lost, which over most transports is nothing
    private long lostBytes;
    private long unreportedSinceNs;
    private long pingStamp = -1;
    private long pongAtNs = -1;
    private long sentAtPing;

    // the link's rate, from what is reported
    private double bytesPerSecond;
    private long measuredAtNs;
    private long measuredBytes;

    // the stand-still rule of lossless streams
    private long movedAtNs;

    /** When it really took something, whoever held it up since. */
    private long advancedAtNs;

    private long saidNext;

    /** When it last asked for anything. */
    private long askedAtNs;

    private final ToldPaths told;
    private final Stall stall;

    DownstreamSide(
            Self self,
            Programme programme,
            Origin origin,
            Giving giving,
            Upload upload,
            Conversation conversation,
            Message.Subscribe subscribe) {
        this.self = self;
        this.programme = programme;
        this.origin = origin;
        this.giving = giving;
        this.upload = upload;
        this.conversation = conversation;
        UpstreamSide.check(subscribe.from());
        this.subscribe = subscribe;
        this.rate = new TokenBucket(self.options().serving().downstreamBitsPerSecond());
        this.waiting = subscribe.waiting();
        this.told = new ToldPaths(self.random());
        this.stall = new Stall(self.recorders(), StreamMetricsRecorder.Direction.OUT);
        long sinceNs = self.nowNs();
        this.measuredAtNs = sinceNs;
        this.movedAtNs = sinceNs;
        this.advancedAtNs = sinceNs;
        this.askedAtNs = sinceNs;
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

    /** Whether it takes something of an epoch. */
    boolean reads(long of) {
        return reader != null && epoch == of && !closed;
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
            gone(subscribe.from(), oldest);
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
                    askedAgainFor(sequence);
                }
            }
            pump();
        } else if (message instanceof Message.Assign assign) {
            assign(assign);
        } else if (message instanceof Message.Reach reach) {
            for (Message.Reached one : reach.subStreams()) {
                eachOf(one.subStreams(), i -> upload.places().reaches(place(i), one.peers()));
            }
        } else if (message instanceof Message.Have have) {
            onHave(have);
        } else if (message instanceof Message.Unsubscribe) {
            conversation.send(new Message.Stopped(number(), sentBytes));
            leaves();
            close();
        }
    }

    /** Somebody else was quicker: nothing is spent on sending it once more. */
    private void onHave(Message.Have have) {
        ArrivalReader<Segment> mine = reader;
        if (mine == null || programme.lossless()) {
            return;
        }
        for (Message.Range range : have.ranges()) {
            long until = Math.min(range.until(), range.from() + MAX_REPAIRS);
            repairs.removeIf(waiting -> range.from() <= waiting.sequence() && waiting.sequence() < until);
            for (long sequence = range.from(); sequence < until; sequence++) {
                mine.pass(sequence);
            }
            if (head != null && range.from() <= head.sequence() && head.sequence() < until) {
                head = null;
            }
        }
    }

    private void askedAgainFor(long sequence) {
        repairs.removeIf(waiting -> waiting.sequence() == sequence); // one answer is enough
        repairs.add(new Asked(sequence, self.nowNs()));
    }

    private UploadPlan.Place place(int subStream) {
        return new UploadPlan.Place(peer(), subStream);
    }

    private void eachOf(long mask, IntConsumer task) {
        for (int i = 0; i < wantedFrom.length; i++) {
            if ((mask & 1L << i) != 0) {
                task.accept(i);
            }
        }
    }

    private void divide(int count, long start) {
        wantedFrom = new long[count];
        wantedUntil = new long[count];
        Arrays.fill(wantedFrom, start);
        long most = upload.firstShare();
        long declined = 0;
        int first = self.random().nextInt(count); // not everybody the same ones
        for (int n = 0; n < count; n++) {
            int i = (first + n) % count;
            if ((subscribe.subStreams() & (1L << i)) == 0) {
                continue;
            }
            if (most > 0
                    && upload.places().ask(place(i), 1, UploadPlan.Need.WANTED, self.nowNs())
                            == UploadPlan.Answer.ADMITTED) {
                wantedUntil[i] = Long.MAX_VALUE;
                most--;
            } else {
                declined |= 1L << i;
            }
        }
        decline(declined);
    }

    /** Tells the downstream that it gets these from somebody else or not at all. */
    void decline(long mask) {
        if (mask != 0) {
            conversation.send(new Message.Declined(number(), mask));
        }
    }

    private void assign(Message.Assign assign) {
        ArrivalReader<Segment> mine = reader;
        if (mine == null || closed) {
            return;
        }
        emptyAt = -1;
        long declined = 0;
        for (Message.Assignment one : assign.assignments()) {
            int subStream = one.subStream();
            if (subStream >= wantedFrom.length) {
                conversation.fail(
                        Message.FailureCode.LIMIT,
                        "sub-stream " + subStream + " was assigned, the stream has " + wantedFrom.length);
                return;
            }
            if (!one.wants()) {
                wantedUntil[subStream] = Math.min(wantedUntil[subStream], one.until());
                upload.places().release(place(subStream));
                continue;
            }
            askedAtNs = self.nowNs();
            wantedFrom[subStream] = Math.max(one.from(), next);
            switch (upload.places().ask(place(subStream), one.reach(), needOf(one), self.nowNs())) {
                case ADMITTED -> push(mine, subStream, one.until());
                case DECLINED -> {
                    wantedUntil[subStream] = 0;
                    declined |= 1L << subStream;
                }
                case WAITING -> wantedUntil[subStream] = 0;
            }
        }
        decline(declined);
        giving.assigned(peer(), assign.assignments());
        pump();
    }

    private static UploadPlan.Need needOf(Message.Assignment one) {
        return switch (one.need()) {
            case WANTED -> UploadPlan.Need.WANTED;
            case NEEDED -> UploadPlan.Need.NEEDED;
            case ALONE -> UploadPlan.Need.ALONE;
        };
    }

    private void push(ArrivalReader<Segment> mine, int subStream, long until) {
        int count = wantedFrom.length;
        emptyAt = -1;
        wantedUntil[subStream] = until;
        mine.wantAgain(wantedFrom[subStream], sequence -> sequence % count == subStream && wanted(sequence));
    }

    /** A sub-stream that waited for a place has one. */
    void admitted(int subStream) {
        ArrivalReader<Segment> mine = reader;
        if (mine != null && !closed && subStream < wantedFrom.length) {
            push(mine, subStream, Long.MAX_VALUE);
            pump();
        }
    }

    /** Asks the downstream to take these sub-streams from somebody else, if it can. */
    void askToYield(long mask) {
        conversation.send(new Message.Yield(number(), mask));
    }

    private boolean wanted(long sequence) {
        int subStream = (int) (sequence % wantedFrom.length);
        return wantedFrom[subStream] <= sequence && sequence < wantedUntil[subStream];
    }

    private void onCredit(Message.Credit credit) {
        UpstreamSide.check(credit.next());
        if (reader == null) {
            return;
        }
        long nowNs = self.nowNs();
        sequenceLimit = Math.max(sequenceLimit, credit.sequenceLimit());
        byteLimit = Math.max(byteLimit, credit.byteLimit());
        long reported = Math.min(sentBytes, Math.max(reportedBytes, credit.receivedBytes()));
        unreportedSinceNs = reported > reportedBytes ? nowNs : unreportedSinceNs;
        reportedBytes = reported;
        held = credit.held();
        if (credit.byteLimit() > 0) {
            waiting = false;
        }
        countLost(nowNs);
        if (endSaid && ++creditsSinceEnd == SURE_CREDITS) {
            giving.confirmed();
        }
        if (credit.next() > saidNext) {
            saidNext = credit.next(); // counts even while it fetches from others what is gone here
            movedAtNs = nowNs;
            advancedAtNs = nowNs;
        }
        if (credit.next() > next) {
            next = credit.next();
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
        lookAtCredit();
    }

    /** Sends whatever may go now. */
    void pump() {
        conversation.guard(this::send);
    }

    private void send() {
        if (upload.limited()) {
            upload.pumpAll(); // what may leave is shared out among all
            return;
        }
        while (sendOne(self.nowNs())) {
            // until nothing more may go
        }
        sayEnd();
    }

    /** Sends the next segment that may go now. False when there is none, or the link failed over it. */
    boolean trySendOne(long nowNs) {
        return conversation.guarded(() -> sendOne(nowNs));
    }

    /** Whether there is something that may go now, as far as this link is concerned. */
    boolean mayGo(long nowNs) {
        if (reader == null || closed || !conversation.isOpen()) {
            return false;
        }
        return conversation.guarded(() -> {
            long room = room(nowNs);
            return room > 0 && (repairIsDue(nowNs) || head(room) != null) && isTaking();
        });
    }

    /** The place of what it would be sent next in the order of all that leaves; what was asked for again goes first. */
    double orderKey(long nowNs) {
        Segment segment = head;
        return segment == null || repairIsDue(nowNs) ? Double.NEGATIVE_INFINITY : upload.orderKey(peer(), segment);
    }

    private boolean repairIsDue(long nowNs) {
        while (upload.limited()
                && !repairs.isEmpty()
                && nowNs - repairs.element().atNs() > ASKED_ELSEWHERE_NS) {
            repairs.remove();
        }
        return !repairs.isEmpty() && upload.mayRepair(nowNs);
    }

    /** How many bytes may be sent before more is reported as received; 0 when nothing may. */
    private long room(long nowNs) {
        if (reader == null || closed || !conversation.isOpen()) {
            return 0;
        }
        if (!rate.ready(nowNs)) {
            upload.pumpIn(rate.waitNs());
            return 0;
        }
        long unreported = unreportedBytes();
        long room =
                unreported == 0 ? Long.MAX_VALUE : Math.max(LEAST_UNREPORTED, (long) (bytesPerSecond / 4)) - unreported;
        return Math.max(0, room);
    }

    /** Whether the link takes more, whatever the other end claims to have. */
    private boolean isTaking() {
        return conversation.link().unsentBytes() < MOST_UNSENT;
    }

    /** What would be pushed next; null when there is nothing for which there is credit. */
    private @Nullable Segment head(long room) {
        ArrivalReader<Segment> mine = reader;
        if (mine == null) {
            return null;
        }
        if (head != null && passesOver(head)) {
            head = null;
        }
        while (head == null) {
            long most = Math.min(room, byteLimit - (sentBytes - lostBytes));
            Segment next = most <= 0 ? null : nextOf(mine, most);
            if (next == null) {
                lookAtCredit();
                return null;
            }
            head = passesOver(next) ? null : next;
        }
        return head;
    }

    /** Whether a segment has waited for so long that it is not pushed any more: then the downstream asks somebody for it. */
    private boolean passesOver(Segment segment) {
        boolean stale = upload.isStale(segment);
        if (stale) {
            long sequence = segment.sequence();
            conversation.send(
                    new Message.GapNotice(number(), epoch, sequence, sequence + 1, Message.GapNoticeReason.LATE));
        }
        return stale;
    }

    /** Notes whether what it takes waits for its credit, while somebody records that. */
    private void lookAtCredit() {
        ArrivalReader<Segment> mine = reader;
        if (mine == null || !self.recorders().any()) {
            stall.forget();
            return;
        }
        long most = byteLimit - (sentBytes - lostBytes);
        CatchUp old = catchUp;
        boolean waits = old != null
                ? old.isHeldBack(sequenceLimit, most)
                : head == null && mine.isHeldBack(this::wanted, sequenceLimit, most);
        stall.look(waits && !closed, self.nowNs());
    }

    private boolean sendOne(long nowNs) {
        ArrivalReader<Segment> mine = reader;
        long room = room(nowNs);
        if (mine == null || room <= 0 || !isTaking()) {
            return false;
        }
        if (repairIsDue(nowNs) && answersRequest(mine)) {
            return true;
        }
        Segment segment = head(room);
        if (segment == null) {
            return false;
        }
        head = null;
        upload.pushed(segment);
        send(segment);
        return true;
    }

    /** Says the end, once, when it is known and everything before it can be sent. */
    void sayEnd() {
        if (reader == null || closed || endSaid || catchUp != null || !conversation.isOpen()) {
            return;
        }
        long last = programme.finalSequence(epoch);
        if (last != Message.UNKNOWN) {
            endSaid = true;
            conversation.send(new Message.End(number(), epoch, last));
        }
    }

    /** How much of the shared upload it has had, for {@link Upload}. */
    long share() {
        return share;
    }

    /** Sets how much of the shared upload it counts as having had. */
    void share(long bytes) {
        share = bytes;
    }

    private @Nullable Segment nextOf(ArrivalReader<Segment> mine, long most) {
        CatchUp old = catchUp;
        if (old != null) {
            long tail = programme.oldest();
            if (old.at() < tail && !old.isOver()) {
                return old.poll(sequenceLimit, most);
            }
            if (old.at() < tail) {
                gone(old.at(), tail); // it could not be read again after all
            }
            mine.skipTo(Math.max(old.at(), tail));
            old.stop();
            catchUp = null;
        }
        long changes = mine.changes();
        if (changes == emptyAt && sequenceLimit == emptyBelow && most == emptyWithin) {
            return null; // as it was when it was looked at last
        }
        Segment segment = mine.poll(this::wanted, sequenceLimit, most);
        emptyAt = segment == null ? changes : -1;
        emptyBelow = sequenceLimit;
        emptyWithin = most;
        for (Hole lost : mine.takeLost()) {
            gone(lost.from(), lost.until());
        }
        return segment;
    }

    private void gone(long from, long until) {
        conversation.send(new Message.GapNotice(number(), epoch, from, until, Message.GapNoticeReason.GONE));
    }

    /** Answers the oldest request, or finds that it cannot be answered. False when there is none that can be dealt with now. */
    private boolean answersRequest(ArrivalReader<Segment> mine) {
        Asked asked = repairs.peek();
        if (asked == null) {
            return false;
        }
        long sequence = asked.sequence();
        long oldest = programme.oldest();
        Segment segment = programme.segment(epoch, sequence);
        if (segment == null && programme.finalSequence(epoch) >= -1 && sequence > programme.finalSequence(epoch)) {
            repairs.poll();
        } else if (segment == null && sequence < oldest && origin.rereadable()) {
            if (rereading) {
                return false;
            }
            repairs.poll();
            rereading = true;
            origin.reread(epoch, sequence, this::sendAgain);
        } else if (segment == null && sequence < oldest) {
            gone(sequence, oldest);
            repairs.removeIf(other -> other.sequence() < oldest);
        } else {
            repairs.poll(); // a hole here as well, when there is no segment: the announcement says so
            if (segment != null) {
                upload.repaired(segment.encodedBytes());
                send(segment);
                mine.skip(sequence);
            }
        }
        return true;
    }

    /** Answers a request from the source, or says that it cannot be answered. */
    private void sendAgain(long sequence, @Nullable Segment segment) {
        rereading = false;
        if (closed) {
            return;
        }
        if (segment != null) {
            send(segment);
        } else if (sequence < programme.oldest()) {
            gone(sequence, sequence + 1);
        }
        pump();
    }

    // ------------------------------------------------------------------ what the link lost

    private long unreportedBytes() {
        return sentBytes - lostBytes - reportedBytes;
    }

    /** Whether a ping would tell how much of what was sent got lost: what is reported in time needs none. */
    boolean wantsToKnow(long nowNs) {
        return unreportedBytes() > 0 && nowNs - unreportedSinceNs >= LATE_REPORT_NS;
    }

    /** A ping follows what was sent so far. */
    void pinged(long stamp) {
        if (pingStamp < 0 || stamp - pingStamp > LOST_PING_NS) {
            pingStamp = stamp;
            sentAtPing = sentBytes;
            pongAtNs = -1;
        }
    }

    /** What was sent before that ping has come by now, or never will. */
    void ponged(long stamp) {
        if (stamp == pingStamp) {
            pongAtNs = self.nowNs();
        }
    }

    /** A report that was made well after a pong counts everything sent before its ping: what it does not count is lost. */
    private void countLost(long nowNs) {
        if (pongAtNs >= 0 && nowNs - pongAtNs >= REORDERING_NS) {
            lostBytes = Math.max(lostBytes, sentAtPing - reportedBytes);
            pingStamp = -1;
            pongAtNs = -1;
        }
    }

    private void send(Segment segment) {
        SegmentChunks chunks = SegmentChunks.cut(number(), segment, conversation.maxFrameBytes());
        int bytes = 0;
        while (chunks.hasNext()) {
            ByteBuffer[] frame = chunks.next();
            for (ByteBuffer part : frame) {
                bytes += part.remaining();
            }
            bytes += FRAME_BYTES;
            conversation.link().send(frame);
        }
        sentSegments++;
        unreportedSinceNs = unreportedBytes() == 0 ? self.nowNs() : unreportedSinceNs;
        sentBytes += segment.encodedBytes();
        conversation.carried().sent(segment.encodedBytes());
        share += bytes;
        rate.spend(bytes);
        upload.sent(bytes);
    }

    /**
     * Judges a lossless downstream. True when it stood still for too long and must go. Who is held up by others gets more
     * time, but not for ever: in a chain each waits for its own slow one to be closed first.
     */
    boolean standsStill(long nowNs, long edge) {
        if (waiting || reader == null || next >= edge) {
            movedAtNs = nowNs;
            advancedAtNs = nowNs;
            return false;
        }
        if (held) {
            movedAtNs = nowNs;
        }
        return nowNs - movedAtNs > Giving.STAND_STILL_NS || nowNs - advancedAtNs > HELD_TIMES * Giving.STAND_STILL_NS;
    }

    /** Whether it holds or has passed everything; of an empty stream, whether it has surely heard of the end. */
    boolean confirmed(long finalSequence) {
        return finalSequence < 0 ? creditsSinceEnd >= SURE_CREDITS : next > finalSequence;
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
        stall.look(false, self.nowNs());
        upload.places().left(peer());
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

    /** Tells what is here, as a frame that others get as well, and by which ways it comes if that has changed or was not told for long. */
    void announce(ByteBuffer announcement, Message.@Nullable Path[] now, long nowNs) {
        conversation.send(announcement);
        tellPaths(now, nowNs);
    }

    /** Tells by which ways sub-streams come here, as far as that has changed since it was told. */
    void tellPaths(Message.@Nullable Path[] now, long nowNs) {
        List<Message.Path> changed = told.changed(now, taken(), nowNs);
        if (!changed.isEmpty()) {
            conversation.send(new Message.Paths(number(), epoch, changed));
        }
    }

    long sentBytes() {
        return sentBytes;
    }

    /** Whether there is anything that it takes from here, or has not confirmed yet of what it took. */
    boolean takes() {
        boolean takes = false;
        for (long until : wantedUntil) {
            takes |= until > next;
        }
        return takes && !closed && !knowsAll();
    }

    /** Since how long it takes nothing from here; -1 while it does, or waits for the stream to begin. */
    long idleNs(long nowNs) {
        return !answered() || waiting || takes() ? -1 : nowNs - askedAtNs;
    }

    /** The sub-streams that it takes from here until further notice, bit by bit. */
    private long taken() {
        long taken = 0;
        for (int i = 0; i < wantedUntil.length && !closed; i++) {
            taken |= wantedUntil[i] == Long.MAX_VALUE ? 1L << i : 0;
        }
        return taken;
    }

    PeerSnapshot.Downstream snapshot(long bitsPerSecond) {
        return new PeerSnapshot.Downstream(
                peer(), !closed, sentSegments, sentBytes, next, PeerSnapshot.subStreams(taken()), bitsPerSecond);
    }
}
