package io.swarmflux.peer;

import io.swarmflux.wire.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The few members that this one keeps a link to, found by what they say to the group. Such a link brings announcements, what is older than
 * this member's joining, and everything where multicast does not work. Inside the strand.
 */
final class IslandNeighbours {
    private static final int MOST = 2;
    private static final long USELESS_NS = Duration.ofSeconds(5).toNanos();

    private final Self self;
    private final Links links;
    private final IslandMembers members;
    private final List<Dialer> dialled = new ArrayList<>();

    IslandNeighbours(Self self, Links links, IslandMembers members) {
        this.self = self;
        this.links = links;
        this.members = members;
    }

    /** Lets go of who did not serve, and dials one more when there are too few; how many addresses made no sense. */
    int dial(long nowNs) {
        dialled.removeIf(one -> !one.serves() && nowNs - one.servedAtNs(nowNs) > USELESS_NS && stopped(one));
        if (dialled.size() >= MOST) {
            return 0;
        }
        List<IslandMembers.Member> others = new ArrayList<>();
        for (IslandMembers.Member member : members.all()) {
            if (!member.address.isEmpty()
                    && (member.epoch >= 0 || member.outside != 0) // a seeder that waits has no epoch yet
                    && links.with(member.peer, null) == null
                    && links.given()
                            .noneMatch(one -> one.isUnderWay() && one.address().equals(member.address))
                    && dialled.stream().noneMatch(one -> one.address().equals(member.address))) {
                others.add(member);
            }
        }
        if (others.isEmpty()) {
            return 0;
        }
        IslandMembers.Member one = others.get(self.random().nextInt(others.size()));
        try {
            Dialer dialer = new Dialer(self, links, links.redirects(), one.address, 1);
            dialled.add(dialer);
            dialer.dial();
            return 0;
        } catch (IllegalArgumentException noAddress) {
            return 1; // not in the transport's form
        }
    }

    private static boolean stopped(Dialer one) {
        Conversation left = one.stop();
        if (left != null && left.isOpen() && left.downstream() == null) {
            left.goodbye(Message.GoodbyeReason.LEAVING, 0);
        }
        return true;
    }

    void close() {
        dialled.forEach(Dialer::stop);
    }
}
