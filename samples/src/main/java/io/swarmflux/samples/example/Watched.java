package io.swarmflux.samples.example;

import io.swarmflux.flux.ReaderSpec;
import io.swarmflux.media.http.HttpOutput;
import io.swarmflux.media.player.PlayReport;
import io.swarmflux.peer.RunningPeer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A peer's stream on a page. */
final class Watched {
    private Watched() {}

    /** Serves the page, with what the lines tell of the peer, until the stream ends. */
    static Mono<PlayReport> watch(RunningPeer peer, Flux<String> lines) {
        return HttpOutput.of(peer.stream().name(), peer::signals)
                .headers(peer::headers)
                .state(lines)
                .listen("127.0.0.1", 8080)
                .flatMap(player -> player.play(peer.signals(player.reader(ReaderSpec.defaults()))));
    }
}
