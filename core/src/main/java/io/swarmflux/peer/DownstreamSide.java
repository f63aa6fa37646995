package io.swarmflux.peer;

import io.swarmflux.flux.ArrivalReader;
import io.swarmflux.segment.Description;
import io.swarmflux.segment.Segment;
import io.swarmflux.wire.Message;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one downstream takes over its link: sends on arrival what it was granted, and tells it what is here. Inside the strand.
 *
 * <p>What comes next is found by its {@link Reading}, within what it wants by its {@link Division}; how much may go, and
 * how it goes, is the business of {@link Outgoing}. What it asked for again comes before that, from its {@link Answers}.
 */
final class DownstreamSide {
    /** Who is there says something four times in this time. */
    private static final long SURELY_THERE_NS = Duration.ofSeconds(1).toNanos();

    private static final int SURE_CREDITS = 2;

    /** So many of a range that came from somebody else are looked at. */
    private static final int MOST_HAD = 1024;

    private final Self self;
    private final Programme programme;
    private final Origin origin;
    private final Giving giving;
    private final Upload upload;
    private final Conversation conversation;
    private final Message.Subscribe subscribe;
    private final Outgoing outgoing;
    private final Sent sent;
    private final Answers answers;

    /** Made once, as it is run for each segment. */
    private final Runnable sending = this::send;

    private final StandStill standStill;

    private long epoch = -1;
    private Division division;

    /** Null until it is answered, and when it is to ask for another epoch. */
    private @Nullable Reading reading;

    /** The first sequence that it has not confirmed. */
    private long next;

    private boolean waiting;
    private boolean endSaid;
    private int creditsSinceEnd;
    private boolean closed;
    private boolean polite;

    /** The versions of the description that it was told, and the one that the last segment needed. */
    private final Set<Integer> described = new HashSet<>();

