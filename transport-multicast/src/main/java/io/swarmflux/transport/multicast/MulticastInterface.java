package io.swarmflux.transport.multicast;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A network interface of this host, and whether it can carry multicast: it is up, has an IPv4 address, and its multicast flag is
 * set or it is the loopback, which works without.
 *
 * @param name what the system calls it, for example {@code eth0}
 * @param address its first IPv4 address; empty when it has none
 * @param mtu the longest packet in bytes; 0 when the system does not say
 * @param up whether it is up
 * @param multicast whether its multicast flag is set
 * @param loopback whether only this host hears it
 */
public record MulticastInterface(
        String name, Optional<InetAddress> address, int mtu, boolean up, boolean multicast, boolean loopback) {
    /** On a path of unknown length an IP packet of this size needs no fragments. */
    private static final int LONGEST_PACKET = 1_500;

    private static final int IP_AND_UDP_BYTES = 28;

    /**
     * All interfaces of this host. Asks the system.
     *
     * @return usable or not, in the system's order
     */
    public static List<MulticastInterface> all() {
        try {
            List<MulticastInterface> all = new ArrayList<>();
            for (NetworkInterface one : Collections.list(NetworkInterface.getNetworkInterfaces())) {
                all.add(of(one, Optional.empty()));
            }
            return all;
        } catch (SocketException e) {
            throw new IllegalStateException("the system does not tell its network interfaces: " + e.getMessage(), e);
        }
    }

    /**
     * Finds an interface. Asks the system.
     *
     * @param nameOrAddress such as {@code eth0} or {@code 192.0.2.7}; empty: the only one that can carry multicast, the loopback
     *     not counted where there is another
     * @return one that can carry multicast
     * @throws IllegalArgumentException when there is none; the message says what is wrong and which there are
     */
    public static MulticastInterface choose(Optional<String> nameOrAddress) {
        return choose(nameOrAddress, all());
    }

    static MulticastInterface choose(Optional<String> nameOrAddress, List<MulticastInterface> all) {
        if (nameOrAddress.isEmpty()) {
            return only(all);
        }
        String asked = nameOrAddress.get();
        MulticastInterface found = named(asked, all)
                .orElseThrow(() ->
                        new IllegalArgumentException("there is no interface '" + asked + "'; " + candidates(all)));
        String trouble = found.trouble();
        if (!trouble.isEmpty()) {
            throw new IllegalArgumentException(
                    "interface '" + asked + "' cannot carry multicast: " + trouble + "; " + candidates(all));
        }
        return found;
    }

    /**
     * Looks for an interface, whether it can carry multicast or not. Asks the system.
     *
     * @param nameOrAddress such as {@code eth0} or {@code 192.0.2.7}
     * @return the interface; empty when there is none
     */
    public static Optional<MulticastInterface> named(String nameOrAddress) {
        return named(nameOrAddress, all());
    }

    private static Optional<MulticastInterface> named(String asked, List<MulticastInterface> all) {
        for (MulticastInterface one : all) {
            if (one.name.equals(asked)) {
                return Optional.of(one);
            }
        }
        Optional<MulticastInterface> byAddress = withAddress(asked);
        return byAddress.isPresent() ? byAddress : LinuxInterface.named(asked);
    }

    /** By address: also by one that is not the interface's first, which then is the one that is sent from. */
    private static Optional<MulticastInterface> withAddress(String asked) {
        try {
            for (NetworkInterface one : Collections.list(NetworkInterface.getNetworkInterfaces())) {
                for (InetAddress address : Collections.list(one.getInetAddresses())) {
                    if (address.getHostAddress().equals(asked)) {
                        return Optional.of(
                                of(one, address instanceof Inet4Address ? Optional.of(address) : Optional.empty()));
                    }
                }
            }
            return Optional.empty();
        } catch (SocketException e) {
            throw new IllegalStateException("the system does not tell its network interfaces: " + e.getMessage(), e);
        }
    }

    private static MulticastInterface only(List<MulticastInterface> all) {
        List<MulticastInterface> usable =
                all.stream().filter(one -> one.trouble().isEmpty()).toList();
        List<MulticastInterface> outside =
                usable.stream().filter(one -> !one.loopback).toList();
        List<MulticastInterface> choice = outside.isEmpty() ? usable : outside;
        if (choice.size() != 1) {
            throw new IllegalArgumentException("choose an interface with GROUP:PORT@INTERFACE; " + candidates(all));
        }
        return choice.get(0);
    }

    private static String candidates(List<MulticastInterface> all) {
        String usable = all.stream()
                .filter(one -> one.trouble().isEmpty())
                .map(MulticastInterface::toString)
                .collect(Collectors.joining(", "));
        return usable.isEmpty() ? "none here can carry multicast" : "these can carry multicast: " + usable;
    }

    private static MulticastInterface of(NetworkInterface one, Optional<InetAddress> address) throws SocketException {
        Optional<InetAddress> first = address.or(
                () -> one.inetAddresses().filter(Inet4Address.class::isInstance).findFirst());
        return new MulticastInterface(
                one.getName(), first, Math.max(0, one.getMTU()), one.isUp(), one.supportsMulticast(), one.isLoopback());
    }

    /**
     * Why it cannot carry multicast.
     *
     * @return the reason and the cure in a few words; empty when it can
     */
    public String trouble() {
        if (!up) {
            return "it is down (ip link set " + name + " up)";
        }
        if (address.isEmpty()) {
            return "it has no IPv4 address";
        }
        if (!multicast && !loopback) {
            return "its multicast flag is not set (ip link set " + name + " multicast on)";
        }
        return "";
    }

    /** The longest UDP payload that needs no fragments here. */
    int longestDatagram() {
        return (mtu == 0 ? LONGEST_PACKET : Math.min(mtu, LONGEST_PACKET)) - IP_AND_UDP_BYTES;
    }

    /** Name and address, for people. */
    @Override
    public String toString() {
        return name + address.map(one -> " (" + one.getHostAddress() + ")").orElse("");
    }
}
