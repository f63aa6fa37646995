package io.swarmflux.transport.tcp;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** An address as people write it: {@code HOST:PORT}, an IPv6 host in brackets. */
record HostPort(String host, int port) {
    private static final int MAX_PORT = 65_535;

    /** Reads an address, or says what is wrong with it. */
    static HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon <= 0 || colon == text.length() - 1) {
            throw wrong(text);
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]") && host.length() > 2) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no HOST:PORT: write an IPv6 address in brackets, for example [::1]:9000");
        } else if (host.indexOf('[') >= 0 || host.indexOf(']') >= 0 || host.indexOf(' ') >= 0) {
            throw wrong(text);
        }
        String digits = text.substring(colon + 1);
        if (!digits.chars().allMatch(c -> c >= '0' && c <= '9') || digits.length() > 5) {
            throw wrong(text);
        }
        int port = Integer.parseInt(digits);
        if (port > MAX_PORT) {
            throw new IllegalArgumentException("'" + text + "' is no HOST:PORT: a port is at most " + MAX_PORT);
        }
        return new HostPort(host, port);
    }

    private static IllegalArgumentException wrong(String text) {
        return new IllegalArgumentException("'" + text + "' is no HOST:PORT, for example 127.0.0.1:9000");
    }

    /** The address of a socket. */
    static HostPort of(SocketAddress address) {
        InetSocketAddress inet = (InetSocketAddress) address;
        if (inet.isUnresolved()) {
            return new HostPort(inet.getHostString(), inet.getPort());
        }
        return new HostPort(NetUtil.toAddressString(inet.getAddress()), inet.getPort());
    }

    /** Where to listen: at once for an IP address; a name is looked up where threads may block. */
    Mono<InetSocketAddress> resolve() {
        Mono<InetSocketAddress> resolved =
                Mono.fromCallable(() -> new InetSocketAddress(InetAddress.getByName(host), port));
        boolean numeric = NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host);
        return numeric ? resolved : resolved.subscribeOn(Schedulers.boundedElastic());
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
