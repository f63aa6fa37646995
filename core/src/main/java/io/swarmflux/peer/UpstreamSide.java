package io.swarmflux.peer;

import io.swarmflux.flux.StreamHub;
import io.swarmflux.flux.Upstream;
import io.swarmflux.segment.Description;
import io.swarmflux.swarm.RepairPlan;
import io.swarmflux.wire.Message;
import io.swarmflux.wire.Message.FailureCode;
import io.swarmflux.wire.WireException;
import java.util.List;

/**
 * What this peer takes over one link: subscribes, hears what the other end says, and grants credit. Inside the strand; what happens
 * on the link's thread is all in {@link Incoming}, and the check of credit in {@link Granted}.
 *
 * <p><b>Credit.</b> The sum of what all links were granted and have not used, and of what the window must keep, stays within the
 * window. A segment that was asked for again may come on top of it. Duplicates and late segments take no room, so they are
 * granted again at once.
 */
final class UpstreamSide {
    private static final long FORGET_EVERY_NS = 1_000_000_000L;
    private static final long QUIET_NS = 300_000_000L;
    private static final int TAIL = 64;
    private static final long GOES_NS = 3_000_000_000L;
    private static final long EVERYTHING = -1;

    /** No stream is this long; sums of two such numbers do not overflow. */
    private static final long MAX_SEQUENCE = 1L << 61;

    private final Self self;
    private final Programme programme;
    private final Taking taking;
    private final Epochs epochs;
    private final SubStreams subStreams;
    private final Redirects redirects;
    private final Runnable onDescribed;
    private final Conversation conversation;

    private final Requested requested = new Requested();
    private final Granted granted = new Granted(requested);
    private final Announced announced = new Announced();
    private final Incoming incoming;
    private final HeardPaths paths;
    private final Asking asking = new Asking();
    private final Stall stall;

    private int nextNumber = 1;
    private long forgotAtNs;

    /** Until when it is tried to take everything from others, because this upstream asks for that. */
    private long goesUntilNs = Long.MIN_VALUE;

    /** The epoch that was asked for; -1 for whichever the other end plays. */
    private long askedEpoch = -1;

    /** Whether this subscription asked for every sub-stream. */
    private boolean all;

    /** Whether nothing is subscribed to, although the link goes on for the other end. */
    private boolean rests;

    UpstreamSide(Node node, Conversation conversation) {
        this.self = node.self();
        this.programme = node.programme();
        this.taking = node.taking();
        this.epochs = node.epochs();
        this.subStreams = node.subStreams();
        this.redirects = node.redirects();
        this.onDescribed = node::onDescribed;
        this.conversation = conversation;
        this.incoming = new Incoming(node, conversation, requested, granted, () -> credit(false));
        this.paths = new HeardPaths(self.name(), node::refusesWay);
        this.stall = new Stall(self.recorders(), StreamMetricsRecorder.Direction.IN);
    }

    int number() {
        return incoming.number();
    }

    boolean active() {
        return incoming.active();
    }

    /** What comes, on the link's thread. */
    Incoming incoming() {
        return incoming;
    }

    boolean isOpen() {
        return conversation.isOpen();
    }

    /** How long nothing at all was heard from the other end. */
    long silentNs(long nowNs) {
        return conversation.silentNs(nowNs);
    }

    boolean answered() {
        return rests || asking.answered();
    }

    /** What was granted and is not in the window yet, nor dropped: not sent, under way, or not complete. */
    long unusedBytes() {
        return active() ? granted.beyond(incoming.settledBytes()) : granted.firstBytes();
    }

    String name() {
        return conversation.peer();
    }

    // ------------------------------------------------------------------ the subscription

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

    /** Takes nothing any more; the link goes on, because the other end takes something. */
    void rest() {
        if (!rests) {
            rests = true;
            conversation.send(new Message.Unsubscribe(number()));
            close();
        }
    }

    boolean rests() {
        return rests;
    }

    private void subscribe(long wanted, Message.Start start, long from) {
        rests = false;
        incoming.begin(nextNumber++);
        askedEpoch = wanted;
        all = false;
        granted.begin(self.nowNs());
        subStreams.lost(name());
        paths.forget();
        announced.askedAnew();
        stall.look(false, self.nowNs());
        long mask = subStreams.firstMask();
        all = mask != 0;
        boolean waiting = taking.waiting();
        granted.first(taking.firstGrantBytes(), taking.firstGrantSegments());
        asking.asked(self.nowNs());
        conversation.send(new Message.Subscribe(
                number(),
                self.stream(),
                wanted,
                programme.newestEpoch(),
                start,
                from,
                mask,
                granted.firstSegments(),
                granted.firstBytes(),
                waiting));
    }

