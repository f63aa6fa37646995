package io.swarmflux.peer;

import io.swarmflux.wire.Message;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * By which ways sub-streams come to one upstream, as it says, and so which of them may be taken from there: those whose way is
 * known and does not lead through this peer. Inside the strand.
 */
final class HeardPaths {
    private static final int MOST_SUB_STREAMS = 64;

    private final String here;
    private final Predicate<List<String>> refused;
    private final Message.@Nullable Path[] paths = new Message.Path[MOST_SUB_STREAMS];

    // what follows from the paths, worked out when they change
    private long known;
    private long clear;
    private boolean saysAges;
    private int depth;

    /** Bit i set: the other end takes sub-stream i from here. */
    private long loops;

    /** Nothing is known; {@code here} is this peer's name, {@code refused} which other ways must not be taken. */
    HeardPaths(String here, Predicate<List<String>> refused) {
        this.here = here;
        this.refused = refused;
    }

    void forget() {
        Arrays.fill(paths, null);
        known = 0;
        clear = 0;
        loops = 0;
        measure();
    }

    /** It says newer ways for some sub-streams. */
    void said(List<Message.Path> newer) {
        for (Message.Path path : newer) {
            boolean none = path.peers().isEmpty();
            boolean throughHere = path.peers().contains(here);
            long mask = path.subStreams();
            known = none ? known & ~mask : known | mask;
            clear = none || throughHere ? clear & ~mask : clear | mask;
            loops &= ~mask;
            for (long rest = mask; rest != 0; rest &= rest - 1) {
                paths[Long.numberOfTrailingZeros(rest)] = none ? null : path;
            }
        }
        measure();
    }

    /** It takes this sub-stream from here: until it says another way it cannot bring it. */
    void isLoop(int subStream) {
        loops |= 1L << subStream;
        known &= ~(1L << subStream);
        clear &= ~(1L << subStream);
        paths[subStream] = null;
        measure();
    }

    private void measure() {
        saysAges = false;
        int least = Integer.MAX_VALUE;
        for (Message.Path path : paths) {
            if (path != null) {
                saysAges |= path.ageUs() >= 0;
                least = Math.min(least, path.peers().size());
            }
        }
        depth = least == Integer.MAX_VALUE ? 0 : least;
    }

    /**
     * Which sub-streams may be taken from there. What it brings already stays while its way is not known.
     *
     * @param share what it brings, bit by bit
     */
    long eligible(long share) {
        return (clear & ~refusedNow()) | (share & ~(known | loops));
    }

    private long refusedNow() {
        long mask = 0;
        for (long rest = clear; rest != 0; rest &= rest - 1) {
            Message.Path path = paths[Long.numberOfTrailingZeros(rest)];
            mask |= path != null && refused.test(path.peers()) ? Long.lowestOneBit(rest) : 0;
        }
        return mask;
    }

    /** The way of a sub-stream, peer by peer; null when it does not say. */
    @Nullable
    List<String> way(int subStream) {
        Message.Path path = paths[subStream];
        return path == null ? null : path.peers();
    }

    /** How old a sub-stream's segments are when they come to it; negative when it does not say. */
    long ageUs(int subStream) {
        Message.Path path = paths[subStream];
        return path == null ? Message.UNKNOWN : path.ageUs();
    }

    /** Whether it says that of any sub-stream. */
    boolean saysAges() {
        return saysAges;
    }

    /** How many hops the shortest way to it has. */
    int depth() {
        return depth;
    }
}
