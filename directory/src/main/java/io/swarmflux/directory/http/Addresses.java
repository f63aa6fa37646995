package io.swarmflux.directory.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What each address uses of a server, and what it may not. Time is an argument. Knows at most 65,536 addresses: those that
 * use nothing are forgotten, and when all use something a new one is refused. Safe from any thread; nothing waits inside.
 */
final class Addresses {
    private static final int MAX_ADDRESSES = 65_536;
    private static final int IPV6_NETWORK_BYTES = 8;
    private static final double NS = 1e9;

    private final ServerLimits limits;
    private final Map<String, Use> uses = new HashMap<>();
    private int watches;
    private int connections;

    Addresses(ServerLimits limits) {
        this.limits = limits;
    }

    /** What one address uses. */
    private static final class Use {
        private double tokens;
        private long filledNs;
        private int watches;
        private int connections;
        private final Map<String, Long> leases = new HashMap<>();

        boolean isIdle(long nowNs, double perSecond) {
            leases.values().removeIf(untilNs -> nowNs - untilNs >= 0);
            return watches == 0
                    && connections == 0
                    && leases.isEmpty()
                    && (nowNs - filledNs) / NS * perSecond > tokensMissing(perSecond);
        }

        private double tokensMissing(double perSecond) {
            return 2 * perSecond - tokens;
        }
    }

    /** The text under which an address is counted. */
    static String key(@Nullable SocketAddress remote) {
        if (!(remote instanceof InetSocketAddress inet) || inet.getAddress() == null) {
            return "unknown";
        }
        InetAddress address = inet.getAddress();
        byte[] bytes = address.getAddress();
        return bytes.length > 4 ? Arrays.toString(Arrays.copyOf(bytes, IPV6_NETWORK_BYTES)) : address.getHostAddress();
    }

    private Use use(String key, long nowNs) {
        Use known = uses.get(key);
        if (known != null) {
            return known;
        }
        if (uses.size() >= MAX_ADDRESSES) {
            uses.values().removeIf(use -> use.isIdle(nowNs, limits.requestsPerSecond()));
        }
        if (uses.size() >= MAX_ADDRESSES) {
            throw new Refusal(
                    HttpResponseStatus.SERVICE_UNAVAILABLE,
                    "too-many-addresses",
                    (long) MAX_ADDRESSES,
                    "the directory serves as many addresses as it can; ask again later, or ask another one",
                    Duration.ofSeconds(10));
        }
        Use fresh = new Use();
        fresh.tokens = 2.0 * limits.requestsPerSecond();
        fresh.filledNs = nowNs;
        uses.put(key, fresh);
        return fresh;
    }

    /** Counts a request, or refuses it. */
    synchronized void request(String key, long nowNs) {
        Use use = use(key, nowNs);
        double perSecond = limits.requestsPerSecond();
        use.tokens = Math.min(2 * perSecond, use.tokens + (nowNs - use.filledNs) / NS * perSecond);
        use.filledNs = nowNs;
        if (use.tokens < 1) {
            throw Refusal.tooMany(
                    "too-many-requests",
                    limits.requestsPerSecond(),
                    "this address makes more requests a second than the limit; ask less often",
                    Duration.ofSeconds(1));
        }
        use.tokens--;
    }

    /** Counts a lease until a time, or refuses it; answers whether it was counted already. */
    synchronized boolean lease(String key, String lease, long untilNs, long nowNs) {
        Use use = use(key, nowNs);
        if (!use.leases.containsKey(lease) && use.leases.size() >= limits.leases()) {
            use.leases.values().removeIf(until -> nowNs - until >= 0);
            if (use.leases.size() >= limits.leases()) {
                throw Refusal.tooMany(
                        "too-many-leases",
                        limits.leases(),
                        "this address keeps as many peers announced as it may; withdraw some, or let them expire",
                        Duration.ofSeconds(1));
            }
        }
        return use.leases.put(lease, untilNs) != null;
    }

    /** A lease that is counted lasts until another time than was asked for. */
    synchronized void granted(String key, String lease, long untilNs) {
        Use use = uses.get(key);
        if (use != null) {
            use.leases.replace(lease, untilNs);
        }
    }

    synchronized void withdrawn(String key, String lease) {
        Use use = uses.get(key);
        if (use != null) {
            use.leases.remove(lease);
        }
    }

    /** Counts a watch, or refuses it. */
    synchronized void watch(String key, long nowNs) {
        Use use = use(key, nowNs);
        if (use.watches >= limits.watches()) {
            throw Refusal.tooMany(
                    "too-many-watches",
                    limits.watches(),
                    "this address watches as much as it may; end a watch first",
                    Duration.ofSeconds(1));
        }
        if (watches >= limits.allWatches()) {
            throw new Refusal(
                    HttpResponseStatus.SERVICE_UNAVAILABLE,
                    "too-many-watches-in-all",
                    (long) limits.allWatches(),
                    "the directory is watched by as many as it can serve; find instead, or ask another one",
                    Duration.ofSeconds(5));
        }
        use.watches++;
        watches++;
    }

    synchronized void unwatch(String key) {
        Use use = uses.get(key);
        if (use != null) {
            use.watches--;
            watches--;
        }
    }

    /** Counts a connection; false when the address has as many as it may. */
    synchronized boolean connect(String key, long nowNs) {
        Use use = use(key, nowNs);
        if (use.connections >= limits.connections()) {
            return false;
        }
        use.connections++;
        connections++;
        return true;
    }

    synchronized void disconnect(String key) {
        Use use = uses.get(key);
        if (use != null) {
            use.connections--;
            connections--;
        }
    }

    synchronized int watches() {
        return watches;
    }

    synchronized int connections() {
        return connections;
    }
}
