package io.swarmflux.samples.bench;

import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.SegmentSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A feed as the source of a seeder. It is taken on a thread that may wait, as a file or a pipe would be.
 *
 * @param feed is taken once
 * @param ready nothing is taken before this completes: when all players are there
 */
public record FeedSource(Feed feed, Mono<Void> ready) implements SegmentSource {
    @Override
    public Flux<Cut> cuts(long from) {
        return feed.segments()
                .map(segment -> new Cut(segment, 0, Segment.RANDOM_ACCESS))
                .delaySubscription(ready);
    }

    @Override
    public boolean rereadable() {
        return false;
    }
}
