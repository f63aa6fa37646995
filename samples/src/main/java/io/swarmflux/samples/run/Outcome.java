package io.swarmflux.samples.run;

import io.swarmflux.media.player.PlayReport;
import io.swarmflux.peer.PeerSnapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a seeder or peer ended, or how it stands.
 *
 * @param snapshot the last look at it
 * @param played what its players found, in their order; empty for a relay
 * @param failure what went wrong, if anything
 * @param over whether it has ended: before that, what is not played yet is not missing
 */
public record Outcome(
        PeerSnapshot snapshot,
        List<PlayReport> played,
        @Nullable Throwable failure,
        boolean over) {
    private static final PlayReport NOTHING =
            new PlayReport(-1, -1, -1, 0, 0, List.of(), 0, 0, 0, "", new PlayReport.Timing(-1, 0, 0, 0, 0));

    /** Keeps its own list. */
    public Outcome {
        played = List.copyOf(played);
    }

    /**
     * What the first player found; when it is over, up to the final sequence where that is known.
     *
     * @return the report; all zero for a relay
     */
    public PlayReport first() {
        return played.isEmpty() ? NOTHING : upToTheEnd(played.get(0));
    }

    /**
     * Whether every player got everything in order.
     *
     * @return true when nothing is missing or wrong
     */
    public boolean consistent() {
        return failure == null
                && played.stream().allMatch(report -> upToTheEnd(report).consistent());
    }

    private PlayReport upToTheEnd(PlayReport report) {
        return over && report.epoch() == snapshot.epoch() ? report.upTo(snapshot.finalSequence()) : report;
    }
}
