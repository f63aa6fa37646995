package io.swarmflux.peer;

import io.swarmflux.wire.Message;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * By which ways sub-streams come to one upstream, as it says, and so which of them may be taken from there: those whose way is
 * known and does not lead through this peer. Inside the strand.
 *
 * <p>A loop may be longer than any way that can be told, and in a loop that came about before anybody had a way nobody ever gets one.
 * So what comes by too long a way, or by none for long, is doubtful: others are better who have room for it, and until there are any
 * it stays.
 */
final class HeardPaths {
    private static final int MOST_SUB_STREAMS = 64;

    /** Who is told so long a way does not go on with it, if there is anybody else: it may be a loop that grows and grows. */
    static final int LONGEST = 16;

    /** Who has no way for so long does not merely wait for its own upstream: perhaps everybody in a loop waits for the next. */
    private static final long WAYLESS_NS = 1_000_000_000L;

    private final String here;
    private final Predicate<List<String>> refused;
    private final Message.@Nullable Path[] paths = new Message.Path[MOST_SUB_STREAMS];

    /** Since when it says that it has no way. */
    private final long[] waylessSinceNs = new long[MOST_SUB_STREAMS];

    // what follows from the paths, worked out when they change
    private long known;
    private long clear;
    private long tooLong;
    private long wayless;
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
        tooLong = 0;
        wayless = 0;
        loops = 0;
        measure();
    }

    /** It says newer ways for some sub-streams. Answers with those by which the way is not what it was. */
    long said(List<Message.Path> newer, long nowNs) {
        long changed = 0;
        for (Message.Path path : newer) {
            boolean none = path.peers().isEmpty();
            boolean throughHere = path.peers().contains(here);
            long mask = path.subStreams();
            boolean endless = path.peers().size() >= LONGEST && !throughHere;
            known = none ? known & ~mask : known | mask;
            clear = none || throughHere || endless ? clear & ~mask : clear | mask;
            tooLong = endless ? tooLong | mask : tooLong & ~mask;
            loops &= ~mask;
            for (long rest = mask; rest != 0; rest &= rest - 1) {
                int subStream = Long.numberOfTrailingZeros(rest);
                Message.Path before = paths[subStream];
                boolean same = before == null ? none : before.peers().equals(path.peers());
                changed |= same ? 0 : 1L << subStream;
                paths[subStream] = none ? null : path;
                boolean still = none && (wayless & 1L << subStream) != 0;
                waylessSinceNs[subStream] = still ? waylessSinceNs[subStream] : nowNs;
            }
            wayless = none ? wayless | mask : wayless & ~mask;
        }
        measure();
        return changed;
    }

    /** It takes this sub-stream from here: until it says another way it cannot bring it. */
    void isLoop(int subStream) {
        loops |= 1L << subStream;
        known &= ~(1L << subStream);
        clear &= ~(1L << subStream);
        tooLong &= ~(1L << subStream);
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
        return (clear & ~refusedNow()) | (share & (tooLong | ~(known | loops)));
    }

    /** Whether the way of a sub-stream may well be a loop: it is as long as can be told, or there has been none for long. */
    boolean doubtful(int subStream, long nowNs) {
        long bit = 1L << subStream;
        return (tooLong & bit) != 0 || ((wayless & bit) != 0 && nowNs - waylessSinceNs[subStream] > WAYLESS_NS);
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

    /** How many hops the way of a sub-stream to it has; 0 when it does not say. */
    int hops(int subStream) {
        Message.Path path = paths[subStream];
        return path == null ? 0 : path.peers().size();
    }

    /** How many hops the shortest way to it has. */
    int depth() {
        return depth;
    }
}
