package io.swarmflux.samples.topology;

import io.swarmflux.link.ImpairedTransport;
import io.swarmflux.link.LinkConditions;
import io.swarmflux.link.LoopbackTransport;
import io.swarmflux.link.Transport;
import io.swarmflux.peer.Island;
import io.swarmflux.topology.MulticastGroup;
import io.swarmflux.topology.Topology;
import io.swarmflux.transport.multicast.MulticastTransport;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;

/**
 * What the members of a topology's islands join: the multicast group that the file names, on the interface that it names or else
 * on the loopback interface, since all of them are on this machine; and where the file gives conditions, a group inside the process.
 */
final class Groups {
    private static final String INSIDE = "group:";
    private static final String LOOPBACK = "lo";

    private final Map<String, Island> islands = new HashMap<>();

    private Groups() {}

    /**
     * Prepares the groups of all islands; nothing is joined yet.
     *
     * @throws IllegalArgumentException when a secret cannot be read; the message names it
     */
    static Groups of(Topology topology, long seed) {
        Groups groups = new Groups();
        LoopbackTransport network = LoopbackTransport.create();
        long next = seed;
        for (Topology.Island island : topology.islands()) {
            for (String member : island.members()) {
                Island joined = island.inside()
                        ? Island.of(inside(network.named(member), island, next++), INSIDE + island.name())
                        : Island.of(multicast(island.secretFile()), address(island));
                groups.islands.put(member, joined.gateways(island.gateways()));
            }
        }
        return groups;
    }

    /** What a peer joins; null for one that is on no island. */
    @Nullable
    Island of(String peer) {
        return islands.get(peer);
    }

    private static Transport inside(LoopbackTransport network, Topology.Island island, long seed) {
        AsWritten.conditions(island.condition(), network.group(INSIDE + island.name()));
        if (island.condition().commonLoss() == 0) {
            return network;
        }
        ImpairedTransport sender = ImpairedTransport.of(network, Schedulers.parallel(), seed);
        sender.conditions(LinkConditions.perfect().loss(island.condition().commonLoss()));
        return sender;
    }

    private static Transport multicast(Optional<String> secretFile) {
        MulticastTransport transport = MulticastTransport.create();
        return secretFile.map(file -> transport.secret(Path.of(file))).orElse(transport);
    }

    private static String address(Topology.Island island) {
        MulticastGroup group = island.group().orElseThrow();
        return group.networkInterface().isPresent()
                ? group.toString()
                : new MulticastGroup(group.group(), group.port(), Optional.of(LOOPBACK)).toString();
    }
}
