package io.swarmflux.media.matrix;

import io.swarmflux.segment.Cut;
import io.swarmflux.segment.SegmentSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A source in fast motion that stops after some pieces, until it is told to go on; and that nobody can read again. */
record Paused(SegmentSource source, long after, Mono<?> goOn) implements SegmentSource {
    private static final int FASTER = 20;

    @Override
    public Flux<Cut> cuts(long from) {
        return source.cuts(0)
                .concatMap(
                        cut -> Mono.just(
                                new Cut(cut.payload(), cut.mediaTimeUs() / FASTER, cut.flags(), cut.headers())),
                        1)
                .index()
                .concatMap(cut -> cut.getT1() < after ? Mono.just(cut.getT2()) : goOn.then(Mono.just(cut.getT2())), 1);
    }

    @Override
    public boolean rereadable() {
        return false;
    }

    @Override
    public String mediaType() {
        return source.mediaType();
    }
}
