package io.swarmflux.observe;

import io.swarmflux.peer.PeerSnapshot;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether a peer is well, judged from one snapshot and from nothing else: {@code peer.snapshot().map(Health::of)}.
 *
 * @param status the verdict
 * @param reasons why it is not better; empty when it is up
 */
public record Health(Status status, List<Reason> reasons) {
    /** After so long without a segment a stream that goes on stands still. */
    static final long STILL_MILLIS = 3_000;

    /** For so long a gap is remembered. */
    static final long MISSED_MILLIS = 10_000;

    /** What a peer may always be behind: one turn of the sub-streams, or two seconds. */
    static final long LEAST_LAG = 8;

    static final long LAG_SECONDS = 2;

    /** The verdict. */
    public enum Status {
        /** All is well, or the stream is over. */
        UP,
        /** It works, worse than it should. */
        DEGRADED,
        /** It has nothing to play or to pass on. */
        DOWN
    }

    /** What can be wrong. */
    public enum Reason {
        /** No stream was heard of yet, or a seeder still waits for downstreams. Makes it down. */
        NO_STREAM,
        /** Nobody is there who could bring the stream. Makes it down once nothing has come for 3 s. */
        NO_UPSTREAM,
        /** Nothing has come for 3 s, and the stream is not over. */
        STANDS_STILL,
        /** It is more than two seconds, and more than 8 segments, behind the live edge. */
        LAGS,
        /** In the last 10 s a reader had to go without segments that did not come. */
        MISSES
    }

    /** Keeps its own list. */
    public Health {
        reasons = List.copyOf(reasons);
    }

    /**
     * Judges a snapshot.
     *
     * @param look how a peer looks
     * @return the verdict, with every reason that applies
     */
    public static Health of(PeerSnapshot look) {
        if (look.isOver()) {
            return new Health(Status.UP, List.of());
        }
        PeerSnapshot.Progress progress = look.progress();
        boolean still = progress.stillMillis() >= STILL_MILLIS;
        boolean alone = !look.seeds() && look.upstreams().stream().noneMatch(PeerSnapshot.Upstream::open);
        List<Reason> reasons = new ArrayList<>();
        if (look.epoch() < 0) {
            reasons.add(Reason.NO_STREAM);
        }
        if (alone) {
            reasons.add(Reason.NO_UPSTREAM);
        }
        if (look.epoch() >= 0 && still) {
            reasons.add(Reason.STANDS_STILL);
        }
        if (!still && progress.lag() > Math.max(LEAST_LAG, LAG_SECONDS * progress.segmentsPerSecond())) {
            reasons.add(Reason.LAGS);
        }
        long missedMillis = progress.missed().lastMillis();
        if (missedMillis >= 0 && missedMillis < MISSED_MILLIS) {
            reasons.add(Reason.MISSES);
        }
        Status status =
                look.epoch() < 0 || (alone && still) ? Status.DOWN : reasons.isEmpty() ? Status.UP : Status.DEGRADED;
        return new Health(status, reasons);
    }
}
