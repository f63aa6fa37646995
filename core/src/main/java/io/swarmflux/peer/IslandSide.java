package io.swarmflux.peer;

import io.swarmflux.flux.StreamHub;
import io.swarmflux.link.Link;
import io.swarmflux.segment.Description;
import io.swarmflux.swarm.Claims;
import io.swarmflux.swarm.StreamClock;
import io.swarmflux.wire.GroupCodec;
import io.swarmflux.wire.GroupMessage;
import io.swarmflux.wire.Message;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * One peer's place in its island: says that it is there, hears the others, feeds what it claims, and takes everything else from the
 * group. What it decides is in {@link Claims}; what comes and goes, in {@link IslandIn} and {@link IslandOut}; who is there, in
 * {@link IslandMembers}.
 *
 * <p>For each sub-stream one of three things holds:
 *
 * <pre>
 *  mine     claimed here: taken from upstreams outside, and sent to the group
 *  served   claimed by a member that this one hears, and that hears this one: no link brings it
 *  else     links bring it, from inside the island or outside: multicast is never required
 * </pre>
 *
 * <p>For a second after a claim has lapsed its sub-stream still counts as served: by then it has a new gateway, or there is none.
 *
 * <p><b>Threads.</b> Chunks are taken on the link's thread; everything else happens inside the strand.
 */
final class IslandSide {
    /** How long it listens before it dials anybody: who is there has been heard by then. */
    private static final long LISTEN_NS = Duration.ofMillis(400).toNanos();
    /** How long the group may be without a gateway for a sub-stream, or a member unheard, before links bring it. */
    private static final long PATIENCE_NS = Duration.ofSeconds(1).toNanos();

    /** How long the transport is taken to be full: with what it is left with each time, 700 Mbit/s. Faster, and many receivers lose much. */
    private static final long FULL_NS = Duration.ofMillis(3).toNanos();

    private static final long NEVER = Long.MIN_VALUE / 2;

    private final Node node;
    private final Self self;
    private final Island island;
    private final Programme programme;
    private final Links links;
    private final SubStreams subStreams;
    private final IslandMembers members = new IslandMembers();
    private final IslandTrips trips = new IslandTrips(members);
    private final IslandName name;
    private final IslandInbox inbox;
    private final IslandSpeech speech;
    private final IslandGateway gateway;
    private final IslandNeighbours neighbours;
    private final IslandService served;

    private final IslandJoin join;
    private final IslandAlarm alarm;

    private volatile @Nullable IslandIn in;
    private @Nullable IslandOut out;
    private @Nullable Claims claims;

    private long joinedAtNs = NEVER;
    private boolean dials;
    private long naksSent;

    /** Until when the transport is taken to be full. */
    private long fullUntilNs = NEVER;

    private IslandPast past = IslandPast.NOTHING;
    private boolean overTold;
    private boolean leaving;
    private boolean closed;

    IslandSide(Node node, Island island) {
        this.node = node;
        this.self = node.self();
        this.island = island;
        this.programme = node.programme();
        this.links = node.links();
        this.subStreams = node.subStreams();
        this.name = new IslandName(self.instance());
        this.inbox = new IslandInbox(self, this::onMessage);
        this.speech = new IslandSpeech(node, members, trips, name);
        this.gateway = new IslandGateway(node, members, name);
        this.neighbours = new IslandNeighbours(self, links, members);
        this.served = new IslandService(self.instance(), members);
        this.join = new IslandJoin(self, island, this::onFrame, this::joined, this::stopTaking);
        this.alarm = new IslandAlarm(self, this::act);
    }

    // ------------------------------------------------------------------ joining and leaving

    /** Joins the group; fails as the transport does. */
    Mono<Void> join() {
        return join.join();
    }

    private void joined(Link link) {
        joinedAtNs = self.nowNs();
        out = new IslandOut(self, programme, link);
        speech.beaconIsDue();
        claims = null; // begins anew with the next tick
    }

    private void close(IslandIn before) {
        past = past.and(before);
        before.close();
    }

    private void stopTaking() {
        IslandIn before = in;
        if (before != null) {
            close(before);
            in = null;
        }
        IslandOut sent = out;
        if (sent != null) {
            past = past.and(sent);
            out = null;
        }
        claims = null;
        inbox.clear();
        served.forget();
    }

    /** Says that this member goes: what it feeds is free at once. */
    void leave() {
        Link present = join.link();
        if (!leaving) {
            leaving = true;
            if (present != null) {
                speech.beacon(present, claims, true, self.nowNs());
            }
        }
    }

