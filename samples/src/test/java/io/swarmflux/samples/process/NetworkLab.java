package io.swarmflux.samples.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Hosts with a network of their own, which can be made bad: network namespaces, each behind a cable to one bridge.
 *
 * <pre>
 *   host seed     host r1      host r2        10.0.0.1, 10.0.0.2, ...
 *      eth0         eth0         eth0         here packets are dropped and slowed down
 *        \           |           /
 *         +------ bridge -------+             in a namespace of its own
 * </pre>
 *
 * <p>It needs root, iproute2 and, to drop packets, nftables; a test is skipped where they are missing. Nothing of the machine's own network
 * is touched, and closing the lab removes all of it.
 */
final class NetworkLab implements AutoCloseable {
    private static final String PATH = "PATH=\"$PATH:/usr/sbin:/sbin\"; ";

    private final String id = "swarmflux-" + UUID.randomUUID().toString().substring(0, 8);
    private final Map<String, Host> hosts = new LinkedHashMap<>();
    private final List<String> namespaces = new ArrayList<>();
    private final Thread whenInterrupted = new Thread(this::remove);

    private final boolean filtering;

    private NetworkLab(boolean filtering) {
        this.filtering = filtering;
        Runtime.getRuntime().addShutdownHook(whenInterrupted);
    }

    /** Builds hosts with these names, or skips the test. */
    static NetworkLab of(List<String> names) {
        return of(names, true, "ip", "nft", "tc");
    }

    /** The same without what makes packets fail at the hosts: only iproute2 is needed. */
    static NetworkLab withoutFilters(List<String> names) {
        return of(names, false, "ip");
    }

    private static NetworkLab of(List<String> names, boolean filtering, String... commands) {
        for (String command : commands) {
            assumeTrue(answer("command -v " + command).code() == 0, "no network lab: '" + command + "' is missing");
        }
        assumeTrue(answer("test $(id -u) = 0").code() == 0, "no network lab: it needs root");
        NetworkLab lab = new NetworkLab(filtering);
        try {
            lab.build(names);
        } catch (RuntimeException e) {
            lab.close();
            throw e;
        }
        return lab;
    }

    private void build(List<String> names) {
        String bridge = id + "-bridge";
        Answer made = answer("ip netns add " + bridge);
        assumeTrue(made.code() == 0, "no network lab: this machine makes no network namespace: " + made.said());
        namespaces.add(bridge);
        run("ip -n " + bridge + " link add br0 type bridge");
        run("ip -n " + bridge + " link set br0 up");
        for (String name : names) {
            hosts.put(name, host(name, hosts.size() + 1));
        }
    }

    private Host host(String name, int number) {
        String inside = id + "-" + name;
        add(inside);
        plug(inside, "eth0", "10.0.0." + number, "port" + number);
        run("ip -n " + inside + " link set lo up");
        Host host = new Host(inside, "10.0.0." + number);
        if (!filtering) {
            return host;
        }
        host.nft("add table inet lab");
        host.nft("'add chain inet lab in { type filter hook input priority 0; }'");
        host.nft("'add chain inet lab out { type filter hook output priority 0; }'");
        return host;
    }

    /** Makes another namespace, which goes with the lab. */
    void add(String namespace) {
        run("ip netns add " + namespace);
        namespaces.add(namespace);
    }

    /** Takes a host's interface away, as if its network card was pulled out. */
    void unplug(String name) {
        run("ip -n " + host(name).namespace() + " link delete eth0");
    }

    /** Gives a host a new interface with the address that it had. */
    void plugAgain(String name) {
        int number = List.copyOf(hosts.keySet()).indexOf(name) + 1;
        plug(host(name).namespace(), "eth0", host(name).ip(), "port" + number);
    }

    /** Connects another namespace to the network. */
    void plug(String namespace, String networkInterface, String ip) {
        plug(namespace, networkInterface, ip, "extra" + networkInterface);
    }

