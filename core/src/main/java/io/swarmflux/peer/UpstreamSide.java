package io.swarmflux.peer;

import io.swarmflux.flux.Intake;
import io.swarmflux.flux.StreamHub;
import io.swarmflux.flux.Upstream;
import io.swarmflux.segment.Description;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.StreamId;
import io.swarmflux.swarm.RepairPlan;
import io.swarmflux.swarm.UploadPlan;
import io.swarmflux.wire.Message;
import io.swarmflux.wire.Message.FailureCode;
import io.swarmflux.wire.WireException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What this peer takes over one link: subscribes, grants credit, and checks that it is kept.
 *
 * <p><b>Credit</b> is two absolute limits that only grow: a sequence and a total of bytes since the subscribe. The sum of
 * what all links were granted and have not used, and of what the window must keep, stays within the window. A segment
 * that was asked for again may come on top of it. Duplicates and late segments take no room, so they are granted again at
 * once.
 */
final class UpstreamSide {
    private static final int REPORT_BYTES = 16 * 1024;
    private static final long REPEAT_NS = 250_000_000L;

    /** How often a link of a live stream hears of the window's progress alone. */
    private static final long SELDOM_NS = 1_000_000_000L;

    private static final long FORGET_EVERY_NS = 1_000_000_000L;
    private static final long UNANSWERED_NS = 3_000_000_000L;
    private static final long QUIET_NS = 300_000_000L;
    private static final int TAIL = 64;
    private static final long SOON_NS = 300_000_000L;
    private static final long REFUSED_NS = 1_000_000_000L;
    private static final int LONGEST_REFUSED = 3;
    private static final long GOES_NS = 3_000_000_000L;
    private static final long EVERYTHING = -1;
    private static final long[] NO_HOLES = {};

    /** No stream is this long; sums of two such numbers do not overflow. */
    private static final long MAX_SEQUENCE = 1L << 61;

    private final Self self;
    private final Programme programme;
    private final Taking taking;
    private final Epochs epochs;
    private final Repairs repairs;
    private final SubStreams subStreams;
    private final Redirects redirects;
    private final Conversation conversation;

    private final Requested requested = new Requested();

    private volatile int number;

    /** The epoch that may come now, as the answer said; -1 while nothing may. */
    private volatile long comingEpoch = -1;

    /** The epoch that goes into the window; -1 while the answer has not been dealt with. */
    private volatile long epoch = -1;

    private volatile long sequenceLimit;
    private volatile long byteLimit;
    private volatile long receivedBytes;
    private volatile long reportedBytes;
    private volatile int maxSegmentBytes = Segment.MAX_ENCODED_BYTES;
    private volatile @Nullable Intake<Segment> intake;

    /** One past the newest segment that came from it, in the epoch that comes. */
    private volatile long brought;

    private volatile boolean creditDue;

    // inside the strand
    private int nextNumber = 1;
    private volatile long dataAtNs;
    private long settledBefore;
    private long askedAtNs;
    private long creditedAtNs;
    private long firstBytes;
    private volatile int firstSegments;
    private long reportedNext = -1;
    private boolean starved;
    private final Stall stall;

    /** Whether it had a share when credit was thought of last. */
    private boolean fed;

    private long forgotAtNs;
    private boolean answered;
    private long retryAtNs = Long.MAX_VALUE;
    private boolean refused;
    private int refusals;

    /** Until when it is tried to take everything from others, because this upstream asks for that. */
    private long goesUntilNs = Long.MIN_VALUE;

    /** The epoch that was asked for; -1 for whichever the other end plays. */
    private long askedEpoch = -1;

    private long oldest;
    private long edge;
    private long edgeEpoch = -1;

    /** From and until of what it lacks below the edge, hole by hole: looked at too often for a list. */
    private long[] holes = NO_HOLES;

    private final Message.@Nullable Path[] paths = new Message.Path[64];

    // what follows from the paths, worked out when they change
    private long known;
    private long clear;
    private boolean saysAges;
    private int depth;

