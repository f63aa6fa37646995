package io.swarmflux.peer;

import io.swarmflux.swarm.UploadPlan;
import io.swarmflux.wire.Message;
import java.util.List;

/**
 * What one upstream said last of what it holds and of what it has to spare. Of another epoch than the one that it brings nothing
 * is noted. Inside the strand.
 */
final class Announced {
    private static final long[] NO_HOLES = {};

    private long oldest;
    private long edge;

    /** The epoch of which the edge is. */
    private long edgeEpoch = -1;

    /** From and until of what it lacks below the edge, hole by hole: looked at too often for a list. */
    private long[] holes = NO_HOLES;

    private int spare;
    private long serviceUs;

    /** It is subscribed to anew, and has nothing to spare until it says so again. */
    void askedAnew() {
        spare = 0;
    }

    /** It brings an epoch from now on: an older announcement of the same epoch may have named a later edge. */
    void begins(Message.Subscribed answer) {
        oldest = answer.oldest();
        edge = answer.epoch() == edgeEpoch ? Math.max(edge, answer.start()) : answer.start();
        edgeEpoch = answer.epoch();
        holes = NO_HOLES;
    }

    void said(Message.Announce announce) {
        oldest = announce.oldest();
        edge = announce.edge();
        holes = bounds(announce.holes());
        spare = announce.spare();
        serviceUs = announce.serviceUs();
    }

    /** Ranges come ordered and disjoint. */
    private static long[] bounds(List<Message.Range> ranges) {
        if (ranges.isEmpty()) {
            return NO_HOLES;
        }
        long[] bounds = new long[2 * ranges.size()];
        int at = 0;
        for (Message.Range range : ranges) {
            bounds[at++] = range.from();
            bounds[at++] = range.until();
        }
        return bounds;
    }

    /** Whether it holds a segment. */
    boolean holds(long sequence) {
        if (sequence < oldest || sequence >= edge) {
            return false;
        }
        for (int i = 0; i < holes.length && holes[i] <= sequence; i += 2) {
            if (sequence < holes[i + 1]) {
                return false;
            }
        }
        return true;
    }

    long oldest() {
        return oldest;
    }

    long edge() {
        return edge;
    }

    /** How many more sub-streams it has upload for. */
    int spare() {
        return spare == Message.ANY ? UploadPlan.UNLIMITED : spare;
    }

    /** How long a segment takes from there to here. */
    long serviceUs() {
        return serviceUs;
    }
}
