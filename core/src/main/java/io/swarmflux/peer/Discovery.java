package io.swarmflux.peer;

import io.swarmflux.directory.Directories;
import io.swarmflux.directory.Directory;
import org.jspecify.annotations.Nullable;

/**
 * How a peer finds others by itself: in directories, where it announces itself as well, and by what its neighbours say. Upstreams that are
 * given by name are kept beside those that are found.
 *
 * @param directories where to announce, find and watch; null, the default, for what neighbours say alone
 * @param upstreams how many upstreams it has, if there are so many, 1 to 64; default 5. More of them make the loss of one matter less,
 *     and cost an announcement each 250 ms
 * @param known how many more peers it keeps in mind, to replace those that fail, 1 to 1,000; default 30
 * @param strategy whom it takes of those it knows, and whom it changes for others later; null, the default, for {@link
 *     Strategy#RANDOM}, and for {@link Strategy#ISLANDS} in an island
 */
public record Discovery(
        @Nullable Directories directories,
        int upstreams,
        int known,
        @Nullable Strategy strategy) {
    private static final int UPSTREAMS = 5;
    private static final int MOST_UPSTREAMS = 64;
    private static final int KNOWN = 30;
    private static final int MOST_KNOWN = 1_000;

    /** Whom a peer takes as upstreams. All but the first mix their rule with chance, half and half. */
    public enum Strategy {
        /** Anybody: a random mesh. */
        RANDOM,
        /** Who can send more than the peer itself: strong peers gather near the source. */
        BANDWIDTH,
        /** One of each tree: a peer passes on the sub-streams of few trees, and is a leaf of the others. */
        FOREST,
        /** Who is near, by measured round trip. */
        NEARBY,
        /** One member of each island at most, and none of the own. */
        ISLANDS
    }

    /** Checks the bounds. */
    public Discovery {
        if (upstreams < 1 || upstreams > MOST_UPSTREAMS) {
            throw new IllegalArgumentException("upstreams is 1 to " + MOST_UPSTREAMS + ", was " + upstreams);
        }
        if (known < 1 || known > MOST_KNOWN) {
            throw new IllegalArgumentException("known is 1 to " + MOST_KNOWN + ", was " + known);
        }
    }

    /**
     * Finds others by what neighbours say of each other; at least one upstream must be given by name then.
     *
     * @return without a directory
     */
    public static Discovery byNeighbours() {
        return new Discovery(null, UPSTREAMS, KNOWN, null);
    }

    /**
     * Finds others in a directory, and by what neighbours say.
     *
     * @param directory one, or several that {@link Directories} has made one
     * @return with the default bounds
     */
    public static Discovery in(Directory directory) {
        Directories all = directory instanceof Directories several ? several : Directories.merged(directory);
        return new Discovery(all, UPSTREAMS, KNOWN, null);
    }

    /**
     * Sets how many upstreams to have.
     *
     * @param number 1 to 64
     * @return the same otherwise
     */
    public Discovery upstreams(int number) {
        return new Discovery(directories, number, known, strategy);
    }

    /**
     * Sets how many more to keep in mind.
     *
     * @param number 1 to 1,000
     * @return the same otherwise
     */
    public Discovery knowing(int number) {
        return new Discovery(directories, upstreams, number, strategy);
    }

    /**
     * Sets whom to take.
     *
     * @param rule of those that are known
     * @return the same otherwise
     */
    public Discovery by(Strategy rule) {
        return new Discovery(directories, upstreams, known, rule);
    }
}
