package io.swarmflux.benchmarks.group;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A group that nobody else uses, on the loopback interface.
 *
 * @param address group and port; the last number of the group is odd, as some ask for
 * @param at the interface
 */
record FreeGroup(InetSocketAddress address, NetworkInterface at) {
    static FreeGroup pick() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        byte[] group = {
            (byte) 239, (byte) random.nextInt(256), (byte) random.nextInt(256), (byte) (2 * random.nextInt(120) + 1)
        };
        try (ServerSocket free = new ServerSocket(0)) {
            return new FreeGroup(
                    new InetSocketAddress(InetAddress.getByAddress(group), free.getLocalPort()),
                    Objects.requireNonNull(NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String text() {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }
}