    private void plug(String namespace, String networkInterface, String ip, String port) {
        String bridge = id + "-bridge";
        run("ip link add " + networkInterface + " netns " + namespace + " type veth peer name " + port + " netns "
                + bridge);
        run("ip -n " + bridge + " link set " + port + " master br0 up");
        run("ip -n " + namespace + " address add " + ip + "/24 dev " + networkInterface);
        // as on a wire, a packet is one datagram: what is dropped is not a batch of 64 KiB
        run("ip -n " + namespace + " link set " + networkInterface + " gso_max_segs 1 up");
    }

    List<Host> hosts() {
        return List.copyOf(hosts.values());
    }

    Host host(String name) {
        Host host = hosts.get(name);
        if (host == null) {
            throw new IllegalArgumentException("no host '" + name + "' in " + hosts.keySet());
        }
        return host;
    }

    /** Lets no multicast through to a host, as a switch does that has not seen it join. */
    void keepMulticastFrom(String name) {
        int number = List.copyOf(hosts.keySet()).indexOf(name) + 1;
        run("ip -n " + id + "-bridge link set port" + number + " type bridge_slave mcast_flood off");
    }

    /** A host of the lab. */
    record Host(String namespace, String ip) {
        /** What runs a command there. */
        List<String> enter() {
            return List.of("sh", "-c", PATH + "exec ip netns exec " + namespace + " \"$@\"", "sh");
        }

        /** Loses a share of the packets that arrive, by chance. */
        void loses(int percent) {
            nft("add rule inet lab in numgen random mod 100 '<' " + percent + " drop");
        }

        /** Drops everything between here and another host, both ways, without a word. */
        void cutFrom(Host other) {
            nft("add rule inet lab in ip saddr " + other.ip + " drop");
            nft("add rule inet lab out ip daddr " + other.ip + " drop");
        }

        /** Drops everything, both ways, without a word. */
        void cutOff() {
            nft("add rule inet lab in drop");
            nft("add rule inet lab out drop");
        }

        /** Loses multicast that arrives, or that leaves. */
        void losesMulticast(boolean arriving) {
            nft("add rule inet lab " + (arriving ? "in" : "out") + " ip daddr 224.0.0.0/4 drop");
        }

        /** Loses a share of the multicast packets that arrive, by chance. */
        void losesMulticast(int percent) {
            nft("add rule inet lab in ip daddr 224.0.0.0/4 numgen random mod 100 '<' " + percent + " drop");
        }

        /** Drops nothing any more. */
        void mend() {
            nft("flush chain inet lab in");
            nft("flush chain inet lab out");
        }

        /** Sends at most so many bits a second, as a narrow line does. */
        void throttle(String rate) {
            run("ip netns exec " + namespace + " tc qdisc add dev eth0 root tbf rate " + rate
                    + " burst 16k latency 200ms");
        }

        private void nft(String rule) {
            run("ip netns exec " + namespace + " nft " + rule);
        }
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(whenInterrupted);
        remove();
    }

    private void remove() {
        namespaces.forEach(NetworkLab::delete);
        namespaces.clear();
    }

    /** How a command ended, and what it said. */
    private record Answer(int code, String said) {}

    /** Runs a command that must not fail; answers what it said. */
    static String run(String line) {
        Answer answer = answer(line);
        if (answer.code() != 0) {
            throw new IllegalStateException("'" + line + "' failed: " + answer.said());
        }
        return answer.said();
    }

    /** Removes a namespace and all that is in it. */
    private static void delete(String namespace) {
        answer("ip netns delete " + namespace);
    }

    private static Answer answer(String line) {
        try {
            Process process = new ProcessBuilder("sh", "-c", PATH + line)
                    .redirectErrorStream(true)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
            return new Answer(process.waitFor(), said);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException("'" + line + "' could not be run", e);
        }
    }
}
