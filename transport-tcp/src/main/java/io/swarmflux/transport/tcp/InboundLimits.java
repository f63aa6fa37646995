package io.swarmflux.transport.tcp;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How many links one listener accepts, in all and from one address, and how many it had to refuse. */
final class InboundLimits {
    private static final long REPORT_EVERY_NS = Duration.ofMinutes(1).toNanos();

    private final int maxLinks;
    private final int maxLinksPerAddress;
    private final Map<String, Integer> linksByHost = new HashMap<>();
    private int links;
    private long refused;
    private long reported;
    private long reportedNs;

    InboundLimits(int maxLinks, int maxLinksPerAddress) {
        this.maxLinks = maxLinks;
        this.maxLinksPerAddress = maxLinksPerAddress;
    }

    /** Counts a link in, or refuses it. */
    synchronized boolean tryEnter(String host) {
        int fromHost = linksByHost.getOrDefault(host, 0);
        if (links >= maxLinks || fromHost >= maxLinksPerAddress) {
            refused++;
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

    /** How many links were refused since the start. */
    synchronized long refused() {
        return refused;
    }

    /** What to log after a refusal: the first at once, then one line a minute for all that came since; else null. */
    synchronized @Nullable String report(String host, long nowNs) {
        if (reported > 0 && nowNs - reportedNs < REPORT_EVERY_NS) {
            return null;
        }
        long news = refused - reported;
        reported = refused;
        reportedNs = nowNs;
        return "refused " + news + (news == 1 ? " link" : " links") + ", the last from " + host + ": it has "
                + linksByHost.getOrDefault(host, 0) + " of at most " + maxLinksPerAddress + ", all together " + links
                + " of at most " + maxLinks;
    }
}