    Mono<Void> close() {
        leave();
        closed = true;
        alarm.close();
        neighbours.close();
        stopTaking();
        return join.close();
    }

    // ------------------------------------------------------------------ the link's thread

    private void onFrame(ByteBuffer frame) {
        alarm.wake(inbox.onFrame(frame, in));
    }

    // ------------------------------------------------------------------ what is heard, inside the strand

    private void onMessage(GroupMessage message) {
        if (closed) {
            return;
        }
        long nowNs = self.nowNs();
        IslandMembers.Member member = members.of(message.member());
        boolean known = member != null && member.playing;
        if (message instanceof GroupMessage.Beacon beacon) {
            if (!beacon.stream().equals(self.stream())) {
                return;
            }
            member = members.heard(beacon.member(), nowNs);
            if (member != null) {
                onBeacon(member, beacon, nowNs);
            }
        } else if (message instanceof GroupMessage.Heartbeat heartbeat) {
            if (!heartbeat.stream().equals(self.stream())) {
                return;
            }
            member = members.heard(heartbeat.member(), nowNs);
            if (member != null) {
                onHeartbeat(member, heartbeat, nowNs);
            }
        } else if (known && message instanceof GroupMessage.Nak nak) {
            members.heard(nak.member(), nowNs);
            IslandIn here = in;
            if (here != null && nak.epoch() == here.epoch()) {
                alarm.arm(here.onNak(nak, this::feeds, nowNs));
            }
        } else if (known && message instanceof GroupMessage.Ways ways && member != null) {
            member.ways = ways.paths();
            if (name.adopts(ways.island())) {
                speech.waysAreDue();
                node.tellPaths();
            }
        }
    }

    private boolean feeds(long sequence) {
        IslandOut here = out;
        Claims now = claims;
        return here != null && now != null && here.feeds((int) (sequence % now.subStreams()));
    }

    private void onBeacon(IslandMembers.Member member, GroupMessage.Beacon beacon, long nowNs) {
        if (member.peer.isEmpty()) {
            speech.beaconIsDue(); // somebody new should not have to wait to hear who is here
        }
        members.named(member, beacon.peer());
        member.address = beacon.address();
        inbox.plays(member, beacon.epoch(), programme.epoch());
        member.next = beacon.next();
        members.hears(member, beacon.hears(), self.instance(), nowNs);
        GroupMessage.Echo echo = beacon.echo();
        if (echo != null && echo.member() == self.instance()) {
            trips.echoed(echo, nowNs);
        }
        Claims now = claims;
        if (beacon.leaving()) {
            members.left(member.number);
            if (now != null) {
                now.left(member.number, nowNs);
            }
            inbox.among(members, programme.epoch());
        } else {
            member.outside = members.mutual(member, nowNs) ? beacon.outside() : 0;
            couldBring(member);
            if (programme.isOver()) {
                node.confirmed();
            }
        }
    }

    private void couldBring(IslandMembers.Member member) {
        Claims now = claims;
        if (now != null) {
            now.couldBring(member.number, member.outside, member.heardNs());
        }
    }

    private void onHeartbeat(IslandMembers.Member member, GroupMessage.Heartbeat beat, long nowNs) {
        members.hears(member, beat.hears(), self.instance(), nowNs);
        inbox.plays(member, beat.epoch(), programme.epoch());
        member.beatAtNs = nowNs;
        member.beat = beat;
        heardClaims(member, beat, nowNs);
    }

    /** What a member has said that it feeds, then. */
    private void heardClaims(IslandMembers.Member member, GroupMessage.Heartbeat beat, long nowNs) {
        Claims now = claims;
        IslandIn here = in;
        if (now == null || here == null || beat.epoch() != here.epoch()) {
            return;
        }
        // who hears nobody cannot know what others feed: but when this member is new, that one may simply not have
        // heard it yet
        if (!member.hearsAny() && nowNs - joinedAtNs > PATIENCE_NS) {
            member.claims = 0;
            return;
        }
        long mask = 0;
        LongPredicate lacks = sequence -> IslandMembers.lacks(beat, sequence);
        for (GroupMessage.Claim claim : beat.claims()) {
            int subStream = claim.subStream();
            if (subStream >= now.subStreams()) {
                continue;
            }
            mask |= 1L << subStream;
            if (now.claimed(member.number, subStream, claim.term(), claim.edge(), nowNs)) {
                yields(subStream);
            }
            if (now.holder(subStream) == member.number) {
                served.begins(subStream, claim.edge());
                alarm.arm(here.onClaim(claim, lacks, nowNs));
            }
        }
        member.claims = mask;
        now.claimsOnly(member.number, mask, nowNs);
        StreamClock clock = subStreams.clock();
        if (beat.streamTimeErrorUs() >= 0) {
            clock.heard(beat.streamTimeUs(), beat.streamTimeErrorUs(), beat.groupRoundTripUs() * 1000, nowNs);
        }
        if (beat.finalSequence() != Message.UNKNOWN) {
            programme.ends(beat.epoch(), beat.finalSequence());
        }
    }

