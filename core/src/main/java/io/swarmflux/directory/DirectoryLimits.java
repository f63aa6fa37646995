package io.swarmflux.directory;

import java.time.Duration;

/**
 * How much a directory keeps, so that nobody can fill its memory.
 *
 * @param streams how many streams; default 1,000
 * @param peersPerStream how many peers of one stream; default 50,000
 * @param peers how many peers in all; default 200,000
 * @param shortestLease what is granted to who asks for less; default 1 s
 * @param longestLease what is granted to who asks for more; default 60 s
 */
public record DirectoryLimits(
        int streams, int peersPerStream, int peers, Duration shortestLease, Duration longestLease) {
    /** Checks the bounds. */
    public DirectoryLimits {
        positive("streams", streams);
        positive("peersPerStream", peersPerStream);
        positive("peers", peers);
        if (shortestLease.toMillis() < 1 || shortestLease.compareTo(longestLease) > 0) {
            throw new IllegalArgumentException(
                    "the shortest lease is from 1 ms to the longest, was " + shortestLease + " and " + longestLease);
        }
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
    public static DirectoryLimits defaults() {
        return new DirectoryLimits(1_000, 50_000, 200_000, Duration.ofSeconds(1), Duration.ofSeconds(60));
    }

    /**
     * Sets how long leases are.
     *
     * @param shortest what is granted to who asks for less
     * @param longest what is granted to who asks for more
     * @return the same otherwise
     */
    public DirectoryLimits leases(Duration shortest, Duration longest) {
        return new DirectoryLimits(streams, peersPerStream, peers, shortest, longest);
    }

    /**
     * Sets how much is kept.
     *
     * @param streamCount how many streams
     * @param perStream how many peers of one stream
     * @param total how many peers in all
     * @return the same otherwise
     */
    public DirectoryLimits keeping(int streamCount, int perStream, int total) {
        return new DirectoryLimits(streamCount, perStream, total, shortestLease, longestLease);
    }

    /**
     * What is granted.
     *
     * @param asked how long a lease somebody wants
     * @return within the bounds
     */
    public Duration granted(Duration asked) {
        if (asked.compareTo(shortestLease) < 0) {
            return shortestLease;
        }
        return asked.compareTo(longestLease) > 0 ? longestLease : asked;
    }
}
