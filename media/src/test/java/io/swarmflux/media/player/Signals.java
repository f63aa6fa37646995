package io.swarmflux.media.player;

import io.swarmflux.flux.Gap;
import io.swarmflux.flux.StreamSignal;
import io.swarmflux.media.source.CounterSource;
import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.StreamId;
import java.util.Objects;
import reactor.core.publisher.Flux;

/** Signals of a made-up stream. */
final class Signals {
    private static final StreamId NEWS = StreamId.of("news");

    private Signals() {}

    static StreamSignal<Segment> integer(long epoch, long sequence) {
        return segment(
                epoch,
                sequence,
                Objects.requireNonNull(
                        CounterSource.of(Long.MAX_VALUE).cuts(sequence).blockFirst()));
    }

    static StreamSignal<Segment> segment(long epoch, long sequence, Cut cut) {
        return new StreamSignal.Element<>(Segment.of(NEWS, epoch, sequence, cut, 0));
    }

    static StreamSignal<Segment> gap(long epoch, long from, long until) {
        return new StreamSignal.Missing<>(new Gap(epoch, from, until, Gap.Reason.TIMEOUT));
    }

    static Flux<StreamSignal<Segment>> integers(long from, long until) {
        return Flux.range(0, Math.toIntExact(until - from)).map(i -> integer(1, from + i));
    }
}
