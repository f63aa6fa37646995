package io.swarmflux.samples.topology;

import io.swarmflux.link.ImpairedTransport;
import io.swarmflux.link.Link;
import io.swarmflux.link.Listener;
import io.swarmflux.link.LoopbackTransport;
import io.swarmflux.link.Transport;
import io.swarmflux.samples.run.Addresses;
import io.swarmflux.topology.Condition;
import io.swarmflux.topology.Topology;
import io.swarmflux.transport.tcp.TcpTransport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * What the links of a topology go over: TCP on this machine, and where the file gives conditions for a link, an impaired
 * link inside the process. Everybody on such a link listens on both.
 */
final class Wires {
    private static final String LOOP = "loop:";

    private final Topology topology;
    private final Map<String, String> tcpAddresses;
    private final Map<String, Transport> transports = new HashMap<>();

    private Wires(Topology topology, Map<String, String> tcpAddresses) {
        this.topology = topology;
        this.tcpAddresses = tcpAddresses;
    }

    static Wires of(Topology topology, long seed) {
        Wires wires = new Wires(topology, tcpAddresses(topology));
        LoopbackTransport network = LoopbackTransport.create();
        long memberSeed = seed;
        for (String name : wires.tcpAddresses.keySet()) {
            wires.transports.put(name, wires.transport(name, network, memberSeed++));
        }
        return wires;
    }

    /** What a member's links go over. */
    Transport transport(String member) {
        return Objects.requireNonNull(transports.get(member));
    }

    /** Where a member listens. */
    List<String> listens(String member) {
        List<String> addresses = new ArrayList<>();
        addresses.add(Objects.requireNonNull(tcpAddresses.get(member)));
        if (!conditions(member).isEmpty()) {
            addresses.add(LOOP + member);
        }
        return addresses;
    }

    /** Where a peer dials an upstream. */
    String address(String peer, String upstream) {
        return topology.condition(peer, upstream).equals(Condition.NONE)
                ? Objects.requireNonNull(tcpAddresses.get(upstream))
                : LOOP + upstream;
    }

    private Transport transport(String member, LoopbackTransport network, long seed) {
        Map<String, Condition> conditions = conditions(member);
        if (conditions.isEmpty()) {
            return TcpTransport.create();
        }
        ImpairedTransport impaired = ImpairedTransport.of(network.named(LOOP + member), Schedulers.parallel(), seed);
        conditions.forEach((other, condition) -> impaired.conditions(LOOP + other, AsWritten.conditions(condition)));
        return new Either(impaired, TcpTransport.create());
    }

    /** The conditions of a member's links, by the other end. */
    private Map<String, Condition> conditions(String member) {
        Map<String, Condition> conditions = new HashMap<>();
        for (Topology.Link link : topology.links()) {
            boolean bad = !link.condition().equals(Condition.NONE);
            if (bad && link.one().equals(member)) {
                conditions.put(link.other(), link.condition());
            } else if (bad && link.other().equals(member)) {
                conditions.put(link.one(), link.condition());
            }
        }
        return conditions;
    }

    /** The addresses of the file, and free ports where it leaves them open. */
    private static Map<String, String> tcpAddresses(Topology topology) {
        Map<String, String> wanted = new HashMap<>();
        List<String> names = new ArrayList<>();
        topology.seeders().forEach(s -> {
            names.add(s.name());
            wanted.put(s.name(), s.serving().listen());
        });
        topology.peers().forEach(p -> {
            names.add(p.name());
            wanted.put(p.name(), p.serving().listen());
        });
        Map<String, String> addresses = Addresses.free(names);
        addresses.replaceAll((name, free) -> {
            String listen = Objects.requireNonNull(wanted.get(name));
            return listen.endsWith(":0") ? free : listen;
        });
        return addresses;
    }

    /**
     * Two transports as one, told apart by the form of the address.
     *
     * @param loop carries what begins with {@code loop:}
     * @param tcp carries the rest
     */
    private record Either(Transport loop, Transport tcp) implements Transport {
        @Override
        public Kind kind(String remote) {
            return of(remote).kind(remote);
        }

        @Override
        public Mono<Link> dial(String address) {
            return of(address).dial(address);
        }

        @Override
        public Mono<Listener> listen(String address, Consumer<? super Link> accept) {
            return of(address).listen(address, accept);
        }

        private Transport of(String address) {
            return address.startsWith(LOOP) ? loop : tcp;
        }
    }
}
