package io.swarmflux.peer;

import io.swarmflux.flux.StreamHub;
import io.swarmflux.flux.Upstream;
import io.swarmflux.link.Link;
import io.swarmflux.segment.Description;
import io.swarmflux.swarm.Claims;
import io.swarmflux.swarm.GroupRoundTrip;
import io.swarmflux.swarm.NakPlan;
import io.swarmflux.swarm.StreamClock;
import io.swarmflux.wire.GroupCodec;
import io.swarmflux.wire.GroupMessage;
import io.swarmflux.wire.Message;
import io.swarmflux.wire.WireException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.util.Logger;
import reactor.util.Loggers;

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
    private static final Logger log = Loggers.getLogger(RunningPeer.class);
    private static final long HEARTBEAT_NS = Duration.ofMillis(100).toNanos();
    private static final long WAYS_NS = Duration.ofSeconds(1).toNanos();
    /** How long it listens before it dials anybody: who is there has been heard by then. */
    private static final long LISTEN_NS = Duration.ofMillis(400).toNanos();
    /** How long the group may be without a gateway for a sub-stream, or a member unheard, before links bring it. */
    private static final long PATIENCE_NS = Duration.ofSeconds(1).toNanos();

    private static final long SUSPECT_NS = Duration.ofMillis(750).toNanos();
    private static final long REJOIN_NS = Duration.ofSeconds(1).toNanos();
    private static final long RETRY_NS = Duration.ofMillis(4).toNanos();
    private static final int MAX_WAITING_MESSAGES = 4096;

    /** A member whose processor is busy answers late; that is no reason for all to wait for repairs. */
    private static final int USUAL_TRIPS = 4;

    private static final long USUAL_TRIP_NS = Duration.ofMillis(5).toNanos();
    private static final long FIRST_TRIP_NS = Duration.ofMillis(20).toNanos();
    /** After so many measurements the least of them is the network's, whatever the members were busy with. */
    private static final int SURE_TRIPS = 16;

    private static final long NEVER = Long.MIN_VALUE / 2;

    private final Node node;
    private final Self self;
    private final Island island;
    private final Programme programme;
    private final Links links;
    private final SubStreams subStreams;
    private final IslandMembers members = new IslandMembers();
    private final GroupRoundTrip roundTrip = new GroupRoundTrip();
    private final IslandNeighbours neighbours;
    private final IslandService served;
    private final AtomicInteger unhandled = new AtomicInteger();
    private final AtomicLong malformed = new AtomicLong();
    private final AtomicLong ignored = new AtomicLong();
    private final AtomicLong naksSent = new AtomicLong();

    private @Nullable Link link;
    private volatile @Nullable IslandIn in;
    private @Nullable IslandOut out;
    private @Nullable Claims claims;

    /** Members whose chunks are of what is played here, by what they have said. */
    private final Map<Long, AtomicLong> playing = new ConcurrentHashMap<>();

    private volatile long armedNs = Long.MAX_VALUE;
    private Disposable alarm = () -> {};

    /** What the island is called in paths, and since when; members that meet go on with the smaller number. */
    private long number;

    private boolean named;
    private int trips;
    private long leastTripNs = Long.MAX_VALUE / USUAL_TRIPS;
    private String name;

    private long joinedAtNs = NEVER;
    private boolean dials;
    private long heartbeatAtNs = NEVER;
    private long fedAtNs = NEVER;
    private long beaconAtNs = NEVER;
    private long waysAtNs = NEVER;
    private boolean waysDue;
    private boolean beaconDue;
    private long noticedBefore;
    private long askedBefore;
    private Past past = new Past(0, 0, 0, 0, 0, 0);
    private boolean feedsTold = true;
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
        this.neighbours = new IslandNeighbours(self, links, members);
        this.served = new IslandService(self.instance(), members);
        this.number = self.instance();
        this.name = nameOf(number);
    }

    private static String nameOf(long number) {
        return "island:" + Long.toHexString(number);
    }

    // ------------------------------------------------------------------ joining and leaving

    /** Joins the group; fails as the transport does. */
    Mono<Void> join() {
        return island.transport()
                .dial(island.group())
                .doOnNext(joined -> self.strand().execute(() -> joined(joined)))
                .then();
    }

    private void joined(Link opened) {
        if (closed) {
            opened.dispose();
            return;
        }
        link = opened;
        joinedAtNs = self.nowNs();
        out = new IslandOut(self, programme, opened, this::wasCarried);
        beaconDue = true;
        claims = null; // begins anew with the next tick
        opened.receive().subscribe(this::onFrame, failure -> lost(opened, failure), () -> lost(opened, null));
    }

    /** The group cannot be heard any more: joins it again until that succeeds. */
    private void lost(Link which, @Nullable Throwable failure) {
        self.strand().execute(() -> {
            if (link != which || closed) {
                return;
            }
            log.warn(
                    "peer {}, group {}: {}; joins it again",
                    self.name(),
                    island.group(),
                    failure == null ? "it was closed" : failure.getMessage());
            link = null;
            stopTaking();
            self.scheduler().schedule(this::rejoin, REJOIN_NS, TimeUnit.NANOSECONDS);
        });
    }

    private void rejoin() {
        join().subscribe(ignoredValue -> {}, failure -> self.strand().execute(() -> {
            if (!closed) {
                self.scheduler().schedule(this::rejoin, REJOIN_NS, TimeUnit.NANOSECONDS);
            }
        }));
    }

    private void close(IslandIn before) {
        past = past.and(before.stats());
        noticedBefore += before.nakCounts().noticed();
        askedBefore += before.nakCounts().asked();
        before.close();
    }

    /** What came and went before the present epoch, or the present way into the group. */
    private record Past(long received, long receivedBytes, long duplicates, long sent, long sentBytes, long repairs) {
        Past and(Upstream.Stats came) {
            return new Past(
                    received + came.received(),
                    receivedBytes + came.bytes(),
                    duplicates + came.duplicates(),
                    sent,
                    sentBytes,
                    repairs);
        }

        Past and(IslandOut went) {
            return new Past(
                    received,
                    receivedBytes,
                    duplicates,
                    sent + went.segments(),
                    sentBytes + went.bytes(),
                    repairs + went.repairs());
        }
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
        playing.clear();
        served.forget();
    }

    /** Says that this member goes: what it feeds is free at once. */
    void leave() {
        if (!leaving) {
            leaving = true;
            beacon(self.nowNs());
        }
    }

    Mono<Void> close() {
        leave();
        closed = true;
        alarm.dispose();
        neighbours.close();
        Link present = link;
        stopTaking();
        return present == null ? Mono.empty() : present.close();
    }

    // ------------------------------------------------------------------ the link's thread

    private void onFrame(ByteBuffer frame) {
        GroupMessage message;
        try {
            message = GroupCodec.decode(frame);
        } catch (WireException violation) {
            malformed.incrementAndGet();
            return;
        }
        if (message.member() == self.instance()) {
            return; // some transports let one hear oneself
        }
        if (message instanceof GroupMessage.Chunk chunk) {
            IslandIn here = in;
            AtomicLong heard = playing.get(chunk.member());
            if (here == null || chunk.epoch() != here.epoch() || heard == null) {
                ignored.incrementAndGet();
                return;
            }
            if (!chunk.repair()) {
                heard.lazySet(self.nowNs());
            }
            wake(here.onChunk(chunk));
            return;
        }
        if (message instanceof GroupMessage.Heartbeat beat && beat.stream().equals(self.stream())) {
            IslandIn here = in;
            if (here != null && beat.epoch() == here.epoch() && playing.size() < IslandMembers.MAX_MEMBERS) {
                // at once: its chunks follow, and must not wait for the strand
                playing.computeIfAbsent(beat.member(), m -> new AtomicLong(NEVER));
            }
        }
        if (unhandled.incrementAndGet() > MAX_WAITING_MESSAGES) {
            unhandled.decrementAndGet();
            ignored.incrementAndGet();
            return;
        }
        self.strand().execute(() -> {
            unhandled.decrementAndGet();
            if (!closed) {
                onMessage(message, self.nowNs());
            }
        });
    }

    /** There is something to plan at that time. */
    private void wake(long atNs) {
        if (atNs < armedNs) {
            self.strand().execute(() -> arm(atNs));
        }
    }

    // ------------------------------------------------------------------ what is heard, inside the strand

    private void onMessage(GroupMessage message, long nowNs) {
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
                arm(here.onNak(nak, this::feeds, nowNs));
            }
        } else if (known && message instanceof GroupMessage.Ways ways && member != null) {
            member.ways = ways.paths();
            adopt(ways.island());
        }
    }

    private boolean feeds(long sequence) {
        IslandOut here = out;
        Claims now = claims;
        return here != null && now != null && (here.feeds() & 1L << (int) (sequence % now.subStreams())) != 0;
    }

    private void onBeacon(IslandMembers.Member member, GroupMessage.Beacon beacon, long nowNs) {
        if (member.peer.isEmpty()) {
            beaconDue = true; // somebody new should not have to wait to hear who is here
        }
        members.named(member, beacon.peer());
        member.address = beacon.address();
        member.next = beacon.next();
        plays(member, beacon.epoch());
        members.hears(member, beacon.hears(), self.instance(), nowNs);
        GroupMessage.Echo echo = beacon.echo();
        if (echo != null && echo.member() == self.instance()) {
            long tripNs = nowNs - echo.stampUs() * 1000 - echo.heldUs() * 1000;
            trips++;
            leastTripNs = Math.min(leastTripNs, Math.max(0, tripNs));
            roundTrip.measured(tripNs, nowNs);
        }
        Claims now = claims;
        if (beacon.leaving()) {
            members.left(member.number);
            if (now != null) {
                now.left(member.number, nowNs);
            }
            playing();
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
        plays(member, beat.epoch());
        member.stampUs = beat.stampUs();
        member.stampAtNs = nowNs;
        member.beatAtNs = nowNs;
        member.roundTripUs = beat.groupRoundTripUs();
        member.oldest = beat.oldest();
        member.beat = beat;
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
        LongPredicate lacks = sequence -> {
            for (Message.Range hole : beat.holes()) {
                if (sequence >= hole.from() && sequence < hole.until()) {
                    return true;
                }
            }
            return sequence < beat.oldest();
        };
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
                arm(here.onClaim(claim, lacks, nowNs));
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

    private void plays(IslandMembers.Member member, long epoch) {
        if (member.epoch != epoch || !member.playing) {
            member.epoch = epoch;
            member.playing = true;
            if (epoch >= 0 && epoch == programme.epoch()) {
                // not all anew: a thousand come at once
                member.chunkAtNs = playing.computeIfAbsent(member.number, m -> member.chunkAtNs);
            } else {
                playing.remove(member.number);
            }
        }
    }

    private void playing() {
        long epoch = programme.epoch();
        Set<Long> now = new HashSet<>();
        for (IslandMembers.Member member : members.all()) {
            if (member.playing && member.epoch == epoch && epoch >= 0) {
                now.add(member.number);
                member.chunkAtNs = playing.computeIfAbsent(member.number, m -> member.chunkAtNs);
            }
        }
        playing.keySet().retainAll(now);
    }

    /** Members that meet call their island by the smaller of two numbers; who is new takes the one that it hears. */
    private void adopt(long other) {
        boolean takes = !named || Long.compareUnsigned(other, number) < 0;
        named = true;
        if (takes && other != number) {
            number = other;
            name = nameOf(other);
            waysDue = true;
            node.tellPaths();
        }
    }

    // ------------------------------------------------------------------ what is due

    private void arm(long atNs) {
        if (atNs >= armedNs || closed) {
            return;
        }
        armedNs = atNs;
        alarm.dispose();
        long delayNs = Math.max(0, atNs - self.nowNs());
        alarm = self.scheduler().schedule(() -> self.strand().execute(this::act), delayNs, TimeUnit.NANOSECONDS);
    }

    /** Asks for what is lost, and sends what others have asked for. */
    private void act() {
        armedNs = Long.MAX_VALUE;
        IslandIn here = in;
        IslandOut to = out;
        Link present = link;
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
            naksSent.incrementAndGet();
        }
        served.isWantedOutside(work.asks().outsideWanted());
        work.repairs().forEach(to::repair);
        pump(nowNs);
        arm(work.nextNs());
    }

    /** Sends what has come for the group. */
    void pump() {
        pump(self.nowNs());
    }

    private void pump(long nowNs) {
        IslandOut to = out;
        if (to != null && to.feeds() != 0 && to.pump(!members.all().isEmpty())) {
            arm(nowNs + RETRY_NS);
        }
    }

    void tick(long nowNs) {
        Link present = link;
        if (closed || present == null) {
            return;
        }
        if (members.tick(nowNs)) {
            playing();
        }
        begin(nowNs);
        dial(nowNs);
        claim(nowNs);
        IslandIn here = in;
        if (here != null) {
            here.tick();
            gone(here, nowNs);
            Description said = programme.description();
            here.group(members.count(), groupRoundTripNs(), said == null ? 0 : subStreams.bitsPerSecond(said));
            long next = programme.next(here.epoch());
            served.passed(next, sequence -> programme.segment(here.epoch(), sequence) != null);
        }
        if (claims != null && here != null) {
            served.tick(claims, here::came, exists(nowNs), nowNs);
        }
        if (out != null && out.feeds() != 0) {
            fedAtNs = nowNs;
        }
        // a while longer than it feeds, so that everybody hears that it does not any more
        if (nowNs - fedAtNs < PATIENCE_NS && nowNs - heartbeatAtNs >= HEARTBEAT_NS) {
            heartbeat(nowNs);
        }
        if (!overTold && programme.isOver()) {
            overTold = true;
            beaconDue = true; // those who feed wait for it
        }
        if (nowNs - beaconAtNs >= (beaconDue ? members.answerNs() : members.beaconNs())) {
            beacon(nowNs);
        }
        if (out != null && out.feeds() != 0 && (waysDue || nowNs - waysAtNs >= WAYS_NS)) {
            ways(nowNs);
        }
        tellFeeds();
        pump(nowNs);
    }

    private void tellFeeds() {
        IslandOut to = out;
        if (!feedsTold && to != null) {
            feedsTold = true;
            List<Integer> feeds = PeerSnapshot.subStreams(to.feeds());
            self.tell(() -> new PeerEvent.Gateway(name, feeds));
        }
    }

    /** The peer has begun an epoch: what the group carries of it is taken from now on. */
    void begun() {
        if (link != null && !closed) {
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
        IslandIn before = in;
        if (before != null && before.epoch() == view.epoch() && claims != null) {
            return;
        }
        if (before == null || before.epoch() != view.epoch()) {
            if (before != null) {
                close(before);
            }
            in = new IslandIn(self, programme, node.taking(), subStreams, name, view, said.subStreams());
        }
        to.begin(view.epoch(), said.subStreams());
        claims = new Claims(self.instance(), island.gateways(), said.subStreams(), nowNs);
        for (IslandMembers.Member member : members.all()) {
            couldBring(member);
            GroupMessage.Heartbeat beat = member.beat;
            if (beat != null) {
                onHeartbeat(member, beat, member.heardNs()); // who feeds already has said so
            }
        }
        overTold = false;
        served.forget();
        beaconDue = true;
        playing();
    }

    private void claim(long nowNs) {
        Claims now = claims;
        IslandOut to = out;
        StreamHub.View view = programme.view();
        if (now == null || to == null || view == null) {
            return;
        }
        long outside = node.seeds() ? -1 : 0;
        for (UpstreamSide side : links.activeUpstreams()) {
            if (isMember(side.name(), nowNs)) {
                continue;
            }
            if (side.silentNs(nowNs) < SUSPECT_NS) {
                outside |= side.paths().eligible(subStreams.share(side.name()));
            }
        }
        outside &= -1L >>> (64 - now.subStreams());
        now.outside(leaving || isMute(nowNs) ? 0 : outside);
        now.exists(exists(nowNs));
        IslandIn here = in;
        for (int i = 0; i < now.subStreams(); i++) {
            if ((to.feeds() & 1L << i) != 0) {
                now.sent(i, to.edge(i));
            } else if (here != null) {
                now.sent(i, here.came(i));
            }
        }
        for (IslandMembers.Member member : members.all()) {
            now.feeds(member.number, Math.max(member.beatAtNs, member.chunkAtNs.get()));
        }
        List<Claims.Change> changes = now.plan(nowNs);
        for (Claims.Change change : changes) {
            if (change.step() == Claims.Step.CLAIMED) {
                to.feed(
                        change.subStream(),
                        firstMissing(view, change.subStream(), now.subStreams()),
                        !members.all().isEmpty());
                feedsTold = false;
            } else {
                yields(change.subStream());
            }
        }
        if (!changes.isEmpty()) {
            subStreams.tick(nowNs);
            heartbeat(nowNs);
            waysDue = true;
        }
    }

    /** One past the newest sequence that is here, or that an upstream outside has announced. */
    private long exists(long nowNs) {
        StreamHub.View view = programme.view();
        if (view == null) {
            return 0;
        }
        long exists = view.edge();
        for (UpstreamSide side : links.activeUpstreams()) {
            if (!isMember(side.name(), nowNs)) {
                exists = Math.max(
                        exists,
                        Math.min(
                                side.edge(),
                                view.next() + self.options().window().segments()));
            }
        }
        return exists;
    }

    private void yields(int subStream) {
        IslandOut to = out;
        if (to != null && (to.feeds() & 1L << subStream) != 0) {
            to.stop(subStream);
            feedsTold = false;
            waysDue = true;
        }
    }

    private long firstMissing(StreamHub.View view, int subStream, int count) {
        long first = view.next() + Math.floorMod(subStream - view.next(), (long) count);
        while (first < view.edge() && programme.segment(view.epoch(), first) != null) {
            first += count;
        }
        return first;
    }

    /** What no gateway holds any more will not come from the group. */
    private void gone(IslandIn here, long nowNs) {
        long oldest = Long.MAX_VALUE;
        for (IslandMembers.Member member : members.all()) {
            if (member.claims != 0 && members.mutual(member, nowNs)) {
                oldest = Math.min(oldest, member.oldest);
            }
        }
        if (oldest != Long.MAX_VALUE && oldest > programme.next(here.epoch())) {
            here.gone(oldest);
        }
    }

    /** Whether others are heard, for a while now, and none of them hears this member. */
    private boolean isMute(long nowNs) {
        boolean longKnown = false;
        for (IslandMembers.Member member : members.all()) {
            if (members.mutual(member, nowNs)) {
                return false;
            }
            longKnown |= nowNs - member.firstHeardNs > PATIENCE_NS;
        }
        return longKnown;
    }

    /** The greatest round trip, as far as it is one of the network's. */
    private long ownRoundTripNs() {
        long mostNs = trips < SURE_TRIPS ? FIRST_TRIP_NS : Math.max(USUAL_TRIP_NS, USUAL_TRIPS * leastTripNs);
        return Math.min(roundTrip.roundTripNs(), mostNs);
    }

    private long groupRoundTripNs() {
        long longestUs = ownRoundTripNs() / 1000;
        boolean told = false;
        for (IslandMembers.Member member : members.all()) {
            if (member.claims != 0 && member.roundTripUs > 0) {
                longestUs = told ? Math.max(longestUs, member.roundTripUs) : member.roundTripUs;
                told = true;
            }
        }
        return Math.max(GroupRoundTrip.LEAST_NS, Math.min(GroupRoundTrip.MOST_NS, longestUs * 1000));
    }

    // ------------------------------------------------------------------ who is dialled

    private void dial(long nowNs) {
        boolean fed = members.all().stream().anyMatch(member -> member.beat != null);
        if (!dials && (fed || nowNs - joinedAtNs >= LISTEN_NS)) {
            dials = true;
            node.dial();
        }
        if (dials && self.options().transport() != null) {
            ignored.addAndGet(neighbours.dial(nowNs));
        }
    }

    // ------------------------------------------------------------------ what comes from where

    /** Whether a peer is in the island, and hears this member and is heard by it. */
    boolean isMember(String peer, long nowNs) {
        IslandMembers.Member member = members.named(peer);
        return member != null && members.mutual(member, nowNs);
    }

    /** The sub-streams that links have to bring. */
    long overLinks() {
        Claims now = claims;
        long nowNs = self.nowNs();
        if (now == null) {
            // what plays is not known yet; before that the others may have something
            return link == null || nowNs - joinedAtNs > LISTEN_NS + PATIENCE_NS ? -1 : 0;
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
        long nowNs = self.nowNs();
        if (claims == null || !members.anyMutual(nowNs)) {
            return false;
        }
        for (int i = 1; i < way.size() - 1; i++) {
            if (isMember(way.get(i), nowNs)) {
                return true;
            }
        }
        return way.contains(name);
    }

    /**
     * The way by which a sub-stream comes from the group: that of its gateway, and the island; null when the group does not bring it, or
     * its way is not known.
     */
    @Nullable
    List<String> way(int subStream) {
        Claims now = claims;
        long holder = now == null || subStream >= now.subStreams() ? Claims.NOBODY : now.holder(subStream);
        IslandMembers.Member member = holder == Claims.NOBODY ? null : members.of(holder);
        if (member == null || holder == self.instance()) {
            return null;
        }
        for (Message.Path path : member.ways) {
            if ((path.subStreams() & 1L << subStream) != 0) {
                List<String> way = new ArrayList<>(path.peers());
                way.add(name);
                return way;
            }
        }
        return null;
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

    private boolean wasCarried(long sequence) {
        IslandIn here = in;
        return here != null && here.wasCarried(sequence);
    }

    /** Whether every member that hears this one has everything. */
    boolean allConfirmed(long finalSequence) {
        long nowNs = self.nowNs();
        for (IslandMembers.Member member : members.all()) {
            if (members.mutual(member, nowNs) && member.epoch == programme.epoch() && member.next <= finalSequence) {
                return false;
            }
        }
        return true;
    }

    // ------------------------------------------------------------------ what is said

    private void beacon(long nowNs) {
        Link present = link;
        if (present == null) {
            return;
        }
        beaconDue = false;
        // a little earlier or later each time, so that beacons do not meet
        beaconAtNs = nowNs - (long) (self.random().nextDouble() * members.beaconNs() / 4);
        Message.Hello hello = links.hello();
        Claims now = claims;
        present.send(GroupCodec.encode(new GroupMessage.Beacon(
                self.instance(),
                self.name(),
                hello.advertised(),
                self.stream(),
                programme.epoch(),
                Math.max(0, programme.next(programme.epoch())),
                now == null ? 0 : now.offers(nowNs),
                leaving,
                members.hearsForBeacon(nowNs),
                echo(nowNs))));
    }

    private GroupMessage.@Nullable Echo echo(long nowNs) {
        IslandMembers.Member newest = null;
        for (IslandMembers.Member member : members.all()) {
            if (member.stampAtNs >= 0 && (newest == null || member.stampAtNs > newest.stampAtNs)) {
                newest = member;
            }
        }
        return newest == null
                ? null
                : new GroupMessage.Echo(newest.number, newest.stampUs, (nowNs - newest.stampAtNs) / 1000);
    }

    private void heartbeat(long nowNs) {
        Link present = link;
        IslandOut to = out;
        Claims now = claims;
        StreamHub.View view = programme.view();
        if (present == null || to == null || now == null || view == null) {
            return;
        }
        heartbeatAtNs = nowNs;
        List<GroupMessage.Claim> claimed = new ArrayList<>();
        for (int i = 0; i < now.subStreams(); i++) {
            if ((to.feeds() & 1L << i) != 0) {
                claimed.add(new GroupMessage.Claim(i, now.term(i), to.edge(i)));
            }
        }
        StreamClock clock = subStreams.clock();
        boolean known = clock.known();
        long oldest = view.oldest();
        present.send(GroupCodec.encode(new GroupMessage.Heartbeat(
                self.instance(),
                self.stream(),
                view.epoch(),
                claimed,
                oldest,
                Math.max(oldest, view.edge()),
                to.holes(oldest),
                view.finalSequence(),
                nowNs / 1000,
                ownRoundTripNs() / 1000,
                members.count(),
                known ? clock.timeUs(nowNs) : 0,
                known ? clock.errorUs(nowNs) : Message.UNKNOWN,
                members.hearsForHeartbeat(nowNs))));
    }

    private void ways(long nowNs) {
        Link present = link;
        IslandOut to = out;
        if (present == null || to == null) {
            return;
        }
        waysDue = false;
        waysAtNs = nowNs;
        named = true;
        List<Message.Path> paths = new ArrayList<>();
        for (Message.Path path : subStreams.paths(false)) {
            if (path != null && (path.subStreams() & to.feeds()) != 0) {
                paths.add(path);
            }
        }
        present.send(GroupCodec.encode(new GroupMessage.Ways(self.instance(), programme.epoch(), number, paths)));
    }

    // ------------------------------------------------------------------ what it looks like

    PeerSnapshot.Group snapshot() {
        IslandIn here = in;
        IslandOut to = out;
        Past all = here == null ? past : past.and(here.stats());
        all = to == null ? all : all.and(to);
        long nowNs = self.nowNs();
        long hears =
                members.all().stream().filter(one -> members.mutual(one, nowNs)).count();
        NakPlan.Counts losses = here == null ? new NakPlan.Counts(0, 0, 0, 0, 0) : here.nakCounts();
        return new PeerSnapshot.Group(
                name,
                (int) hears + 1,
                PeerSnapshot.subStreams(to == null ? 0 : to.feeds()),
                all.received(),
                all.receivedBytes(),
                all.duplicates(),
                all.sent(),
                all.sentBytes(),
                noticedBefore + losses.noticed(),
                naksSent.get(),
                askedBefore + losses.asked(),
                all.repairs(),
                malformed.get() + ignored.get());
    }
}
