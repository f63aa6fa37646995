package io.swarmflux.samples.demo;

import java.net.NetworkInterface;
import java.net.SocketException;

/** This machine's interface to itself. */
final class Loopback {
    private Loopback() {}

    /** Its name; {@code lo} where none is found, which then cannot be joined. */
    static String name() {
        try {
            return NetworkInterface.networkInterfaces()
                    .filter(Loopback::isLoopback)
                    .map(NetworkInterface::getName)
                    .findFirst()
                    .orElse("lo");
        } catch (SocketException e) {
            return "lo";
        }
    }

    private static boolean isLoopback(NetworkInterface one) {
        try {
            return one.isLoopback() && one.isUp();
        } catch (SocketException e) {
            return false;
        }
    }
}
