package io.swarmflux.transport.tcp;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The addresses of this host that stand behind one that means all of them. */
final class HostAddresses {
    private static final int MOST = 8;

    private HostAddresses() {}

    /** Where it can be dialled; loopback only when there is nothing else, link-local never. */
    static List<String> dialable(HostPort listening) {
        try {
            if (!InetAddress.getByName(listening.host()).isAnyLocalAddress()) {
                return List.of(listening.toString());
            }
            boolean four = !listening.host().contains(":");
            List<InetAddress> all = NetworkInterface.networkInterfaces()
                    .filter(HostAddresses::isUp)
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(one -> !one.isLinkLocalAddress() && !(four && one instanceof Inet6Address))
                    .sorted(Comparator.comparing(InetAddress::isSiteLocalAddress))
                    .toList();
            Stream<InetAddress> others = all.stream().filter(one -> !one.isLoopbackAddress());
            Stream<InetAddress> chosen = all.stream().allMatch(InetAddress::isLoopbackAddress) ? all.stream() : others;
            List<String> dialable = chosen.limit(MOST)
                    .map(one -> new HostPort(text(one), listening.port()).toString())
                    .toList();
            return dialable.isEmpty() ? List.of(listening.toString()) : dialable;
        } catch (SocketException | UnknownHostException unknown) {
            return List.of(listening.toString());
        }
    }

    private static boolean isUp(NetworkInterface one) {
        try {
            return one.isUp();
        } catch (SocketException gone) {
            return false;
        }
    }

    /** Without the zone. */
    private static String text(InetAddress address) {
        String text = address.getHostAddress();
        int zone = text.indexOf('%');
        return zone < 0 ? text : text.substring(0, zone);
    }
}
