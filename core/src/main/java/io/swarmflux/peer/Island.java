package io.swarmflux.peer;

import io.swarmflux.link.Transport;

/**
 * An island that a peer belongs to: hosts that hear each other's multicast, and take a stream in together. Some of them, the
 * gateways, bring it in from outside and send it to the group; all others take it from there. From outside they look like one peer.
 *
 * @param transport joins the group; usually not that of the peer's links
 * @param group the group's address, in that transport's form
 * @param gateways among how many members the work of bringing the stream in is divided, as far as they have upstreams outside; default 2
 */
public record Island(Transport transport, String group, int gateways) {
    private static final int DEFAULT_GATEWAYS = 2;
    private static final int MOST_GATEWAYS = 64;

    /** Checks the values. */
    public Island {
        if (gateways < 1 || gateways > MOST_GATEWAYS) {
            throw new IllegalArgumentException("an island has 1 to " + MOST_GATEWAYS + " gateways, was " + gateways);
        }
    }

    /**
     * An island with two gateways.
     *
     * @param transport joins the group
     * @param group the group's address
     * @return the island
     */
    public static Island of(Transport transport, String group) {
        return new Island(transport, group, DEFAULT_GATEWAYS);
    }

    /**
     * Divides the work among more or fewer gateways. All members should say the same; more of them make the loss of one smaller, fewer
     * make fewer links carry anything.
     *
     * @param number 1 to 64
     * @return the island with so many
     */
    public Island gateways(int number) {
        return new Island(transport, group, number);
    }
}
