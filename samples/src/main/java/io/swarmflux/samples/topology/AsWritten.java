package io.swarmflux.samples.topology;

import io.swarmflux.link.LinkConditions;
import io.swarmflux.link.LoopbackGroup;
import io.swarmflux.peer.PeerOptions;
import io.swarmflux.peer.Serving;
import io.swarmflux.topology.Condition;
import io.swarmflux.topology.GroupCondition;
import io.swarmflux.topology.Topology;
import java.time.Duration;

/** What a topology file says of peers and links, as the library takes it. */
public final class AsWritten {
    private static final Duration OVERTAKEN_BY = Duration.ofMillis(10);

    private AsWritten() {}

    /**
     * How somebody serves.
     *
     * @param name of the seeder or peer
     * @param serving what the file says
     * @return options that still need a transport and addresses
     */
    public static PeerOptions options(String name, Topology.Serving serving) {
        return PeerOptions.defaults()
                .named(name)
                .waitingFor(serving.waitFor())
                .lingering(serving.linger())
                .serving(new Serving(
                        serving.uploadLimit().orElse(0),
                        serving.downstreamLimit().orElse(0),
                        serving.maxDownstreams().orElse(Serving.defaults().maxDownstreams())));
    }

    /**
     * What a group does to the frames of each member by itself.
     *
     * @param condition what the file says; what all lose is not among it
     * @param group is changed
     */
    public static void conditions(GroupCondition condition, LoopbackGroup group) {
        LoopbackGroup unused = group.loss(condition.loss()).delay(condition.delay(), condition.jitter());
    }

    /**
     * What a link does to frames.
     *
     * @param condition what the file says
     * @return the same in both directions
     */
    public static LinkConditions conditions(Condition condition) {
        return LinkConditions.perfect()
                .delay(condition.delay(), condition.jitter())
                .loss(condition.loss())
                .duplication(condition.duplicate())
                .reordering(condition.reorder(), OVERTAKEN_BY)
                .rate(condition.rate().orElse(0));
    }
}
