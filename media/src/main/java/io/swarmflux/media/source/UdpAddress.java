package io.swarmflux.media.source;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ProtocolFamily;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where datagrams are received: {@code udp://[SOURCE]@GROUP:PORT[?interface=NAME]}, or an address of this host,
 * {@code udp://ADDRESS:PORT}; {@code udp://@:PORT} for all of them.
 *
 * @param host the group or the address, without brackets; empty for all addresses
 * @param port from 1
 * @param source the only sender that is heard in the group; empty for all
 * @param networkInterface name or address of the one to join the group on; empty for the only one
 */
record UdpAddress(String host, int port, String source, String networkInterface) {
    private static final int BUFFER_BYTES = 4 << 20;
    private static final String HOST = "(\\[[0-9A-Fa-f:.%a-z]{2,64}]|[0-9.]{7,15})";
    private static final Pattern FORM = Pattern.compile(
            "(?i)udp://(?:" + HOST + "?@)?" + HOST + "?:(\\d{1,9})/?(?:\\?interface=([^\\s&?@]{1,64}))?");
    private static final String EXPECTED = "udp://@GROUP:PORT or udp://ADDRESS:PORT, such as udp://@239.1.2.3:5000,"
            + " udp://@239.1.2.3:5000?interface=eth0 or udp://0.0.0.0:5000";

    static UdpAddress of(String url) {
        Matcher form = FORM.matcher(url);
        if (!form.matches()) {
            throw new IllegalArgumentException("found '" + url + "', expected " + EXPECTED);
        }
        int port = Integer.parseInt(form.group(3));
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("found '" + url + "' with port " + port + ", expected 1 to 65535");
        }
        UdpAddress address = new UdpAddress(bare(form.group(2)), port, bare(form.group(1)), bare(form.group(4)));
        address.check(url);
        return address;
    }

    private static String bare(@Nullable String text) {
        return text == null ? "" : text.replaceAll("[\\[\\]]", "").toLowerCase(Locale.ROOT);
    }

    private void check(String url) {
        boolean group = !host.isEmpty() && address(url, host).isMulticastAddress();
        boolean asGroup = !source.isEmpty() || !networkInterface.isEmpty();
        boolean at = url.contains("@") && !host.isEmpty();
        if (!group && (asGroup || at)) {
            throw new IllegalArgumentException("found '" + url + "', where " + (host.isEmpty() ? "nothing" : host)
                    + " is no group: groups are 224.0.0.0 to 239.255.255.255 and [ff00::]; an address of this host is"
                    + " udp://ADDRESS:PORT, without @ and interface");
        }
        if (!source.isEmpty() && address(url, source).isMulticastAddress()) {
            throw new IllegalArgumentException("found '" + url + "', where " + source
                    + " before the @ is a group, expected the address of the sender, or nothing");
        }
    }

    /** Digits and colons only, so that no name is looked up. */
    private static InetAddress address(String url, String text) {
        try {
            boolean four = text.matches("\\d{1,3}(\\.\\d{1,3}){3}");
            if (!four && !text.contains(":")) {
                throw new UnknownHostException(text);
            }
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(
                    "found '" + url + "', where '" + text + "' is no address; expected " + EXPECTED, e);
        }
    }

    /** A socket that hears it. Blocks for an instant. */
    DatagramChannel open() throws IOException {
        InetAddress to = host.isEmpty() ? null : InetAddress.getByName(host);
        boolean four = to == null || to instanceof Inet4Address;
        ProtocolFamily family = four ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
        DatagramChannel channel = DatagramChannel.open(family);
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_BYTES);
            channel.bind(to == null ? new InetSocketAddress(port) : bindTo(to));
            if (to != null && to.isMulticastAddress()) {
                NetworkInterface on = networkInterface(four);
                if (source.isEmpty()) {
                    channel.join(to, on);
                } else {
                    channel.join(to, on, InetAddress.getByName(source));
                }
            }
            return channel;
        } catch (SocketException e) {
            channel.close();
            throw new IOException("cannot receive there: " + e.getMessage() + "; is it an address of this host?", e);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Bound to the group, a socket hears nothing else that comes to the port; where a system does not allow it, all. */
    private InetSocketAddress bindTo(InetAddress to) {
        boolean windows = System.getProperty("os.name", "").startsWith("Windows");
        return windows && to.isMulticastAddress() ? new InetSocketAddress(port) : new InetSocketAddress(to, port);
    }

    private NetworkInterface networkInterface(boolean four) throws IOException {
        List<NetworkInterface> able = new ArrayList<>();
        for (NetworkInterface one : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            if (one.getName().equals(networkInterface) || hasAddress(one, networkInterface)) {
                return one;
            }
            boolean address = one.inetAddresses().anyMatch(its -> its instanceof Inet4Address == four);
            if (one.isUp() && address && (one.supportsMulticast() || one.isLoopback())) {
                able.add(one);
            }
        }
        List<NetworkInterface> outside =
                able.stream().filter(one -> !loops(one)).toList();
        List<NetworkInterface> choice = outside.isEmpty() ? able : outside;
        String names = able.stream().map(NetworkInterface::getName).collect(Collectors.joining(", "));
        if (!networkInterface.isEmpty()) {
            throw new IOException(
                    "there is no interface '" + networkInterface + "'; these can carry multicast: " + names);
        }
        if (choice.size() != 1) {
            throw new IOException("choose an interface with ?interface=NAME; "
                    + (names.isEmpty() ? "none here can carry multicast" : "these can carry multicast: " + names));
        }
        return choice.get(0);
    }

    private static boolean hasAddress(NetworkInterface one, String text) {
        return one.inetAddresses().anyMatch(its -> its.getHostAddress().equals(text));
    }

    private static boolean loops(NetworkInterface one) {
        try {
            return one.isLoopback();
        } catch (SocketException e) {
            return false; // it has just gone away
        }
    }

    @Override
    public String toString() {
        String shown = host.contains(":") ? "[" + host + "]" : host;
        boolean group = !host.isEmpty() && (host.contains(":") ? host.startsWith("ff") : isGroup4());
        return "udp://" + source + (group ? "@" : "") + (host.isEmpty() ? "@" : "") + shown + ":" + port
                + (networkInterface.isEmpty() ? "" : "?interface=" + networkInterface);
    }

    private boolean isGroup4() {
        int first = Integer.parseInt(host.substring(0, host.indexOf('.')));
        return first >= 224 && first <= 239;
    }
}
