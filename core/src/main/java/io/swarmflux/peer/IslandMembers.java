package io.swarmflux.peer;

import io.swarmflux.wire.GroupMessage;
import io.swarmflux.wire.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Who is in the island, as far as this member has heard. Who hears whom is settled for each pair: with somebody who does not hear this
 * member it has nothing in common but the address. Inside the strand.
 */
final class IslandMembers {
    static final int MAX_MEMBERS = 4096;
    private static final long LEAST_PRESENT_NS = Duration.ofMillis(1500).toNanos();
    private static final long LEAST_BEACON_NS = Duration.ofMillis(250).toNanos();
    private static final long MOST_BEACON_NS = Duration.ofSeconds(3).toNanos();

    /** So that beacons of a large group are no more than 200 a second, as long as everybody is to be heard every three seconds. */
    private static final long BEACON_NS_EACH = Duration.ofMillis(5).toNanos();

    /** How many a beacon names besides gateways: all in a small group, and in a large one few, or the names would be most of it. */
    private static final int HEARD_IN_BEACON = 8;

    /** How many a heartbeat names at least; in a large group more, so that its gateways name everybody in less than two seconds. */
    private static final int HEARD_IN_HEARTBEAT = 16;

    private static final long LONGEST_HEARTBEAT_NS = Duration.ofMillis(150).toNanos();

    private final Map<Long, Member> members = new LinkedHashMap<>();
    private final Map<String, Member> byPeer = new HashMap<>();
    private int turn;

    /** One of the others. */
    static final class Member {
        final long number;
        final long firstHeardNs;
        String peer = "";
        String address = "";
        long epoch = -1;
        long next;
        long outside;
        boolean playing;
        /** What it feeds, as it said last. */
        long claims;

        /** What it said of that last; null before it has. */
        GroupMessage.@Nullable Heartbeat beat;

        List<Message.Path> ways = List.of();
        private long heardNs;
        private long hearsMeNs = Long.MIN_VALUE / 2;
        private boolean hearsAny;

        /** When it last said what it claims. */
        long beatAtNs = Long.MIN_VALUE / 2;

        /** When a chunk came from it, written on the link's thread. */
        AtomicLong chunkAtNs = new AtomicLong(Long.MIN_VALUE / 2);

        Member(long number, long nowNs) {
            this.number = number;
            this.firstHeardNs = nowNs;
        }

        /** Whether it hears anybody at all. */
        boolean hearsAny() {
            return hearsAny;
        }

        long heardNs() {
            return Math.max(heardNs, chunkAtNs.get());
        }
    }

    /** A frame of a member came. Null when there are too many. */
    @Nullable
    Member heard(long number, long nowNs) {
        Member member = members.get(number);
        if (member == null) {
            if (members.size() >= MAX_MEMBERS) {
                return null;
            }
            member = new Member(number, nowNs);
            members.put(number, member);
        }
        member.heardNs = nowNs;
        return member;
    }

    /** A member says whom it hears. */
    void hears(Member member, List<Long> hears, long me, long nowNs) {
        member.hearsAny = !hears.isEmpty();
        if (hears.contains(me)) {
            member.hearsMeNs = nowNs;
        }
    }

    /** A member says what its peer is called. */
    void named(Member member, String peer) {
        byPeer.remove(member.peer, member);
        member.peer = peer;
        byPeer.put(peer, member);
    }

    void left(long number) {
        Member member = members.remove(number);
        if (member != null) {
            byPeer.remove(member.peer, member);
        }
    }

    @Nullable
    Member of(long number) {
        return members.get(number);
    }

    /** A member by the name of its peer; null when there is none. */
    @Nullable
    Member named(String peer) {
        return byPeer.get(peer);
    }

    Collection<Member> all() {
        return members.values();
    }

    /** Forgets who was not heard for long; answers whether there was anybody. */
    boolean tick(long nowNs) {
        int before = members.size();
        long presentNs = presentNs(); // of all who were there
        for (Iterator<Member> each = members.values().iterator(); each.hasNext(); ) {
            Member member = each.next();
            if (nowNs - member.heardNs() > presentNs) {
                each.remove();
                byPeer.remove(member.peer, member);
            }
        }
        return members.size() < before;
    }

