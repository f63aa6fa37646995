package io.swarmflux.peer;

import io.swarmflux.segment.StreamId;
import java.util.List;

/**
 * What a peer looks like at one moment.
 *
 * @param peer its id
 * @param stream the stream
 * @param epoch the epoch it plays; -1 before the first
 * @param finalSequence the last sequence of the epoch; -1 for an empty one, -2 while it goes on
 * @param window its window
 * @param upstreams who gives it segments over links, and who did
 * @param downstreams who takes segments from it, and who did
 * @param repaired how many segments came in answer to a request of its own
 * @param conflicts how many segments came with other bytes than the one held under their sequence
 * @param violations how many links were closed because the other end broke the rules
 */
public record PeerSnapshot(
        String peer,
        StreamId stream,
        long epoch,
        long finalSequence,
        Window window,
        List<Upstream> upstreams,
        List<Downstream> downstreams,
        long repaired,
        long conflicts,
        long violations) {
    /**
     * The window.
     *
     * @param oldest the oldest sequence held
     * @param next the first sequence not held: everything before it came or was passed
     * @param edge one past the newest sequence held
     * @param segments how many are held
     * @param bytes their encoded bytes
     * @param accepted how many were accepted since the start, over all epochs
     * @param duplicates how many came that were there already
     * @param late how many came after the window had moved past them
     */
    public record Window(
            long oldest, long next, long edge, int segments, long bytes, long accepted, long duplicates, long late) {}

    /**
     * One upstream.
     *
     * @param peer its id, or the name of a local publisher
     * @param address where it was dialled; empty when it dialled us or is local
     * @param open whether it is there now
     * @param segments how many segments came from it, duplicates too
     * @param bytes their encoded bytes
     * @param duplicates how many of them were there already
     * @param lag how many sequences it is behind the edge
     * @param roundTripMillis the least round trip measured; -1 when none was
     */
    public record Upstream(
            String peer,
            String address,
            boolean open,
            long segments,
            long bytes,
            long duplicates,
            long lag,
            long roundTripMillis) {
        /** Both as one: an upstream over several links, the newer one first. */
        Upstream and(Upstream older) {
            return new Upstream(
                    peer,
                    address.isEmpty() ? older.address : address,
                    open,
                    segments + older.segments,
                    bytes + older.bytes,
                    duplicates + older.duplicates,
                    lag,
                    roundTripMillis < 0 ? older.roundTripMillis : roundTripMillis);
        }
    }

    /**
     * One downstream.
     *
     * @param peer its id
     * @param segments how many segments were sent to it
     * @param bytes their encoded bytes
     * @param next the first sequence it does not hold, as far as it said
     */
    public record Downstream(String peer, long segments, long bytes, long next) {
        /** Both as one: a downstream over several links, the newer one first. */
        Downstream and(Downstream older) {
            return new Downstream(peer, segments + older.segments, bytes + older.bytes, Math.max(next, older.next));
        }
    }
}
