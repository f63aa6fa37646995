package io.swarmflux.transport.tcp;

import java.util.HashMap;
import java.util.Map;

/** How many links one listener accepts, in all and from one address. */
final class InboundLimits {
    private final int maxLinks;
    private final int maxLinksPerAddress;
    private final Map<String, Integer> linksByHost = new HashMap<>();
    private int links;

    InboundLimits(int maxLinks, int maxLinksPerAddress) {
        this.maxLinks = maxLinks;
        this.maxLinksPerAddress = maxLinksPerAddress;
    }

    /** Counts a link in, or refuses it. */
    synchronized boolean tryEnter(String host) {
        int fromHost = linksByHost.getOrDefault(host, 0);
        if (links >= maxLinks || fromHost >= maxLinksPerAddress) {
            return false;
        }
        links++;
        linksByHost.put(host, fromHost + 1);
        return true;
    }

    /** Counts a link out. */
    synchronized void leave(String host) {
        links--;
        linksByHost.computeIfPresent(host, (name, count) -> count > 1 ? count - 1 : null);
    }
}