    private int spare;
    private long serviceUs;

    /** Bit i set: the other end takes sub-stream i from here. */
    private long loops;

    /** Whether this subscription asked for every sub-stream. */
    private boolean all;

    UpstreamSide(Node node, Conversation conversation) {
        this.self = node.self();
        this.programme = node.programme();
        this.taking = node.taking();
        this.epochs = node.epochs();
        this.repairs = node.repairs();
        this.subStreams = node.subStreams();
        this.redirects = node.redirects();
        this.conversation = conversation;
        this.stall = new Stall(self.recorders(), StreamMetricsRecorder.Direction.IN);
    }

    int number() {
        return number;
    }

    boolean active() {
        return epoch >= 0;
    }

    private void plays(long now) {
        taking.active((now < 0 ? 0 : 1) - (active() ? 1 : 0));
        epoch = now;
    }

    boolean isOpen() {
        return conversation.isOpen();
    }

    /** How long nothing at all was heard from the other end. */
    long silentNs(long nowNs) {
        return conversation.silentNs(nowNs);
    }

    boolean answered() {
        return answered;
    }

    /** What was granted and is not in the window yet, nor dropped: not sent, under way, or not complete. */
    long unusedBytes() {
        Intake<Segment> to = intake;
        long settled = to == null ? 0 : to.receivedBytes() - settledBefore;
        return active() ? Math.max(0, byteLimit - settled) : firstBytes;
    }

    String name() {
        return conversation.peer();
    }

    // ------------------------------------------------------------------ the link's thread

