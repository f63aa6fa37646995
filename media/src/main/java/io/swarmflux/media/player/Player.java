package io.swarmflux.media.player;

import io.swarmflux.flux.ReaderSpec;
import io.swarmflux.flux.StreamSignal;
import io.swarmflux.segment.Segment;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What a stream is played on. A player plays once. */
public interface Player {
    /**
     * Plays a stream to its end.
     *
     * @param stream elements in order, with the gaps in band
     * @return plays when subscribed; emits what was found once the stream has ended and everything is in place; fails as
     *     the stream does, or when the player itself cannot go on; fails with {@link IllegalStateException} when it is
     *     subscribed a second time
     */
    Mono<PlayReport> play(Flux<StreamSignal<Segment>> stream);

    /**
     * What it found up to now. May be asked from any thread, before, during and after.
     *
     * @return the counts of this moment
     */
    PlayReport soFar();

    /**
     * How this player wants to read.
     *
     * @param spec how it would be read for any player
     * @return by default the same
     */
    default ReaderSpec reader(ReaderSpec spec) {
        return spec;
    }
}
