package io.swarmflux.transport.multicast;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Interfaces that Java does not tell, because they have no address, as Linux describes them in files. */
final class LinuxInterface {
    private static final Path ALL = Path.of("/sys/class/net");
    private static final int UP = 0x1;
    private static final int LOOPBACK = 0x8;
    private static final int MULTICAST = 0x1000;

    private LinuxInterface() {}

    /** An interface without an address; empty when there is none of that name, or no such files. */
    static Optional<MulticastInterface> named(String name) {
        if (!name.matches("[A-Za-z0-9_-][A-Za-z0-9._-]*")) {
            return Optional.empty();
        }
        Path files = ALL.resolve(name);
        try {
            int flags = Integer.decode(Files.readString(files.resolve("flags")).strip());
            int mtu = Integer.parseInt(Files.readString(files.resolve("mtu")).strip());
            return Optional.of(new MulticastInterface(
                    name, Optional.empty(), mtu, (flags & UP) != 0, (flags & MULTICAST) != 0, (flags & LOOPBACK) != 0));
        } catch (IOException | NumberFormatException noSuchInterface) {
            return Optional.empty();
        }
    }
}
