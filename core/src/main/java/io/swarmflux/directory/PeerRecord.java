package io.swarmflux.directory;

import io.swarmflux.segment.StreamId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a peer says of itself. Texts have no white space and no control characters.
 *
 * @param stream what it serves
 * @param name its name in the swarm, 1 to 64 bytes of UTF-8
 * @param incarnation grows with each start of the peer, for example milliseconds since 1970; 0 to {@value #MAX_INCARNATION}
 * @param addresses where it can be dialled, 1 to 8 of at most 256 bytes
 * @param freePlaces how many more downstreams it takes, at most a million; {@value #UNKNOWN} when it does not say
 * @param uploadBitsPerSecond how much it can send; {@value #UNKNOWN} when it does not say
 * @param island the island that it is a member of, 1 to 64 bytes; null for none
 * @param age how long ago the directory heard of it; zero in what is announced
 */
public record PeerRecord(
        StreamId stream,
        String name,
        long incarnation,
        List<String> addresses,
        int freePlaces,
        long uploadBitsPerSecond,
        @Nullable String island,
        Duration age) {
    /** The longest name of a peer or an island, in bytes of UTF-8. */
    public static final int MAX_NAME_BYTES = 64;

    /** The most addresses of one peer. */
    public static final int MAX_ADDRESSES = 8;

    /** The longest address, in bytes of UTF-8. */
    public static final int MAX_ADDRESS_BYTES = 256;

    /** The largest incarnation, which is the largest whole number that JSON and Lua keep exactly. */
    public static final long MAX_INCARNATION = (1L << 53) - 1;

    /** What is not said. */
    public static final int UNKNOWN = -1;

    private static final int MAX_PLACES = 1_000_000;

    /** Checks everything. */
    public PeerRecord {
        check("a peer's name", name, MAX_NAME_BYTES);
        if (incarnation < 0 || incarnation > MAX_INCARNATION) {
            throw new IllegalArgumentException("incarnation is 0 to " + MAX_INCARNATION + ", was " + incarnation);
        }
        addresses = List.copyOf(addresses);
        if (addresses.isEmpty() || addresses.size() > MAX_ADDRESSES) {
            throw new IllegalArgumentException(
                    "a peer has 1 to " + MAX_ADDRESSES + " addresses, " + name + " has " + addresses.size());
        }
        addresses.forEach(address -> check("an address", address, MAX_ADDRESS_BYTES));
        if (freePlaces < UNKNOWN || freePlaces > MAX_PLACES) {
            throw new IllegalArgumentException("freePlaces is -1 to " + MAX_PLACES + ", was " + freePlaces);
        }
        if (uploadBitsPerSecond < UNKNOWN || uploadBitsPerSecond > MAX_INCARNATION) {
            throw new IllegalArgumentException(
                    "uploadBitsPerSecond is -1 to " + MAX_INCARNATION + ", was " + uploadBitsPerSecond);
        }
        if (island != null) {
            check("an island's name", island, MAX_NAME_BYTES);
        }
        if (age.isNegative()) {
            throw new IllegalArgumentException("age must not be negative, was " + age);
        }
    }

    private static void check(String what, String text, int maxBytes) {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > maxBytes) {
            throw new IllegalArgumentException(what + " has 1 to " + maxBytes + " bytes, was " + bytes);
        }
        if (text.chars().anyMatch(c -> Character.isWhitespace(c) || Character.isISOControl(c))) {
            throw new IllegalArgumentException(
                    what + " has no white space and no control characters, was '" + text + "'");
        }
    }

    /**
     * A peer that says nothing of its places, its upload and its island.
     *
     * @param stream what it serves
     * @param name its name in the swarm
     * @param incarnation grows with each start of the peer
     * @param addresses where it can be dialled
     * @return its record
     */
    public static PeerRecord of(StreamId stream, String name, long incarnation, String... addresses) {
        return new PeerRecord(stream, name, incarnation, List.of(addresses), UNKNOWN, UNKNOWN, null, Duration.ZERO);
    }

    /**
     * Sets where it can be dialled.
     *
     * @param others 1 to 8 addresses
     * @return the same otherwise
     */
    public PeerRecord withAddresses(List<String> others) {
        return new PeerRecord(stream, name, incarnation, others, freePlaces, uploadBitsPerSecond, island, age);
    }

    /**
     * Sets how many more downstreams it takes.
     *
     * @param places {@value #UNKNOWN} when it does not say
     * @return the same otherwise
     */
    public PeerRecord withFreePlaces(int places) {
        return new PeerRecord(stream, name, incarnation, addresses, places, uploadBitsPerSecond, island, age);
    }

    /**
     * Sets how much it can send.
     *
     * @param bitsPerSecond {@value #UNKNOWN} when it does not say
     * @return the same otherwise
     */
    public PeerRecord withUpload(long bitsPerSecond) {
        return new PeerRecord(stream, name, incarnation, addresses, freePlaces, bitsPerSecond, island, age);
    }

    /**
     * Sets its island.
     *
     * @param name null for none
     * @return the same otherwise
     */
    public PeerRecord withIsland(@Nullable String name) {
        return new PeerRecord(stream, this.name, incarnation, addresses, freePlaces, uploadBitsPerSecond, name, age);
    }

    /**
     * Sets how long ago it was heard of.
     *
     * @param heard zero for now
     * @return the same otherwise
     */
    public PeerRecord withAge(Duration heard) {
        return new PeerRecord(stream, name, incarnation, addresses, freePlaces, uploadBitsPerSecond, island, heard);
    }

    /** Whether this is to be believed rather than the other: a newer incarnation, or the same heard of later. */
    boolean replaces(PeerRecord other) {
        return incarnation > other.incarnation || (incarnation == other.incarnation && age.compareTo(other.age) <= 0);
    }

    /** Whether both say the same, whenever they said it. */
    boolean saysTheSame(PeerRecord other) {
        return withAge(Duration.ZERO).equals(other.withAge(Duration.ZERO));
    }
}