    void onMessage(Message.OfStream message) {
        if (rests) {
            return; // was under way
        }
        if (message instanceof Message.Subscribed subscribed) {
            onSubscribed(subscribed);
        } else if (message instanceof Message.Refused said) {
            onRefused(said);
        } else if (message instanceof Message.Announce announce) {
            onAnnounce(announce);
        } else if (message instanceof Message.Paths said) {
            if (said.epoch() == incoming.epoch()) {
                if ((paths.said(said.paths(), self.nowNs()) & subStreams.share(name())) != 0) {
                    subStreams.comesByAnotherWay();
                }
            }
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
            if (programme.descriptions().told(incoming.epoch(), described.description())) {
                onDescribed.run();
            }
        } else if (message instanceof Message.Redirect redirect && (!active() || askedToGo())) {
            redirects.redirected(conversation, redirect.addresses());
        }
        // a redirect by somebody who goes on serving is not followed; Stopped changes nothing here
    }

    /** It does not serve this peer, or not any more: asks again later, soon when room is being made. */
    private void onRefused(Message.Refused said) {
        close();
        incoming.forget();
        boolean ready = said.reason() != Message.RefuseReason.NOT_READY;
        boolean othersBring = subStreams.firstMask() == 0;
        if (asking.refused(ready, othersBring, self.random().nextDouble(), self.nowNs())) {
            epochs.refused(this, said); // otherwise room may be made soon
        }
    }

