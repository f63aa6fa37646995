package io.swarmflux.topology;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where an island sends: {@code GROUP:PORT} or {@code GROUP:PORT@INTERFACE}, for example {@code 239.1.2.3:5000@eth0} or
 * {@code [ff05::1:3]:5000}.
 *
 * @param group the address of the group, without brackets
 * @param port the UDP port, 1 to 65535
 * @param networkInterface the name or address of the interface; empty: the only one that can carry multicast
 */
public record MulticastGroup(String group, int port, Optional<String> networkInterface) {
    static final String EXPECTED = "GROUP:PORT or GROUP:PORT@INTERFACE such as 239.1.2.3:5000@eth0";
    private static final String EXPECTED_GROUP =
            "a multicast address from 224.0.1.0 to 239.255.255.255, or [ff00::] to [ffff:…]; 239.x.y.z is free to use";
    private static final String EXPECTED_PORT = "a port from 1 to 65535";

    private static final Pattern FORM =
            Pattern.compile("([0-9.]{7,15}|\\[[0-9A-Fa-f:.]{2,45}])(?::(\\d{1,9}))(?:@([^\\s@]{1,64}))?");
    private static final Pattern IPV4 = Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})");

    /**
     * Reads a group.
     *
     * @param text for example {@code 239.1.2.3:5000@eth0}
     * @return the group
     * @throws IllegalArgumentException when it is none; the message names the value and the cure
     */
    public static MulticastGroup of(String text) {
        String expected = expected(text);
        Matcher matcher = FORM.matcher(text);
        if (!expected.isEmpty() || !matcher.matches()) {
            throw new IllegalArgumentException("found " + Quantity.quoted(text) + ", expected " + expected);
        }
        String address = matcher.group(1).replaceAll("[\\[\\]]", "").toLowerCase(Locale.ROOT);
        return new MulticastGroup(address, Integer.parseInt(matcher.group(2)), Optional.ofNullable(matcher.group(3)));
    }

    /** What is expected instead of a text that is no group; empty for a group. */
    static String expected(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return EXPECTED;
        }
        if (!isGroup(matcher.group(1))) {
            return EXPECTED_GROUP;
        }
        return HostPort.isPort(matcher.group(2), 1) ? "" : EXPECTED_PORT;
    }

    private static boolean isGroup(String address) {
        return address.startsWith("[") ? isGroup6(address.substring(1, address.length() - 1)) : isGroup4(address);
    }

    private static boolean isGroup4(String address) {
        Matcher matcher = IPV4.matcher(address);
        if (!matcher.matches()) {
            return false;
        }
        int[] bytes = new int[4];
        for (int i = 0; i < 4; i++) {
            bytes[i] = Integer.parseInt(matcher.group(i + 1));
            if (bytes[i] > 255) {
                return false;
            }
        }
        // 224.0.0.x belongs to routing protocols, and switches flood it.
        boolean reserved = bytes[0] == 224 && bytes[1] == 0 && bytes[2] == 0;
        return bytes[0] >= 224 && bytes[0] <= 239 && !reserved;
    }

    private static boolean isGroup6(String address) {
        if (!address.contains(":")) {
            return false;
        }
        try {
            // With a colon in it, the text is an address and no name is looked up.
            return InetAddress.getByName(address) instanceof Inet6Address six && six.isMulticastAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        String host = group.contains(":") ? "[" + group + "]" : group;
        return host + ":" + port + networkInterface.map(name -> "@" + name).orElse("");
    }
}
