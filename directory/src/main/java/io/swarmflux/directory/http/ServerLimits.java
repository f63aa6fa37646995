package io.swarmflux.directory.http;

/**
 * How much of a {@link DirectoryServer} one address may use. IPv6 addresses count by their network of 64 bits. Behind a
 * proxy all have the proxy's address: raise the first four there.
 *
 * @param requestsPerSecond how many requests an address may make in the long run, and twice as many at once; default 200
 * @param leases how many peers an address may keep announced; default 2,000
 * @param watches how many streams an address may watch at once; default 256
 * @param connections how many connections an address may have open; default 1,024
 * @param allWatches how many watches there may be in all; default 4,096
 * @param bodyBytes the longest body of a request; default 16 KiB
 * @param found how many peers one answer holds; default 256
 */
public record ServerLimits(
        int requestsPerSecond, int leases, int watches, int connections, int allWatches, int bodyBytes, int found) {
    /** Checks the bounds. */
    public ServerLimits {
        positive("requestsPerSecond", requestsPerSecond);
        positive("leases", leases);
        positive("watches", watches);
        positive("connections", connections);
        positive("allWatches", allWatches);
        positive("bodyBytes", bodyBytes);
        positive("found", found);
    }

    private static void positive(String what, int value) {
        if (value <= 0) {
            throw new IllegalArgumentException(what + " must be positive, was " + value);
        }
    }

    /**
     * What suits a public directory.
     *
     * @return the defaults
     */
    public static ServerLimits defaults() {
        return new ServerLimits(200, 2_000, 256, 1_024, 4_096, 16 * 1024, 256);
    }

    /**
     * Sets what one address may have.
     *
     * @param perSecond how many requests a second
     * @param leaseCount how many leases
     * @param watchCount how many watches
     * @param connectionCount how many connections
     * @return the same otherwise
     */
    public ServerLimits perAddress(int perSecond, int leaseCount, int watchCount, int connectionCount) {
        return new ServerLimits(perSecond, leaseCount, watchCount, connectionCount, allWatches, bodyBytes, found);
    }
}
