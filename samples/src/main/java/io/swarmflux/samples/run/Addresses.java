package io.swarmflux.samples.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Addresses that peers of one swarm must know of each other before any of them listens. */
public final class Addresses {
    private Addresses() {}

    /**
     * Finds free ports on the loopback interface, all at once so that they differ. Somebody else may take one before it
     * is listened on; then starting fails and says so.
     *
     * @param names who needs one
     * @return {@code 127.0.0.1:PORT} by name
     */
    public static Map<String, String> free(List<String> names) {
        Map<String, String> addresses = new LinkedHashMap<>();
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (String name : names) {
                ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
                sockets.add(socket);
                addresses.put(name, "127.0.0.1:" + socket.getLocalPort());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot find a free port on 127.0.0.1: " + e.getMessage(), e);
        } finally {
            sockets.forEach(Addresses::close);
        }
        return addresses;
    }

    private static void close(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close " + socket, e);
        }
    }
}