    // ------------------------------------------------------------------ what is due

    /** Asks for what is lost, and sends what others have asked for. */
    private void act() {
        IslandIn here = in;
        IslandOut to = out;
        Link present = join.link();
        if (here == null || to == null || present == null || closed) {
            return;
        }
        long nowNs = self.nowNs();
        IslandIn.Work work = here.plan(node.repairs().due(), nowNs);
        if (!work.asks().pieces().isEmpty()) {
            List<GroupMessage.Piece> pieces = work.asks().pieces().stream()
                    .map(one -> new GroupMessage.Piece(one.sequence(), one.from(), one.until()))
                    .toList();
            present.send(GroupCodec.encode(new GroupMessage.Nak(self.instance(), here.epoch(), pieces)));
            naksSent++;
        }
        served.isWantedOutside(work.asks().outsideWanted());
        work.repairs().forEach(to::repair);
        pump(nowNs);
        alarm.arm(work.nextNs());
    }

    /** Sends what has come for the group. */
    void pump() {
        pump(self.nowNs());
    }

    private void pump(long nowNs) {
        IslandOut to = out;
        if (to != null
                && to.feeds() != 0
                && nowNs >= fullUntilNs
                && to.pump(!members.all().isEmpty(), gateway::begins)) {
            fullUntilNs = nowNs + FULL_NS; // nor sooner, as each who asks for what he lost would make it faster
            alarm.arm(fullUntilNs);
        }
    }

    void tick(long nowNs) {
        Link present = join.link();
        if (closed || present == null) {
            return;
        }
        if (members.tick(nowNs)) {
            inbox.among(members, programme.epoch());
        }
        begin(nowNs);
        dial(nowNs);
        IslandIn here = in;
        IslandOut to = out;
        Claims now = claims;
        StreamHub.View view = programme.view();
        if (here != null && to != null && now != null && view != null) {
            IslandGateway.Outside outside = gateway.outside(view, nowNs);
            claim(present, to, now, view, outside, nowNs);
            served.tick(now, here::came, outside.exists(), nowNs);
        }
        if (here != null) {
            alarm.arm(here.tick(nowNs));
            gone(here, nowNs);
            Description said = programme.description();
            here.group(members.count(), trips.groupNs(), said == null ? 0 : subStreams.bitsPerSecond(said));
            long next = programme.next(here.epoch());
            served.passed(next, sequence -> programme.segment(here.epoch(), sequence) != null);
        }
        if (!overTold && programme.isOver()) {
            overTold = true;
            speech.beaconIsDue(); // those who feed wait for it
        }
        speech.tick(present, to, now, leaving, nowNs);
        if (to != null) {
            gateway.tellFeeds(to);
        }
        pump(nowNs);
    }

    /** The peer has begun an epoch: what the group carries of it is taken from now on. */
    void begun() {
        if (join.link() != null && !closed) {
            begin(self.nowNs());
        }
    }

    /** Begins to take the epoch that is played here, as soon as there is one. */
    private void begin(long nowNs) {
        StreamHub.View view = programme.view();
        Description said = programme.description();
        IslandOut to = out;
        if (view == null || said == null || to == null) {
            return;
        }
        IslandIn here = in;
        if (here != null && here.epoch() == view.epoch() && claims != null) {
            return;
        }
        if (here == null || here.epoch() != view.epoch()) {
            if (here != null) {
                close(here);
            }
            here = new IslandIn(self, programme, node.taking(), subStreams, name.toString(), view, said);
            in = here;
        }
        to.begin(view.epoch(), said.subStreams(), here.carried());
        claims = new Claims(self.instance(), island.gateways(), said.subStreams(), nowNs);
        served.forget();
        inbox.among(members, view.epoch());
        for (IslandMembers.Member member : members.all()) {
            couldBring(member);
            GroupMessage.Heartbeat beat = member.beat;
            if (beat != null) {
                heardClaims(member, beat, member.beatAtNs); // who feeds already has said so
            }
        }
        overTold = false;
        speech.beaconIsDue();
    }

