package io.swarmflux.media.player;

import io.swarmflux.flux.ReaderSpec;
import io.swarmflux.flux.StreamSignal;
import io.swarmflux.media.playout.Playout;
import io.swarmflux.segment.Segment;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Lets another player play each segment at its moment, and judges by the deadlines. */
public final class OnTime implements Player {
    private final Player player;
    private final Playout playout;

    private OnTime(Player player, Playout playout) {
        this.player = player;
        this.playout = playout;
    }

    /**
     * Puts a playout before a player.
     *
     * @param player plays what is released
     * @param playout releases on media time
     * @return the player with the playout
     */
    public static OnTime of(Player player, Playout playout) {
        return new OnTime(player, playout);
    }

    @Override
    public Mono<PlayReport> play(Flux<StreamSignal<Segment>> stream) {
        return player.play(stream.transform(playout)).map(report -> report.judgedBy(playout.counts()));
    }

    @Override
    public PlayReport soFar() {
        return player.soFar().judgedBy(playout.counts());
    }

    @Override
    public ReaderSpec reader(ReaderSpec spec) {
        return player.reader(playout.reader(spec));
    }
}
