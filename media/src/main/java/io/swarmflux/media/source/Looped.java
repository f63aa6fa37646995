package io.swarmflux.media.source;

import io.swarmflux.media.segmenter.MediaFormat;
import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.SegmentSource;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A source over and over, without end, while media time goes on. The source is read through once beforehand, to learn
 * how many pieces a round has and how long it takes; a round lasts as long as its last piece is due, and once more the
 * step to it. Media that has a clock of its own, which begins again with each round, has {@link Segment#DISCONTINUITY} there. An empty
 * source stays empty.
 */
public final class Looped implements SegmentSource {
    private final SegmentSource source;
    private final boolean jumps;
    private final Mono<Round> round;

    /** One time through: how long it is, and the last two media times. */
    private record Round(long pieces, long lastUs, long stepUs) {
        static final Round NONE = new Round(0, 0, 0);

        Round with(Cut cut) {
            return new Round(pieces + 1, cut.mediaTimeUs(), pieces == 0 ? 0 : cut.mediaTimeUs() - lastUs);
        }

        long lengthUs() {
            return lastUs + stepUs;
        }
    }

    private Looped(SegmentSource source) {
        this.source = source;
        this.jumps = !source.mediaType().equals(MediaFormat.RAW.mediaType());
        this.round =
                Mono.defer(() -> source.cuts(0).reduce(Round.NONE, Round::with)).cache();
    }

    /**
     * Repeats a source.
     *
     * @param source one that can be read again
     * @return the source without end
     * @throws IllegalArgumentException when it can only be read once
     */
    public static Looped of(SegmentSource source) {
        if (!source.rereadable()) {
            throw new IllegalArgumentException("only a source that can be read again can be looped, was " + source);
        }
        return new Looped(source);
    }

    @Override
    public Flux<Cut> cuts(long from) {
        return round.flatMapMany(once -> once.pieces() == 0 ? Flux.empty() : rounds(once, from));
    }

    @Override
    public boolean rereadable() {
        return true;
    }

    @Override
    public String mediaType() {
        return source.mediaType();
    }

    private Flux<Cut> rounds(Round once, long from) {
        return Flux.defer(() -> {
            AtomicLong next = new AtomicLong(from);
            return Flux.defer(() -> {
                        long at = next.get();
                        long number = at / once.pieces();
                        next.set((number + 1) * once.pieces());
                        long first = at % once.pieces();
                        return source.cuts(first)
                                .index((place, cut) -> later(
                                        cut, number * once.lengthUs(), number > 0 && first + place == 0 && jumps));
                    })
                    .repeat();
        });
    }

    private static Cut later(Cut cut, long byUs, boolean jump) {
        int flags = jump ? cut.flags() | Segment.DISCONTINUITY : cut.flags();
        return new Cut(cut.payload(), cut.mediaTimeUs() + byUs, flags);
    }
}
