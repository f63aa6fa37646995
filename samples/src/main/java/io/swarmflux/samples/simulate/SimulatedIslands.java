package io.swarmflux.samples.simulate;

import io.swarmflux.link.Transport;
import io.swarmflux.peer.Island;
import io.swarmflux.segment.Segment;
import io.swarmflux.topology.Topology;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The islands of a simulated swarm: who is on which, and what is seen of each. */
final class SimulatedIslands {
    private final VirtualTime time;
    private final Map<String, Topology.Island> islandOf = new HashMap<>();
    private final Map<String, IslandMeter> meters = new LinkedHashMap<>();

    SimulatedIslands(Topology topology, long measureFromNs, VirtualTime time) {
        this.time = time;
        Map<String, Integer> subStreams = new HashMap<>();
        topology.peers().forEach(peer -> topology.streams().stream()
                .filter(stream -> stream.id().equals(peer.stream()))
                .forEach(stream -> subStreams.put(peer.name(), stream.subStreams())));
        for (Topology.Island island : topology.islands()) {
            Set<String> members = Set.copyOf(island.members());
            members.forEach(member -> islandOf.put(member, island));
            int count = Objects.requireNonNull(subStreams.get(island.members().get(0)));
            meters.put(address(island), new IslandMeter(island.name(), members, count, measureFromNs));
        }
    }

    static String address(Topology.Island island) {
        return Hosts.GROUP + island.name();
    }

    List<IslandMeter> meters() {
        return new ArrayList<>(meters.values());
    }

    /** Counts what its groups carry. */
    Transport metered(Transport network) {
        return meters.isEmpty()
                ? network
                : new GroupTap(network, (group, first, bytes) -> meter(group).carried(first, bytes, time.nowNs()));
    }

    /** What a peer is a member of; null for one that is on no island. */
    @Nullable
    Island of(String peer, Transport transport, Trace trace) {
        Topology.Island island = islandOf.get(peer);
        if (island == null) {
            return null;
        }
        trace.on(meter(address(island)));
        return Island.of(new GroupTap(transport, new Member(trace)), address(island))
                .gateways(island.gateways());
    }

    /** Notes the segments that come by a group, which no link has brought before. */
    static UnaryOperator<Segment> noting(SharedSegments segments, Trace trace, VirtualTime time) {
        return segment -> {
            trace.heard(segment.sequence(), time.nowNs());
            return segments.apply(segment);
        };
    }

    private IslandMeter meter(String group) {
        return Objects.requireNonNull(meters.get(group));
    }

    private final class Member implements GroupTap.Seen {
        private final Trace trace;

        Member(Trace trace) {
            this.trace = trace;
        }

        @Override
        public void sent(String group, ByteBuffer first, int bytes) {
            trace.sent(first.get(first.position()) & 0xff, bytes, time.nowNs());
            meter(group).sent(trace, first, time.nowNs());
        }

        @Override
        public void came(String group, ByteBuffer frame) {
            trace.hears(meter(group).sender(frame));
        }
    }
}
