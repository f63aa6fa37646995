package io.swarmflux.peer;

import io.swarmflux.segment.StreamId;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What a peer looks like at one moment. Counts grow from the start on, over all epochs and links; the rest is how it stands now.
 *
 * @param peer its id
 * @param stream the stream
 * @param seeds whether its segments come from a source of its own
 * @param epoch the epoch it plays; -1 before the first
 * @param finalSequence the last sequence of the epoch; -1 for an empty one, -2 while it goes on
 * @param window its window
 * @param progress how it gets on
 * @param upstreams who gives it segments, and who did
 * @param downstreams who takes segments from it, and who did
 * @param repair what it asked for again
 * @param conflicts how many segments came with other bytes than the one held under their sequence
 * @param violations how many links were closed because the other end broke the rules
 * @param readers who reads from it in this process, now
 * @param counts what it counts by kind
 * @param group how it stands in its island; null when it belongs to none
 */
public record PeerSnapshot(
        String peer,
        StreamId stream,
        boolean seeds,
        long epoch,
        long finalSequence,
        Window window,
        Progress progress,
        List<Upstream> upstreams,
        List<Downstream> downstreams,
        Repair repair,
        long conflicts,
        long violations,
        List<Reader> readers,
        PeerCounts counts,
        @Nullable Group group) {
    /**
     * Whether the epoch has ended and everything of it came or was passed.
     *
     * @return true when nothing more is to come
     */
    public boolean isOver() {
        return epoch >= 0 && finalSequence > -2 && window.next() > finalSequence;
    }

    /**
     * The window.
     *
     * @param oldest the oldest sequence held
     * @param next the first sequence not held: everything before it came or was passed
     * @param edge one past the newest sequence held
     * @param segments how many are held
     * @param bytes their encoded bytes
     * @param accepted how many were accepted since the start, over all epochs
     * @param delivered how many of them at least one reader or downstream got
     * @param unread how many of them left the window before any got them
     * @param duplicates how many came that were there already
     * @param late how many came after the window had moved past them
     * @param refused how many came that the window had no place for
     */
    public record Window(
            long oldest,
            long next,
            long edge,
            int segments,
            long bytes,
            long accepted,
            long delivered,
            long unread,
            long duplicates,
            long late,
            long refused) {}

    /**
     * How the peer gets on.
     *
     * @param lag how many sequences {@link Window#next()} is behind the live edge, which is the edge held or the one that at least
     *     half of the upstreams have announced
     * @param segmentsPerSecond how many segments the window takes, over the last two seconds
     * @param stillMillis for how long it has taken none, to a quarter of a second; since the start when it never has
     * @param missed what its readers had to go without
     */
    public record Progress(long lag, long segmentsPerSecond, long stillMillis, Missed missed) {}

    /**
     * Gaps that readers passed because the segments did not come, each reader counting for itself. What a reader skipped because
     * it lagged itself, or because the epoch changed, is not among them.
     *
     * @param gaps how many gaps
     * @param segments how many segments they had
     * @param lastMillis how long ago the last one was passed; -1 when none was
     */
    public record Missed(long gaps, long segments, long lastMillis) {}

    /**
     * What was asked for again.
     *
     * @param asked how many requests for one segment were sent; a segment that was asked from two upstreams counts twice
     * @param answered how many segments came in answer
     * @param givenUp how many segments were asked for and passed all the same
     */
    public record Repair(long asked, long answered, long givenUp) {}

    /**
     * One upstream.
     *
     * @param peer its id, or the name of a local publisher
     * @param address where it was dialled; empty when it dialled us or is local
     * @param open whether it is there now
     * @param segments how many segments came from it, duplicates too
     * @param bytes their encoded bytes
     * @param duplicates how many of them were there already
     * @param now how it does at this moment
     */
    public record Upstream(
            String peer, String address, boolean open, long segments, long bytes, long duplicates, Now now) {
        /** The same under another name. */
        Upstream named(String name) {
            return new Upstream(name, "", open, segments, bytes, duplicates, now);
        }

        /** Both as one: an upstream over several links, the newer one first. */
        Upstream and(Upstream older) {
            return new Upstream(
                    peer,
                    address.isEmpty() ? older.address : address,
                    open,
                    segments + older.segments,
                    bytes + older.bytes,
                    duplicates + older.duplicates,
                    now.roundTripMillis < 0 ? now.withRoundTrip(older.now.roundTripMillis) : now);
        }
    }

    /**
     * How an upstream does at this moment.
     *
     * @param subStreams the sub-streams it is asked for, ascending; none for a local publisher, which brings what it likes
     * @param bitsPerSecond what comes from it, duplicates too, in encoded bytes over the last two seconds
     * @param lag how many sequences it is behind the edge held here, by what it announced or brought
     * @param roundTripMillis the least round trip measured; -1 when none was
     */
    public record Now(List<Integer> subStreams, long bitsPerSecond, long lag, long roundTripMillis) {
        private Now withRoundTrip(long millis) {
            return new Now(subStreams, bitsPerSecond, lag, millis);
        }
    }

    /**
     * One downstream.
     *
     * @param peer its id
     * @param open whether it is there now
     * @param segments how many segments were sent to it
     * @param bytes their encoded bytes
     * @param next the first sequence it does not hold, as far as it said
     * @param subStreams the sub-streams it takes from here, ascending
     * @param bitsPerSecond what is sent to it, in encoded bytes over the last two seconds
     */
    public record Downstream(
            String peer,
            boolean open,
            long segments,
            long bytes,
            long next,
            List<Integer> subStreams,
            long bitsPerSecond) {
        /** The same under another name. */
        Downstream named(String name) {
            return new Downstream(name, open, segments, bytes, next, subStreams, bitsPerSecond);
        }

        /** Both as one: a downstream over several links, the newer one first. */
        Downstream and(Downstream older) {
            return new Downstream(
                    peer,
                    open,
                    segments + older.segments,
                    bytes + older.bytes,
                    Math.max(next, older.next),
                    subStreams,
                    bitsPerSecond);
        }
    }

    /**
     * How it stands in its island.
     *
     * @param island what the island is called in ways
     * @param members how many hear each other, this peer included, as far as it knows
     * @param feeds the sub-streams that it feeds into the island, ascending
     * @param received how many segments the group brought, duplicates too
     * @param receivedBytes their encoded bytes
     * @param duplicates how many of them were there already
     * @param sent how many segments it sent to the group
     * @param sentBytes their encoded bytes
     * @param noticed how many segments, or parts of them, it took for lost on the group
     * @param naks how many times it asked the group for what was lost
     * @param asked how many pieces it asked for in all of these together
     * @param repairs how many pieces it sent again because others had asked
     * @param dropped how many frames were of no use: malformed, of another stream or epoch, or too many; and with a secret, from
     *     whoever does not know it, or sent a second time
     */
    public record Group(
            String island,
            int members,
            List<Integer> feeds,
            long received,
            long receivedBytes,
            long duplicates,
            long sent,
            long sentBytes,
            long noticed,
            long naks,
            long asked,
            long repairs,
            long dropped) {}

    /**
     * One reader in this process.
     *
     * @param name as its spec says; several may have one name
     * @param signals how many segments it was given, and gaps if it is told of them
     * @param lag how many sequences it is behind the newest held here
     * @param active whether it was given anything in the last two seconds
     */
    public record Reader(String name, long signals, long lag, boolean active) {}

    /** The numbers of the bits that are set. */
    static List<Integer> subStreams(long mask) {
        return IntStream.range(0, Long.SIZE)
                .filter(i -> (mask & 1L << i) != 0)
                .boxed()
                .toList();
    }
}
