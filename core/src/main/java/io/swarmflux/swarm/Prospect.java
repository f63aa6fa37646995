package io.swarmflux.swarm;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who might be taken as an upstream, as far as others have said.
 *
 * @param peer its name
 * @param incarnation grows with each of its starts; -1 when nobody said
 * @param addresses where it can be dialled, the best first
 * @param freePlaces how many more downstreams it takes; -1 when it is not known
 * @param uploadBitsPerSecond how much it can send; -1 when it is not known
 * @param island the island that it is a member of; null for none, or when it is not known
 * @param roundTripUs the least round trip measured; -1 when none was
 */
public record Prospect(
        String peer,
        long incarnation,
        List<String> addresses,
        int freePlaces,
        long uploadBitsPerSecond,
        @Nullable String island,
        long roundTripUs) {
    /** Copies the addresses. */
    public Prospect {
        addresses = List.copyOf(addresses);
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException(peer + " has no address");
        }
    }

    /**
     * Somebody of whom only an address is known.
     *
     * @param peer its name
     * @param address where it can be dialled
     * @return it
     */
    public static Prospect at(String peer, String address) {
        return new Prospect(peer, -1, List.of(address), -1, -1, null, -1);
    }

    /**
     * Sets how far away it is.
     *
     * @param leastUs the least round trip in microseconds; -1 when none was measured
     * @return the same otherwise
     */
    public Prospect withRoundTrip(long leastUs) {
        return new Prospect(peer, incarnation, addresses, freePlaces, uploadBitsPerSecond, island, leastUs);
    }
}