    private void claim(
            Link present, IslandOut to, Claims now, StreamHub.View view, IslandGateway.Outside outside, long nowNs) {
        boolean offers = !leaving && !members.isMute(PATIENCE_NS, nowNs);
        IslandGateway.Outside offered = offers ? outside : new IslandGateway.Outside(0, outside.exists());
        if (gateway.claim(now, to, in, offered, view, nowNs)) {
            subStreams.tick(nowNs);
            speech.heartbeat(present, to, now, nowNs);
            speech.waysAreDue();
        }
    }

    private void yields(int subStream) {
        if (gateway.stops(out, subStream)) {
            speech.waysAreDue();
        }
    }

    /** What no gateway holds any more will not come from the group. */
    private void gone(IslandIn here, long nowNs) {
        long oldest = members.oldestOfGateways(nowNs);
        if (oldest != Long.MAX_VALUE && oldest > programme.next(here.epoch())) {
            here.gone(oldest);
        }
    }

    // ------------------------------------------------------------------ who is dialled

    private void dial(long nowNs) {
        boolean fed = members.all().stream().anyMatch(member -> member.beat != null);
        if (!dials && (fed || nowNs - joinedAtNs >= LISTEN_NS)) {
            dials = true;
            node.dial();
        }
        if (dials && self.options().transport() != null) {
            inbox.drop(neighbours.dial(nowNs));
        }
    }

    // ------------------------------------------------------------------ what comes from where

    /** Whether a peer is in the island, and hears this member and is heard by it. */
    boolean isMember(String peer, long nowNs) {
        return members.areMutual(peer, nowNs);
    }

    /** The sub-streams that links have to bring. */
    long overLinks() {
        Claims now = claims;
        long nowNs = self.nowNs();
        if (now == null) {
            // what plays is not known yet; before that the others may have something
            return join.link() == null || nowNs - joinedAtNs > LISTEN_NS + PATIENCE_NS ? -1 : 0;
        }
        long mask = 0;
        for (int i = 0; i < now.subStreams(); i++) {
            mask |= served.isServed(now, i, nowNs) ? 0 : 1L << i;
        }
        return mask;
    }

    /**
     * Whether a way leads through the island: by its name, or by a member that has not said so because it takes that from outside itself.
     * Who is at the beginning takes it from nobody; who is at the end is the upstream.
     */
    boolean refusesWay(List<String> way) {
        return claims != null && served.refusesWay(way, name.toString(), self.nowNs());
    }

    /**
     * The way by which a sub-stream comes from the group: that of its gateway, and the island; null when the group does not bring it, or
     * its way is not known.
     */
    @Nullable
    List<String> way(int subStream) {
        Claims now = claims;
        return now == null ? null : served.way(now, subStream, name.toString());
    }

    /** Whether the sub-stream of a segment comes from the group. */
    boolean brings(long sequence) {
        Claims now = claims;
        return now != null && served.brings(now, sequence, self.nowNs());
    }

    /** Whether links may be asked for a missing segment: the group does not bring it, or has had its time to. */
    boolean mayAsk(long sequence) {
        Claims now = claims;
        return now == null || served.mayAsk(now, sequence, self.nowNs());
    }

    /** Whether somebody outside the island may be asked for a missing segment, when members do not have it or did not bring it. */
    boolean mayAskOutside(long sequence, boolean memberHasIt) {
        Claims now = claims;
        return now == null || served.mayAskOutside(now, sequence, memberHasIt, self.nowNs());
    }

    /** Whether every member that hears this one has everything. */
    boolean allConfirmed(long finalSequence) {
        return members.allHave(programme.epoch(), finalSequence, self.nowNs());
    }

    // ------------------------------------------------------------------ what it looks like

    /** What the island is called in ways. */
    String name() {
        return name.toString();
    }

    PeerSnapshot.Group snapshot() {
        IslandIn here = in;
        IslandOut to = out;
        Link present = join.link();
        IslandPast all = here == null ? past : past.and(here);
        all = to == null ? all : all.and(to);
        long nowNs = self.nowNs();
        long hears =
                members.all().stream().filter(one -> members.mutual(one, nowNs)).count();
        return new PeerSnapshot.Group(
                name.toString(),
                (int) hears + 1,
                PeerSnapshot.subStreams(to == null ? 0 : to.feeds()),
                all.received(),
                all.receivedBytes(),
                all.duplicates(),
                all.sent(),
                all.sentBytes(),
                all.noticed(),
                naksSent,
                all.asked(),
                all.repairs(),
                inbox.dropped() + (present == null ? 0 : present.droppedFrames()));
    }
}