    private int describedLast = -1;

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
        this.outgoing = new Outgoing(self, upload, conversation, subscribe.number());
        this.sent = outgoing.sent();
        this.waiting = subscribe.waiting();
        this.told = new ToldPaths(self.random());
        this.stall = new Stall(self.recorders(), StreamMetricsRecorder.Direction.OUT);
        this.division = new Division(upload.places(), peer(), 0, 0);
        this.askedAtNs = self.nowNs();
        this.standStill = new StandStill(askedAtNs);
        this.answers =
                new Answers(programme, origin, upload, segment -> send(segment, self.nowNs()), this::gap, this::pump);
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
        return reading != null && epoch == of && !closed;
    }

    /** Answers the subscribe; the node has a stream. */
    void answer(Giving.Playing playing) {
        long oldest = playing.oldest();
        long start = playing.startOf(subscribe);
        boolean same =
                subscribe.epoch() < 0 || subscribe.epoch() == playing.view().epoch();
        conversation.send(new Message.Subscribed(
                number(), playing.view().epoch(), same ? start : 0, oldest, playing.description()));
        epoch = playing.view().epoch();
        described.add(playing.description().version());
        if (!same) {
            return;
        }
        if (subscribe.start() == Message.Start.SEQUENCE && subscribe.from() < oldest) {
            gap(subscribe.from(), oldest, Message.GapNoticeReason.GONE);
        }
        divide(playing.description().subStreams(), start);
        next = start;
        Reading mine = new Reading(playing.hub().arrivalReader(start), programme, upload, division, sent, this::gap);
        mine.granted(start + subscribe.creditSegments(), subscribe.creditBytes());
        reading = mine;
        if (playing.lossless()) {
            mine.hold(start);
        }
        if (start < playing.view().oldest()) {
            mine.first(origin.catchUp(start, this::pump));
        }
        pump();
    }

    void onMessage(Message.OfStream message) {
        if (message instanceof Message.Credit credit) {
            onCredit(credit);
        } else if (message instanceof Message.Request request) {
            for (Message.Range range : request.ranges()) {
                answers.ask(range.from(), range.until(), self.nowNs());
            }
            pump();
        } else if (message instanceof Message.Assign assign) {
            assign(assign);
        } else if (message instanceof Message.Reach reach) {
            for (Message.Reached one : reach.subStreams()) {
                division.reaches(one.subStreams(), one.peers());
            }
        } else if (message instanceof Message.Have have) {
            onHave(have);
        } else if (message instanceof Message.Unsubscribe) {
            conversation.send(new Message.Stopped(number(), sent.bytes()));
            leaves();
            close();
        }
    }

    /** Somebody else was quicker: nothing is spent on sending it once more. */
    private void onHave(Message.Have have) {
        Reading mine = reading;
        if (mine != null && !programme.lossless()) {
            for (Message.Range range : have.ranges()) {
                long until = Math.min(range.until(), range.from() + MOST_HAD);
                answers.forget(range.from(), until);
                mine.pass(range.from(), until);
            }
        }
    }

    private void divide(int count, long start) {
        division = new Division(upload.places(), peer(), count, start);
        long most = upload.firstShare();
        decline(division.begin(subscribe.subStreams(), most, self.random().nextInt(count), self.nowNs()));
    }

    /** Tells the downstream that it gets these from somebody else or not at all. */
    void decline(long mask) {
        if (mask != 0) {
            conversation.send(new Message.Declined(number(), mask));
        }
    }

    private void assign(Message.Assign assign) {
        Reading mine = reading;
        if (mine == null || closed) {
            return;
        }
        long declined = 0;
        boolean asked = false;
        for (Message.Assignment one : assign.assignments()) {
            int subStream = one.subStream();
            if (subStream >= division.count()) {
                conversation.fail(
                        Message.FailureCode.LIMIT,
                        "sub-stream " + subStream + " was assigned, the stream has " + division.count());
                return;
            }
            if (!one.wants()) {
                division.end(subStream, one.until());
                continue;
            }
            asked = true;
            askedAtNs = self.nowNs();
            switch (division.ask(one, next, askedAtNs)) {
                case ADMITTED -> mine.wantsMore(subStream);
                case DECLINED -> declined |= 1L << subStream;
                case WAITING -> {} // until there is a place, or none in time
            }
        }
        decline(declined);
        giving.assigned(peer(), assign.assignments());
        if (asked) {
            giving.tellPaths(this); // what it knows of the way may be old, and lead through itself by now
        }
        pump();
    }

    /** A sub-stream that waited for a place has one. */
    void admitted(int subStream) {
        Reading mine = reading;
        if (mine != null && !closed && subStream < division.count()) {
            division.admitted(subStream);
            mine.wantsMore(subStream);
            pump();
        }
    }

    /** Asks the downstream to take these sub-streams from somebody else, if it can. */
    void askToYield(long mask) {
        conversation.send(new Message.Yield(number(), mask));
    }

    private void onCredit(Message.Credit credit) {
        UpstreamSide.check(credit.next());
        Reading mine = reading;
        if (mine == null) {
            return;
        }
        long nowNs = self.nowNs();
        mine.granted(credit.sequenceLimit(), credit.byteLimit());
        if (credit.byteLimit() > 0) {
            waiting = false;
        }
        sent.reported(credit.receivedBytes(), nowNs);
        standStill.said(credit.next(), credit.held(), nowNs);
        if (endSaid && ++creditsSinceEnd == SURE_CREDITS) {
            giving.confirmed();
        }
        if (credit.next() > next) {
            next = credit.next();
            mine.skipTo(next);
            if (programme.lossless()) {
                mine.hold(next);
            }
            giving.confirmed();
        }
        pump();
        lookAtCredit();
    }

    /** Sends whatever may go now. */
    void pump() {
        conversation.guard(sending);
    }

    private void send() {
        if (upload.limited()) {
            upload.pumpAll(); // what may leave is shared out among all
            return;
        }
        long nowNs = self.nowNs(); // what may go at once goes within little more than a millisecond
        while (sendOne(nowNs)) {
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
        return conversation.guarded(() -> {
            Reading mine = reading;
            long room = room(nowNs);
            return mine != null
                    && room > 0
                    && (answers.isDue(nowNs) || head(mine, room) != null)
                    && outgoing.isTaking();
        });
    }

    /** The place of what it would be sent next in the order of all that leaves; what was asked for again goes first. */
    double orderKey(long nowNs) {
        Segment segment = reading == null ? null : reading.head();
        return segment == null || answers.isDue(nowNs) ? Double.NEGATIVE_INFINITY : upload.orderKey(segment, division);
    }

    private long room(long nowNs) {
        return reading == null || closed ? 0 : outgoing.room(nowNs);
    }

    private @Nullable Segment head(Reading mine, long room) {
        Segment head = mine.head(room);
        if (head == null) {
            lookAtCredit();
        }
        return head;
    }

    /** Notes whether what it takes waits for its credit, while somebody records that. */
    private void lookAtCredit() {
        Reading mine = reading;
        if (mine == null || !self.recorders().any()) {
            stall.forget();
            return;
        }
        stall.look(mine.isHeldBack() && !closed, self.nowNs());
    }

    private boolean sendOne(long nowNs) {
        Reading mine = reading;
        long room = room(nowNs);
        if (mine == null || room <= 0 || !outgoing.isTaking()) {
            return false;
        }
        if (answers.isDue(nowNs) && answers.answer(epoch, mine, nowNs)) {
            return true;
        }
        Segment segment = head(mine, room);
        if (segment == null) {
            return false;
        }
        mine.sent();
        upload.pushed(segment);
        send(segment, nowNs);
        return true;
    }

    /** Sends a segment, and before that the description that it needs, if that was not told. */
    private void send(Segment segment, long nowNs) {
        if (segment.descriptionVersion() != describedLast) {
            Description needed = programme.descriptions().of(segment.epoch(), segment.descriptionVersion());
            if (needed != null) {
                describe(needed);
                describedLast = segment.descriptionVersion();
            }
        }
        outgoing.send(segment, nowNs);
    }

    /** Tells a version of the description, once. */
    void describe(Description said) {
        if (described.size() > 2 * Descriptions.KEPT) {
            described.clear(); // to be told one twice does no harm
        }
        if (described.add(said.version())) {
            conversation.send(new Message.Described(number(), said));
        }
    }

    /** Says the end, once, when it is known and everything before it can be sent. */
    void sayEnd() {
        Reading mine = reading;
        if (mine == null || closed || endSaid || mine.catchesUp() || !conversation.isOpen()) {
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
        return outgoing.share();
    }

    /** Sets how much of the shared upload it counts as having had. */
    void share(long bytes) {
        outgoing.share(bytes);
    }

    private void gap(long from, long until, Message.GapNoticeReason reason) {
        conversation.send(new Message.GapNotice(number(), epoch, from, until, reason));
    }

    /** Judges a lossless downstream. True when it stood still for too long and must go. */
    boolean standsStill(long nowNs, long edge) {
        if (waiting || reading == null || next >= edge) {
            standStill.rests(nowNs);
            return false;
        }
        return standStill.tooLong(nowNs);
    }

    /** Whether it would come further if its own readers or downstreams did; for how long that is believed, {@link #standsStill} says. */
    boolean isHeldUp() {
        return programme.lossless() && standStill.isHeldUp();
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
        answers.close();
        Reading mine = reading;
        if (mine != null) {
            ArrivalReader<Segment> place = mine.stop();
            if (polite || !programme.lossless() || knowsAll()) {
                place.dispose();
            } else {
                giving.keepFor(peer(), place);
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

    /** Whether a segment was or will be pushed to it, or was given in answer, and it is surely still there to give it on. */
    boolean gets(long sequence, long nowNs) {
        return !closed
                && (outgoing.gave(sequence) || division.wants(sequence))
                && conversation.silentNs(nowNs) < SURELY_THERE_NS;
    }

    Sent sent() {
        return sent;
    }

    /** Whether there is anything that it takes from here, or has not confirmed yet of what it took. */
    boolean takes() {
        return division.wantsFrom(next) && !closed && !knowsAll();
    }

    /** Since how long it takes nothing from here; -1 while it does, or waits for the stream to begin. */
    long idleNs(long nowNs) {
        return !answered() || waiting || takes() ? -1 : nowNs - askedAtNs;
    }

    /** How many peers get by it what it takes from here, over all sub-streams. */
    long reach() {
        long taken = taken();
        long reach = 0;
        for (int i = 0; i < Long.SIZE; i++) {
            reach += (taken & 1L << i) == 0 ? 0 : division.reach(i);
        }
        return reach;
    }

    /** The sub-streams that it takes from here until further notice, bit by bit. */
    private long taken() {
        return closed ? 0 : division.taken();
    }

    PeerSnapshot.Downstream snapshot(long bitsPerSecond) {
        return new PeerSnapshot.Downstream(
                peer(), !closed, sent.segments(), sent.bytes(), next, PeerSnapshot.subStreams(taken()), bitsPerSecond);
    }
}
