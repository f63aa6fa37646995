package io.swarmflux.samples.watch;

import io.swarmflux.media.player.PlayReport;
import java.util.List;

/** What is known before anything was played. */
final class Played {
    static final PlayReport NOTHING =
            new PlayReport(-1, -1, -1, 0, 0, List.of(), 0, 0, 0, "", new PlayReport.Timing(-1, 0, 0, 0, 0));

    private Played() {}
}