    /** An answer came; segments may follow it before the strand has dealt with it. */
    void answered(Message.Subscribed answer) {
        if (answer.number() == number && comingEpoch < 0) {
            check(Math.max(answer.start(), answer.oldest()));
            sequenceLimit = answer.start() + firstSegments;
            maxSegmentBytes = answer.description().maxSegmentBytes();
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
        return self.stream();
    }

    void onSegment(Segment segment) {
        if (epoch < 0) {
            self.strand().execute(() -> take(segment)); // behind the answer
        } else {
            take(segment);
        }
    }

    private void take(Segment segment) {
        Intake<Segment> to = intake;
        if (to == null || segment.epoch() != epoch) {
            return;
        }
        boolean pushed = !requested.answers(segment.sequence());
        if (!pushed) {
            repairs.answered(name(), segment.sequence());
        }
        dataAtNs = self.nowNs();
        brought = Math.max(brought, segment.sequence() + 1);
        taking.heardData();
        subStreams.came(name(), segment, programme.segment(segment.epoch(), segment.sequence()) == null, pushed);
        to.offer(segment);
        if (!creditDue && receivedBytes - reportedBytes >= REPORT_BYTES) {
            creditDue = true;
            self.strand().execute(() -> {
                creditDue = false;
                credit(false);
            });
        }
    }

    // ------------------------------------------------------------------ inside the strand

    /** Subscribes from where the window goes on, or from where is natural when there is none yet. */
    void subscribe() {
        StreamHub.View view = programme.view();
        if (view == null) {
            subscribe(-1, Message.Start.NATURAL, 0);
        } else {
            subscribe(view.epoch(), Message.Start.SEQUENCE, view.next());
        }
    }

    /** Subscribes to whatever epoch the other end plays. */
    void subscribeAnew() {
        subscribe(-1, Message.Start.NATURAL, 0);
    }

    private void subscribe(long wanted, Message.Start start, long from) {
        plays(-1);
        askedEpoch = wanted;
        brought = 0;
        all = false;
        comingEpoch = -1;
        answered = false;
        requested.clear();
        number = nextNumber++;
        receivedBytes = 0;
        reportedBytes = 0;
        subStreams.lost(name());
        Arrays.fill(paths, null);
        known = 0;
        clear = 0;
        measurePaths();
        fed = false;
        starved = false;
        stall.look(false, self.nowNs());
        creditedAtNs = self.nowNs() - SELDOM_NS;
        spare = 0;
        loops = 0;
        long mask = subStreams.firstMask();
        all = mask != 0;
        boolean waiting = taking.waiting();
        firstBytes = 0; // not to count it twice
        firstBytes = taking.firstGrantBytes();
        firstSegments = taking.firstGrantSegments();
        byteLimit = firstBytes;
        retryAtNs = Long.MAX_VALUE;
        askedAtNs = self.nowNs();
        conversation.send(new Message.Subscribe(
                number,
                self.stream(),
                wanted,
                programme.newestEpoch(),
                start,
                from,
                mask,
                firstSegments,
                firstBytes,
                waiting));
    }

    void onMessage(Message.OfStream message) {
        if (message instanceof Message.Subscribed subscribed) {
            onSubscribed(subscribed);
        } else if (message instanceof Message.Refused said) {
            onRefused(said);
        } else if (message instanceof Message.Announce announce) {
            onAnnounce(announce);
        } else if (message instanceof Message.Paths paths) {
            onPaths(paths);
        } else if (message instanceof Message.Declined declined) {
            subStreams.declined(name(), declined.subStreams());
        } else if (message instanceof Message.Yield asked) {
            onYield(asked);
        } else if (message instanceof Message.GapNotice gap) {
            onGap(gap);
        } else if (message instanceof Message.End end) {
            check(end.finalSequence());
            programme.ends(end.epoch(), end.finalSequence());
        } else if (message instanceof Message.Described described) {
            programme.described(described.description());
        } else if (message instanceof Message.Redirect redirect && (!active() || askedToGo())) {
            redirects.redirected(conversation, redirect.addresses());
        }
        // a redirect by somebody who goes on serving is not followed; Stopped changes nothing here
    }

    /** It does not serve this peer, or not any more: asks again later, soon when room is being made. */
    private void onRefused(Message.Refused said) {
        close();
        comingEpoch = -1;
        intake = null;
        answered = true;
        refused = said.reason() != Message.RefuseReason.NOT_READY;
        refusals = Math.min(refusals + 1, LONGEST_REFUSED);
        // who has somebody else does not ask that often
        long everyNs = !refused ? SOON_NS : subStreams.firstMask() != 0 ? REFUSED_NS : REFUSED_NS << (refusals - 1);
        retryAtNs = self.nowNs() + (long) (everyNs * (0.75 + self.random().nextDouble() / 2));
        if (refused || refusals == LONGEST_REFUSED) { // room is made soon, or not at all
            epochs.refused(this, said);
        }
    }

    private void onGap(Message.GapNotice gap) {
        check(gap.until());
        Intake<Segment> to = intake;
        if (gap.reason() == Message.GapNoticeReason.LATE) {
            if (gap.epoch() == epoch) {
                subStreams.passedOver(name(), gap.from(), gap.until());
            }
        } else if (to != null) {
            to.gone(gap.epoch(), gap.from(), gap.until());
        }
    }

    private void onYield(Message.Yield asked) {
        if (asked.subStreams() == EVERYTHING) {
            letGo();
        } else {
            subStreams.giveUp(name(), asked.subStreams());
        }
    }

    /** Takes everything from others, as far as they can bring it. */
    void letGo() {
        goesUntilNs = self.nowNs() + GOES_NS;
        subStreams.giveUp(name(), EVERYTHING);
    }

    /** Whether it has no place for this peer. */
    boolean refused() {
        return refused;
    }

    /** Whether it would have everything taken from others. */
    boolean askedToGo() {
        return self.nowNs() < goesUntilNs;
    }

    /** Refuses a sequence that no stream reaches. */
    static void check(long sequence) {
        if (sequence > MAX_SEQUENCE) {
            throw new WireException(
                    FailureCode.LIMIT, "sequence " + sequence + " was named, none is above " + MAX_SEQUENCE);
        }
    }

    private void onSubscribed(Message.Subscribed subscribed) {
        if (answered) {
            return; // the link has brought it twice
        }
        answered = true;
        refused = false;
        refusals = 0;
        dataAtNs = self.nowNs();
        oldest = subscribed.oldest();
        if (askedEpoch >= 0 && subscribed.epoch() != askedEpoch) {
            all = false;
            firstBytes = 0;
            epochs.heardOf(subscribed.epoch(), this); // it sends nothing until it is asked for what it plays
            return;
        }
        if (!epochs.accepts(this, subscribed)) {
            all = false;
            firstBytes = 0;
            return;
        }
        if (intake == null) {
            intake = taking.newIntake(name());
        }
        Intake<Segment> to = intake;
        settledBefore = to == null ? 0 : to.receivedBytes();
        if (to != null && subscribed.start() > 0) {
            to.gone(subscribed.epoch(), 0, Math.min(subscribed.start(), Math.max(oldest, 0)));
        }
        edge = subscribed.epoch() == edgeEpoch ? Math.max(edge, subscribed.start()) : subscribed.start();
        edgeEpoch = subscribed.epoch();
        holes = NO_HOLES;
        plays(subscribed.epoch());
        if (all) {
            subStreams.took(name());
        }
        credit(true);
    }

    private void onAnnounce(Message.Announce announce) {
        check(Math.max(announce.edge(), announce.finalSequence()));
        epochs.heardOf(announce.epoch(), this);
        if (announce.epoch() != epoch) {
            return;
        }
        oldest = announce.oldest();
        edge = announce.edge();
        holes = bounds(announce.holes());
        spare = announce.spare();
        serviceUs = announce.serviceUs();
        boolean played = announce.epoch() == programme.epoch(); // others have a time of their own
        if (played && announce.streamTimeErrorUs() >= 0 && conversation.roundTripNs() >= 0) {
            subStreams
                    .clock()
                    .heard(
                            announce.streamTimeUs(),
                            announce.streamTimeErrorUs(),
                            conversation.roundTripNs(),
                            self.nowNs());
        }
        Intake<Segment> to = intake;
        if (to != null && announce.oldest() > programme.next(announce.epoch())) {
            to.gone(announce.epoch(), 0, announce.oldest()); // of what is passed here already nobody wants to know
        }
        if (announce.finalSequence() != Message.UNKNOWN) {
            programme.ends(announce.epoch(), announce.finalSequence());
        }
    }

    /** Whether the other end said that it holds a segment. */
    boolean holds(long sequence) {
        if (!active() || sequence < oldest || sequence >= edge) {
            return false;
        }
        for (int i = 0; i < holes.length && holes[i] <= sequence; i += 2) {
            if (sequence < holes[i + 1]) {
                return false;
            }
        }
        return true;
    }

    /** Ranges come ordered and disjoint. */
    private static long[] bounds(List<Message.Range> ranges) {
        if (ranges.isEmpty()) {
            return NO_HOLES;
        }
        long[] bounds = new long[2 * ranges.size()];
        int at = 0;
        for (Message.Range range : ranges) {
            bounds[at++] = range.from();
            bounds[at++] = range.until();
        }
        return bounds;
    }

    long edge() {
        return active() ? edge : 0;
    }

    long oldest() {
        return oldest;
    }

    boolean broughtAll() {
        return all;
    }

    /**
     * Which sub-streams may be taken from here: those whose way is known and does not lead through this peer. What it
     * brings already stays while its way is not known.
     *
     * @param share what it brings, bit by bit
     */
    long eligible(long share) {
        return clear | (share & ~(known | loops));
    }

    private void measurePaths() {
        saysAges = false;
        int least = Integer.MAX_VALUE;
        for (int i = 0; i < paths.length; i++) {
            Message.Path path = paths[i];
            if (path != null) {
                saysAges |= path.ageUs() >= 0;
                least = Math.min(least, path.peers().size());
            }
        }
        depth = least == Integer.MAX_VALUE ? 0 : least;
    }

    private void onPaths(Message.Paths said) {
        if (said.epoch() != epoch) {
            return;
        }
        for (Message.Path path : said.paths()) {
            boolean none = path.peers().isEmpty();
            boolean here = none || path.peers().contains(self.name());
            long mask = path.subStreams();
            known = none ? known & ~mask : known | mask;
            clear = here ? clear & ~mask : clear | mask;
            loops &= ~mask;
            for (long rest = mask; rest != 0; rest &= rest - 1) {
                paths[Long.numberOfTrailingZeros(rest)] = none ? null : path;
            }
        }
        measurePaths();
    }

    /** The other end takes this sub-stream from here. Until it announces another way it cannot bring it. */
    void isLoop(int subStream) {
        loops |= 1L << subStream;
        known &= ~(1L << subStream);
        clear &= ~(1L << subStream);
        paths[subStream] = null;
        measurePaths();
    }

    /** The way by which a sub-stream comes to the other end; null when it does not say. */
    @Nullable
    List<String> pathOf(int subStream) {
        Message.Path path = paths[subStream];
        return path == null ? null : path.peers();
    }

    /** How old a sub-stream's segments are when they come to the other end; negative when it does not say. */
    long ageUs(int subStream) {
        Message.Path path = paths[subStream];
        return path == null ? Message.UNKNOWN : path.ageUs();
    }

    boolean saysAges() {
        return saysAges;
    }

    /** How many more sub-streams the other end has upload for; none while it would rather have everything taken from others. */
    int spare() {
        if (askedToGo()) {
            return 0;
        }
        return spare == Message.ANY ? UploadPlan.UNLIMITED : spare;
    }

    /** How long a segment takes from the other end to here, as it says. */
    long serviceUs() {
        return serviceUs;
    }

    /** How many hops the shortest way to the other end has. */
    long depth() {
        return depth;
    }

    void reach(List<Message.Reached> reached) {
        conversation.send(new Message.Reach(number, reached));
    }

    void assign(List<Message.Assignment> assignments) {
        conversation.send(new Message.Assign(number, assignments));
    }

    /**
     * Up to where what it announced and has not sent may be taken for lost, because it fell quiet: everything behind what came
     * is a hole anyway.
     */
    long lostTail(StreamHub.View view, long nowNs) {
        if (!active() || nowNs - dataAtNs < QUIET_NS || edge <= view.edge()) {
            return 0; // nothing beyond what is known here already
        }
        if (taking.silentNs(nowNs) < QUIET_NS && subStreams.share(name()) == 0) {
            return 0;
        }
        return Math.min(edge, view.roomBytes() > 0 ? Math.min(view.edge() + TAIL, sequenceLimit) : view.next() + 1);
    }

    RepairPlan.Source asSource() {
        return new RepairPlan.Source(
                name(), Math.max(0, conversation.roundTripNs()), conversation.timeOutNs(serviceUs * 1_000));
    }

    void request(List<Long> sequences) {
        List<Message.Range> ranges = new java.util.ArrayList<>();
        long nowNs = self.nowNs();
        for (long sequence : sequences) {
            requested.ask(sequence, nowNs);
            int last = ranges.size() - 1;
            if (last >= 0 && ranges.get(last).until() == sequence) {
                ranges.set(last, new Message.Range(ranges.get(last).from(), sequence + 1));
            } else {
                ranges.add(new Message.Range(sequence, sequence + 1));
            }
        }
        conversation.send(new Message.Request(number, ranges));
    }

    /**
     * Grants what there is room for, and reports what came. A live stream's upstream is told only what matters to it: what came
     * from it, four times a second, and how the window moves once a second. The window of a lossless stream waits for what
     * is confirmed, and so does the end of every stream: that is told at once.
     */
    void credit(boolean heartbeat) {
        if (!active()) {
            return;
        }
        long nowNs = self.nowNs();
        boolean feeds = !taking.waiting() && subStreams.share(name()) != 0;
        boolean changed = feeds != fed || starved || receivedBytes != reportedBytes;
        boolean seldom = !programme.lossless() && !programme.endIsKnown();
        if (seldom && !changed && nowNs - creditedAtNs < SELDOM_NS) {
            return; // as nearly always: before anything costly is looked at
        }
        StreamHub.View view = programme.view();
        if (view == null || view.epoch() != epoch) {
            return;
        }
        fed = feeds;
        long target = taking.grantTarget();
        long received = receivedBytes;
        long granted = byteLimit;
        long unused = Math.max(0, granted - received);
        long more = 0;
        long sequences = sequenceLimit;
        if (feeds) {
            // who only has what lies beyond the next hole may not fill the room of those who can close it
            long kept = oldest > view.next() ? taking.halfWindow() : 0;
            more = Math.max(0, Math.min(target - unused, view.roomBytes() - kept - taking.unusedBytes()));
            starved = more < target - unused;
        } else {
            starved = false;
        }
        if (!taking.waiting()) {
            sequences = Math.max(sequences, taking.sequenceLimit(view));
        }
        boolean worth = more >= target / 4
                || sequences - sequenceLimit >= taking.slots() / 4
                || received - reportedBytes >= REPORT_BYTES;
        if (worth
                || (heartbeat
                        && (nowNs - creditedAtNs >= (seldom ? SELDOM_NS : REPEAT_NS) // the last one may be lost
                                || (seldom
                                        ? nowNs - creditedAtNs >= REPEAT_NS && (received > reportedBytes || more > 0)
                                        : more > 0
                                                || sequences > sequenceLimit
                                                || received > reportedBytes
                                                || view.next() != reportedNext)))) {
            byteLimit = granted + more;
            sequenceLimit = sequences;
            reportedBytes = received;
            reportedNext = view.next();
            creditedAtNs = nowNs;
            conversation.send(new Message.Credit(
                    number, sequenceLimit, byteLimit, Math.max(0, view.next()), received, programme.held()));
        }
        stall.look(self.recorders().any() && (starved || (feeds && !mayGoOn())), nowNs);
    }

    /** Whether the sequence that it would bring next is granted. */
    private boolean mayGoOn() {
        Description said = programme.description();
        int count = said == null ? 1 : said.subStreams();
        long share = subStreams.share(name());
        long until = Math.min(brought + count, sequenceLimit);
        for (long sequence = brought; sequence < until; sequence++) {
            if ((share & 1L << (sequence % count)) != 0) {
                return true;
            }
        }
        return false;
    }

    boolean starved() {
        return starved;
    }

    void tick(long nowNs) {
        if (nowNs >= retryAtNs || (!answered && nowNs - askedAtNs > UNANSWERED_NS)) {
            subscribe();
            return;
        }
        credit(true);
        if (nowNs < goesUntilNs && subStreams.share(name()) != 0) {
            subStreams.giveUp(name(), EVERYTHING); // somebody may have come who can bring it
        }
        if (nowNs - forgotAtNs >= FORGET_EVERY_NS) {
            forgotAtNs = nowNs;
            requested.forget(nowNs);
        }
    }

    /** What became of the segments that came from it. */
    Upstream.Stats stats() {
        Intake<Segment> from = intake;
        return from == null ? new Upstream.Stats(0, 0, 0, 0, 0, 0) : from.stats();
    }

    PeerSnapshot.Upstream snapshot(long edgeHere, String dialled, long bitsPerSecond) {
        long roundTrip = conversation.roundTripNs();
        Upstream.Stats stats = stats();
        return new PeerSnapshot.Upstream(
                name(),
                dialled,
                conversation.isOpen(),
                stats.received(),
                stats.bytes(),
                stats.duplicates(),
                new PeerSnapshot.Now(
                        PeerSnapshot.subStreams(subStreams.share(name())),
                        bitsPerSecond,
                        Math.max(0, edgeHere - Math.max(edge, brought)),
                        roundTrip < 0 ? -1 : roundTrip / 1_000_000));
    }

    void close() {
        subStreams.lost(name());
        all = false;
        plays(-1);
        firstBytes = 0;
        stall.look(false, self.nowNs());
        Intake<Segment> from = intake;
        if (from != null) {
            from.dispose();
        }
    }
}
