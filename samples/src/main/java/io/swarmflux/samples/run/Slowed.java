package io.swarmflux.samples.run;

import io.swarmflux.flux.StreamSignal;
import io.swarmflux.media.player.PlayReport;
import io.swarmflux.media.player.Player;
import io.swarmflux.segment.Segment;
import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A player that takes no more than a rate: somebody with a slow machine.
 *
 * @param player plays what it is given
 * @param bitsPerSecond payload bits it is given at most
 */
public record Slowed(Player player, long bitsPerSecond) implements Player {
    @Override
    public Mono<PlayReport> play(Flux<StreamSignal<Segment>> stream) {
        return player.play(stream.concatMap(signal -> Mono.delay(time(signal)).thenReturn(signal), 1));
    }

    @Override
    public PlayReport soFar() {
        return player.soFar();
    }

    private Duration time(StreamSignal<Segment> signal) {
        long bits = signal instanceof StreamSignal.Element<Segment> element
                ? element.value().payloadBytes() * 8L
                : 0;
        return Duration.ofNanos((long) (bits * 1e9 / bitsPerSecond));
    }
}
