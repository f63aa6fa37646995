package io.swarmflux.peer;

import io.swarmflux.flux.StreamHub;
import io.swarmflux.link.Link;
import io.swarmflux.swarm.Claims;
import io.swarmflux.swarm.StreamClock;
import io.swarmflux.wire.GroupCodec;
import io.swarmflux.wire.GroupMessage;
import io.swarmflux.wire.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a member says to its group: in beacons, that it is there and what it could bring; in heartbeats, what it feeds; and by which ways
 * that comes. Inside the strand.
 */
final class IslandSpeech {
    private static final long HEARTBEAT_NS = Duration.ofMillis(100).toNanos();
    private static final long WAYS_NS = Duration.ofSeconds(1).toNanos();
    /** How much longer than it feeds it says what it feeds, so that everybody hears that it does not any more. */
    private static final long AFTER_NS = Duration.ofSeconds(1).toNanos();

    private static final long NEVER = Long.MIN_VALUE / 2;

    private final Self self;
    private final Programme programme;
    private final Links links;
    private final SubStreams subStreams;
    private final IslandMembers members;
    private final IslandTrips trips;
    private final IslandName name;

    private long heartbeatAtNs = NEVER;
    private long fedAtNs = NEVER;
    private long beaconAtNs = NEVER;
    private long waysAtNs = NEVER;
    private boolean waysDue;
    private final boolean seeds;
    private boolean beaconDue;

    IslandSpeech(Node node, IslandMembers members, IslandTrips trips, IslandName name) {
        this.self = node.self();
        this.seeds = node.seeds();
        this.programme = node.programme();
        this.links = node.links();
        this.subStreams = node.subStreams();
        this.members = members;
        this.trips = trips;
        this.name = name;
    }

    /** There is something new about this member. */
    void beaconIsDue() {
        beaconDue = true;
    }

    /** What it feeds comes by other ways. */
    void waysAreDue() {
        waysDue = true;
    }

    /** Says what it is time to say. */
    void tick(Link to, @Nullable IslandOut out, @Nullable Claims claims, boolean leaving, long nowNs) {
        boolean feeds = out != null && out.feeds() != 0;
        if (feeds) {
            fedAtNs = nowNs;
        }
        if (nowNs - fedAtNs < AFTER_NS && nowNs - heartbeatAtNs >= HEARTBEAT_NS) {
            heartbeat(to, out, claims, nowNs);
        }
        if (nowNs - beaconAtNs >= (beaconDue ? members.answerNs() : members.beaconNs())) {
            beacon(to, claims, leaving, nowNs);
        }
        if (out != null && feeds && (waysDue || nowNs - waysAtNs >= WAYS_NS)) {
            ways(to, out, nowNs);
        }
    }

    void beacon(Link to, @Nullable Claims claims, boolean leaving, long nowNs) {
        beaconDue = false;
        // a little earlier or later each time, so that beacons do not meet
        beaconAtNs = nowNs - (long) (self.random().nextDouble() * members.beaconNs() / 4);
        Message.Hello hello = links.hello();
        to.send(GroupCodec.encode(new GroupMessage.Beacon(
                self.instance(),
                self.name(),
                hello.advertised(),
                self.stream(),
                programme.epoch(),
                Math.max(0, programme.next(programme.epoch())),
                claims == null ? (seeds ? -1 : 0) : claims.offers(nowNs),
                leaving,
                members.hearsForBeacon(nowNs),
                echo(nowNs))));
    }

    private GroupMessage.@Nullable Echo echo(long nowNs) {
        GroupMessage.Heartbeat newest = null;
        long atNs = NEVER;
        for (IslandMembers.Member member : members.all()) {
            if (member.beat != null && (newest == null || member.beatAtNs > atNs)) {
                newest = member.beat;
                atNs = member.beatAtNs;
            }
        }
        return newest == null ? null : new GroupMessage.Echo(newest.member(), newest.stampUs(), (nowNs - atNs) / 1000);
    }

    void heartbeat(Link to, @Nullable IslandOut out, @Nullable Claims claims, long nowNs) {
        StreamHub.View view = programme.view();
        if (out == null || claims == null || view == null) {
            return;
        }
        heartbeatAtNs = nowNs;
        List<GroupMessage.Claim> claimed = new ArrayList<>();
        for (int i = 0; i < claims.subStreams(); i++) {
            if (out.feeds(i)) {
                claimed.add(new GroupMessage.Claim(i, claims.term(i), out.edge(i)));
            }
        }
        StreamClock clock = subStreams.clock();
        boolean known = clock.known();
        long oldest = view.oldest();
        to.send(GroupCodec.encode(new GroupMessage.Heartbeat(
                self.instance(),
                self.stream(),
                view.epoch(),
                claimed,
                oldest,
                Math.max(oldest, view.edge()),
                out.holes(oldest),
                view.finalSequence(),
                nowNs / 1000,
                trips.ownNs() / 1000,
                members.count(),
                known ? clock.timeUs(nowNs) : 0,
                known ? clock.errorUs(nowNs) : Message.UNKNOWN,
                members.hearsForHeartbeat(nowNs))));
    }

    private void ways(Link to, IslandOut out, long nowNs) {
        waysDue = false;
        waysAtNs = nowNs;
        name.told();
        List<Message.Path> paths = new ArrayList<>();
        for (Message.Path path : subStreams.paths(false)) {
            if (path != null && (path.subStreams() & out.feeds()) != 0) {
                paths.add(path);
            }
        }
        to.send(GroupCodec.encode(new GroupMessage.Ways(self.instance(), programme.epoch(), name.number(), paths)));
    }
}
