package io.swarmflux.peer;

import io.swarmflux.swarm.GroupRoundTrip;
import io.swarmflux.wire.GroupMessage;
import java.time.Duration;

/** How long it takes to hear an answer in the group. Inside the strand. */
final class IslandTrips {
    /** A member whose processor is busy answers late; that is no reason for all to wait for repairs. */
    private static final int USUAL_TRIPS = 4;

    private static final long FIRST_TRIP_NS = Duration.ofMillis(20).toNanos();
    /** After so many measurements the least of them is the network's, whatever the members were busy with. */
    private static final int SURE_TRIPS = 16;

    private final IslandMembers members;
    private final GroupRoundTrip roundTrip = new GroupRoundTrip();
    private int trips;
    private long leastNs = Long.MAX_VALUE / USUAL_TRIPS;

    IslandTrips(IslandMembers members) {
        this.members = members;
    }

    /** What this member has said came back. */
    void echoed(GroupMessage.Echo echo, long nowNs) {
        long tripNs = nowNs - echo.stampUs() * 1000 - echo.heldUs() * 1000;
        trips++;
        leastNs = Math.min(leastNs, Math.max(0, tripNs));
        roundTrip.measured(tripNs, nowNs);
    }

    /** The greatest round trip, as far as it is one of the network's. */
    long ownNs() {
        long mostNs = trips < SURE_TRIPS ? FIRST_TRIP_NS : USUAL_TRIPS * leastNs;
        return Math.min(roundTrip.roundTripNs(), mostNs);
    }

    /** What all go by: the greatest that gateways tell, or this member's own while none does. */
    long groupNs() {
        long longestUs = ownNs() / 1000;
        boolean told = false;
        for (IslandMembers.Member member : members.all()) {
            GroupMessage.Heartbeat beat = member.beat;
            if (member.claims != 0 && beat != null && beat.groupRoundTripUs() > 0) {
                longestUs = told ? Math.max(longestUs, beat.groupRoundTripUs()) : beat.groupRoundTripUs();
                told = true;
            }
        }
        return Math.max(GroupRoundTrip.LEAST_NS, Math.min(GroupRoundTrip.MOST_NS, longestUs * 1000));
    }
}
