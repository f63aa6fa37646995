package io.swarmflux.samples.simulate;

import io.swarmflux.link.AccessLink;
import io.swarmflux.link.ImpairedTransport;
import io.swarmflux.link.LinkConditions;
import io.swarmflux.link.LoopbackTransport;
import io.swarmflux.samples.topology.AsWritten;
import io.swarmflux.topology.Condition;
import io.swarmflux.topology.GroupCondition;
import io.swarmflux.topology.Host;
import io.swarmflux.topology.Simulation;
import io.swarmflux.topology.Topology;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;

/** The machines of a simulated swarm: the access link of each, and the links between them. */
final class Hosts {
    /** What addresses of groups begin with. */
    static final String GROUP = "group:";

    private static final String LOOP = "loop:";

    /** For a host whose download will be limited later: a rate so high that nothing ever waits. */
    private static final long NO_WAIT = 1_000_000_000_000L;

    private final Condition usual;
    private final Map<String, ImpairedTransport> transports = new HashMap<>();
    private final Map<String, AccessLink> accesses = new HashMap<>();
    private final Map<Set<String>, Condition> conditions = new HashMap<>();

    Hosts(Topology topology, SimulatedIslands islands, VirtualTime time, long seed) {
        this.usual = topology.simulation().orElse(Simulation.DEFAULT).links();
        LoopbackTransport network = LoopbackTransport.create(time, LoopbackTransport.DEFAULT_MAX_FRAME_BYTES);
        boolean throttled = topology.simulation().orElse(Simulation.DEFAULT).events().stream()
                .anyMatch(event -> event.action() instanceof Simulation.Throttle throttle
                        && throttle.host().download().isPresent());
        Map<String, Host> hosts = new LinkedHashMap<>();
        topology.seeders().forEach(seeder -> hosts.put(seeder.name(), seeder.host()));
        topology.peers().forEach(peer -> hosts.put(peer.name(), peer.host()));
        long next = seed;
        for (Map.Entry<String, Host> host : hosts.entrySet()) {
            String name = host.getKey();
            ImpairedTransport transport =
                    ImpairedTransport.of(islands.metered(network.named(address(name))), time, next++ << 20);
            AccessLink access = AccessLink.unlimited()
                    .upload(host.getValue().upload().orElse(0))
                    .download(host.getValue().download().orElse(throttled ? NO_WAIT : 0));
            transport.access(access);
            transport.conditions(AsWritten.conditions(usual));
            transports.put(name, transport);
            accesses.put(name, access);
        }
        topology.islands().forEach(island -> group(network, island));
        topology.links().forEach(link -> set(link.one(), link.other(), link.condition()));
    }

    /** What each member loses by itself the group drops; what all lose, the sender. */
    private void group(LoopbackTransport network, Topology.Island island) {
        GroupCondition condition = island.condition();
        String group = SimulatedIslands.address(island);
        AsWritten.conditions(condition, network.group(group));
        for (String member : island.members()) {
            transport(member).conditions(group, LinkConditions.perfect().loss(condition.commonLoss()));
        }
    }

    static String address(String name) {
        return LOOP + name;
    }

    ImpairedTransport transport(String name) {
        return Objects.requireNonNull(transports.get(name));
    }

    AccessLink access(String name) {
        return Objects.requireNonNull(accesses.get(name));
    }

    private void set(String one, String other, Condition condition) {
        conditions.put(Set.of(one, other), condition);
        transport(one).conditions(address(other), AsWritten.conditions(condition));
        transport(other).conditions(address(one), AsWritten.conditions(condition));
    }

    /** Does to links what an event says; {@code members} finds the hosts behind names. */
    void happens(Simulation.Action action, UnaryOperator<List<String>> members) {
        if (action instanceof Simulation.Cut cut) {
            if (cut.target() instanceof Simulation.Target.Between link) {
                transport(link.one()).cut(address(link.other()));
                transport(link.other()).cut(address(link.one()));
            } else {
                named(cut.target(), members).forEach(name -> transport(name).cut());
            }
        } else if (action instanceof Simulation.Restore restore) {
            if (restore.target() instanceof Simulation.Target.Between link) {
                transport(link.one()).restore(address(link.other()));
                transport(link.other()).restore(address(link.one()));
            } else {
                named(restore.target(), members).forEach(name -> transport(name).restore());
            }
        } else if (action instanceof Simulation.Throttle throttle) {
            throttle(throttle, members);
        }
    }

    private void throttle(Simulation.Throttle throttle, UnaryOperator<List<String>> members) {
        if (throttle.target() instanceof Simulation.Target.Between link) {
            Condition now = conditions.getOrDefault(Set.of(link.one(), link.other()), usual);
            set(
                    link.one(),
                    link.other(),
                    new Condition(
                            now.delay(), now.jitter(), now.loss(), now.reorder(), now.duplicate(), throttle.rate()));
            return;
        }
        for (String name : named(throttle.target(), members)) {
            AccessLink access = access(name);
            access = throttle.host().upload().isPresent()
                    ? access.upload(throttle.host().upload().getAsLong())
                    : access;
            access = throttle.host().download().isPresent()
                    ? access.download(throttle.host().download().getAsLong())
                    : access;
            accesses.put(name, access);
            transport(name).access(access);
        }
    }

    private static List<String> named(Simulation.Target target, UnaryOperator<List<String>> members) {
        return members.apply(((Simulation.Target.Hosts) target).names());
    }
}