    private void onGap(Message.GapNotice gap) {
        check(gap.until());
        if (gap.reason() == Message.GapNoticeReason.LATE) {
            if (gap.epoch() == incoming.epoch()) {
                subStreams.passedOver(name(), gap.from(), gap.until());
            }
        } else {
            incoming.gone(gap.epoch(), gap.from(), gap.until());
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
        return asking.refused();
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
        if (asking.answered()) {
            return; // the link has brought it twice
        }
        asking.accepted();
        incoming.heardAnswer();
        if (askedEpoch >= 0 && subscribed.epoch() != askedEpoch) {
            all = false;
            granted.lapse();
            epochs.heardOf(subscribed.epoch(), this); // it sends nothing until it is asked for what it plays
            return;
        }
        if (!epochs.accepts(this, subscribed)) {
            all = false;
            granted.lapse();
            return;
        }
        announced.begins(subscribed);
        incoming.open(subscribed);
        if (all) {
            subStreams.took(this);
        }
        credit(true);
    }

    private void onAnnounce(Message.Announce announce) {
        check(Math.max(announce.edge(), announce.finalSequence()));
        epochs.heardOf(announce.epoch(), this);
        if (announce.epoch() != incoming.epoch()) {
            return;
        }
        announced.said(announce);
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
        if (announce.oldest() > programme.next(announce.epoch())) {
            incoming.gone(
                    announce.epoch(), 0, announce.oldest()); // of what is passed here already nobody wants to know
        }
        if (announce.finalSequence() != Message.UNKNOWN) {
            programme.ends(announce.epoch(), announce.finalSequence());
        }
    }

    /** Whether the other end said that it holds a segment. */
    boolean holds(long sequence) {
        return active() && announced.holds(sequence);
    }

    long edge() {
        return active() ? announced.edge() : 0;
    }

    long oldest() {
        return announced.oldest();
    }

    boolean broughtAll() {
        return all;
    }

    /** By which ways sub-streams come to the other end. */
    HeardPaths paths() {
        return paths;
    }

    /** How many more sub-streams the other end has upload for; none while it would rather have everything taken from others. */
    int spare() {
        return askedToGo() ? 0 : announced.spare();
    }

    /** The least round trip; -1 while none was measured. */
    long roundTripUs() {
        long leastNs = conversation.roundTripNs();
        return leastNs < 0 ? -1 : leastNs / 1_000;
    }

    /** How long a segment takes from the other end to here, as it says. */
    long serviceUs() {
        return announced.serviceUs();
    }

    void reach(List<Message.Reached> reached) {
        conversation.send(new Message.Reach(number(), reached));
    }

    void assign(List<Message.Assignment> assignments) {
        conversation.send(new Message.Assign(number(), assignments));
    }

    /**
     * Up to where what it announced and has not sent may be taken for lost, because it fell quiet: everything behind what came
     * is a hole anyway.
     */
    long lostTail(StreamHub.View view, long nowNs) {
        long edge = edge();
        if (!active() || incoming.silentNs(nowNs) < QUIET_NS || edge <= view.edge()) {
            return 0; // nothing beyond what is known here already
        }
        if (taking.silentNs(nowNs) < QUIET_NS && subStreams.share(name()) == 0) {
            return 0;
        }
        return Math.min(
                edge, view.roomBytes() > 0 ? Math.min(view.edge() + TAIL, granted.sequenceLimit()) : view.next() + 1);
    }

    RepairPlan.Source asSource() {
        return new RepairPlan.Source(
                name(), Math.max(0, conversation.roundTripNs()), conversation.timeOutNs(announced.serviceUs() * 1_000));
    }

    void request(List<Long> sequences) {
        long nowNs = self.nowNs();
        sequences.forEach(sequence -> requested.ask(sequence, nowNs));
        conversation.send(new Message.Request(number(), Message.Range.of(sequences)));
    }

    /** Whether it was asked for a segment again and has not answered. */
    boolean awaits(long sequence) {
        return requested.awaits(sequence);
    }

    /** Tells it what has come from somebody else. */
    void have(List<Long> sequences) {
        conversation.send(new Message.Have(number(), Message.Range.of(sequences)));
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
        boolean seldom = !programme.lossless() && !programme.endIsKnown();
        if (seldom && granted.isQuiet(feeds, nowNs)) {
            return; // as nearly always: before anything costly is looked at
        }
        StreamHub.View view = programme.view();
        if (view == null || view.epoch() != incoming.epoch()) {
            return;
        }
        if (granted.grant(room(view, feeds), heartbeat, seldom, nowNs)) {
            conversation.send(new Message.Credit(
                    number(),
                    granted.sequenceLimit(),
                    granted.byteLimit(),
                    Math.max(0, view.next()),
                    granted.reportedBytes(),
                    programme.held()));
        }
        stall.look(self.recorders().any() && (granted.starved() || (feeds && !mayGoOn())), nowNs);
    }

    private Granted.Room room(StreamHub.View view, boolean feeds) {
        long freeBytes = 0;
        if (feeds) {
            // who only has what lies beyond the next hole may not fill the room of those who can close it
            long kept = oldest() > view.next() ? taking.halfWindow() : 0;
            freeBytes = view.roomBytes() - kept - taking.unusedBytes();
        }
        long sequenceLimit = taking.waiting() ? granted.sequenceLimit() : taking.sequenceLimit(view);
        return new Granted.Room(feeds, taking.grantTarget(), freeBytes, sequenceLimit, taking.slots(), view.next());
    }

    /** Whether the sequence that it would bring next is granted. */
    private boolean mayGoOn() {
        Description said = programme.description();
        int count = said == null ? 1 : said.subStreams();
        return granted.allowsNext(incoming.edge(), subStreams.share(name()), count);
    }

    boolean starved() {
        return granted.starved();
    }

    void tick(long nowNs) {
        if (rests) {
            return;
        }
        if (asking.isDue(nowNs)) {
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

    PeerSnapshot.Upstream snapshot(long edgeHere, String dialled, long bitsPerSecond) {
        long roundTrip = conversation.roundTripNs();
        Upstream.Stats stats = incoming.stats();
        return new PeerSnapshot.Upstream(
                name(),
                dialled,
                conversation.isOpen() && !rests,
                stats.received(),
                stats.bytes(),
                stats.duplicates(),
                new PeerSnapshot.Now(
                        PeerSnapshot.subStreams(subStreams.share(name())),
                        bitsPerSecond,
                        Math.max(0, edgeHere - Math.max(announced.edge(), incoming.edge())),
                        roundTrip < 0 ? -1 : roundTrip / 1_000_000));
    }

    void close() {
        subStreams.lost(name());
        all = false;
        granted.lapse();
        stall.look(false, self.nowNs());
        incoming.close();
    }
}
