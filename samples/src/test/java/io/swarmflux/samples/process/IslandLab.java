package io.swarmflux.samples.process;

import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A LAN of several hosts, and one host outside, behind a router that forwards unicast only:
 *
 * <pre>
 *   seed --- router ---+--- m1
 *                      +--- m2      one network, with multicast
 *                      +--- ...
 * </pre>
 *
 * <p>The router counts what it sends into the LAN, and what it hears of the LAN's multicast.
 */
final class IslandLab implements AutoCloseable {
    private static final Pattern COUNTED = Pattern.compile("bytes (\\d+)");

    private final String id = "swarmflux-" + UUID.randomUUID().toString().substring(0, 8);
    private final NetworkLab lan;
    private final String router = id + "-router";
    private final NetworkLab.Host outside = new NetworkLab.Host(id + "-seed", "10.1.0.2");

    private IslandLab(NetworkLab lan) {
        this.lan = lan;
    }

    /** Builds so many hosts, m1 and so on, or skips the test. */
    static IslandLab of(int hosts) {
        IslandLab lab = new IslandLab(NetworkLab.of(names(hosts)));
        try {
            lab.build();
        } catch (RuntimeException e) {
            lab.close();
            throw e;
        }
        return lab;
    }

    static List<String> names(int hosts) {
        return IntStream.rangeClosed(1, hosts).mapToObj(i -> "m" + i).toList();
    }

    private void build() {
        lan.add(router);
        lan.add(outside.namespace());
        lan.plug(router, "lan", "10.0.0.254");
        NetworkLab.run("ip link add wan netns " + router + " type veth peer name eth0 netns " + outside.namespace());
        NetworkLab.run("ip -n " + router + " address add 10.1.0.1/24 dev wan");
        NetworkLab.run("ip -n " + router + " link set wan gso_max_segs 1 up");
        NetworkLab.run("ip -n " + outside.namespace() + " address add 10.1.0.2/24 dev eth0");
        NetworkLab.run("ip -n " + outside.namespace() + " link set eth0 gso_max_segs 1 up");
        NetworkLab.run("ip -n " + outside.namespace() + " link set lo up");
        NetworkLab.run("ip -n " + outside.namespace() + " route add default via 10.1.0.1");
        NetworkLab.run("ip netns exec " + router + " sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'");
        for (NetworkLab.Host host : lan.hosts()) {
            routed(host);
        }
        nft("add table inet count");
        nft("'add counter inet count uplink'");
        nft("'add counter inet count multicast'");
        nft("'add chain inet count forward { type filter hook forward priority 0; }'");
        nft("'add chain inet count heard { type filter hook prerouting priority 0; }'");
        nft("add rule inet count forward iifname wan counter name uplink");
        nft("add rule inet count heard iifname lan ip daddr 224.0.0.0/4 counter name multicast");
        // a router that is in no group hears multicast only if its interface takes everything
        NetworkLab.run("ip -n " + router + " link set lan promisc on");
    }

    private static void routed(NetworkLab.Host host) {
        NetworkLab.run("ip -n " + host.namespace() + " route add default via 10.0.0.254");
    }

    /** Takes a host's interface away. */
    void unplug(String name) {
        lan.unplug(name);
    }

    /** Gives a host a new interface with the address that it had. */
    void plugAgain(String name) {
        lan.plugAgain(name);
        routed(lan.host(name));
    }

    private void nft(String rule) {
        NetworkLab.run("ip netns exec " + router + " nft " + rule);
    }

    NetworkLab.Host host(String name) {
        return lan.host(name);
    }

    /** The host outside. */
    NetworkLab.Host outside() {
        return outside;
    }

    /** What has come into the LAN from outside, in bytes of IP packets. */
    long uplinkBytes() {
        return counted("uplink");
    }

    /** What the LAN's hosts have sent by multicast, in bytes of IP packets. */
    long multicastBytes() {
        return counted("multicast");
    }

    private long counted(String counter) {
        String said = NetworkLab.run("ip netns exec " + router + " nft list counter inet count " + counter);
        Matcher found = COUNTED.matcher(said);
        if (!found.find()) {
            throw new IllegalStateException("no count in: " + said);
        }
        return Long.parseLong(found.group(1));
    }

    @Override
    public void close() {
        lan.close();
    }
}