    /** Whether this member and that one hear each other. */
    boolean mutual(Member member, long nowNs) {
        // a long list of whom one hears is told in turns
        long toldNs = member.claims != 0
                ? LEAST_PRESENT_NS + members.size() / heartbeatNames() * LONGEST_HEARTBEAT_NS * 2
                : presentNs() + members.size() / HEARD_IN_BEACON * beaconNs() * 2;
        return nowNs - member.heardNs() <= presentNs() && nowNs - member.hearsMeNs <= toldNs;
    }

    /** Whether a peer is in the island, and hears this member and is heard by it. */
    boolean areMutual(String peer, long nowNs) {
        Member member = byPeer.get(peer);
        return member != null && mutual(member, nowNs);
    }

    boolean anyMutual(long nowNs) {
        for (Member member : members.values()) {
            if (mutual(member, nowNs)) {
                return true;
            }
        }
        return false;
    }

    /** Whether others are heard, for that long now, and none of them hears this member. */
    boolean isMute(long patienceNs, long nowNs) {
        boolean longKnown = false;
        for (Member member : members.values()) {
            if (mutual(member, nowNs)) {
                return false;
            }
            longKnown |= nowNs - member.firstHeardNs > patienceNs;
        }
        return longKnown;
    }

    /** The oldest sequence that a gateway holds; {@link Long#MAX_VALUE} when there is none. */
    long oldestOfGateways(long nowNs) {
        long oldest = Long.MAX_VALUE;
        for (Member member : members.values()) {
            GroupMessage.Heartbeat beat = member.beat;
            if (member.claims != 0 && beat != null && mutual(member, nowNs)) {
                oldest = Math.min(oldest, beat.oldest());
            }
        }
        return oldest;
    }

    /** Whether a gateway says that it does not have a sequence itself. */
    static boolean lacks(GroupMessage.Heartbeat beat, long sequence) {
        for (Message.Range hole : beat.holes()) {
            if (sequence >= hole.from() && sequence < hole.until()) {
                return true;
            }
        }
        return sequence < beat.oldest();
    }

    /** Whether every member that hears this one, and plays the same, has everything. */
    boolean allHave(long epoch, long finalSequence, long nowNs) {
        for (Member member : members.values()) {
            if (mutual(member, nowNs) && member.epoch == epoch && member.next <= finalSequence) {
                return false;
            }
        }
        return true;
    }

    /** How often beacons are sent. */
    long beaconNs() {
        return Math.max(LEAST_BEACON_NS, Math.min(MOST_BEACON_NS, members.size() * BEACON_NS_EACH));
    }

    /** How soon after a beacon the next may follow because there is something new: in a crowd that comes at once, no sooner. */
    long answerNs() {
        return Math.min(MOST_BEACON_NS, members.size() * BEACON_NS_EACH);
    }

    private long presentNs() {
        return Math.max(LEAST_PRESENT_NS, 4 * beaconNs());
    }

    /** Whom to name in a beacon: gateways, and a few others in turns. */
    List<Long> hearsForBeacon(long nowNs) {
        return hears(HEARD_IN_BEACON, nowNs);
    }

    /** Whom to name in a heartbeat: the other gateways, and more of the others in turns. */
    List<Long> hearsForHeartbeat(long nowNs) {
        return hears(heartbeatNames(), nowNs);
    }

    private int heartbeatNames() {
        return Math.max(HEARD_IN_HEARTBEAT, Math.min(GroupMessage.MAX_HEARD, members.size() / 8));
    }

    private List<Long> hears(int most, long nowNs) {
        List<Long> named = new ArrayList<>();
        List<Member> others = new ArrayList<>();
        for (Member member : members.values()) {
            if (nowNs - member.heardNs() > presentNs()) {
                continue;
            }
            if (member.claims != 0 && named.size() < GroupMessage.MAX_HEARD / 2) {
                named.add(member.number);
            } else {
                others.add(member);
            }
        }
        int room = Math.min(Math.min(most, GroupMessage.MAX_HEARD - named.size()), others.size());
        for (int i = 0; i < room; i++) {
            named.add(others.get((turn + i) % others.size()).number);
        }
        turn = others.isEmpty() ? 0 : (turn + room) % others.size();
        return named;
    }

    /** This member and all others. */
    int count() {
        return 1 + members.size();
    }
}
