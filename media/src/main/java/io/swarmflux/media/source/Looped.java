package io.swarmflux.media.source;

import io.swarmflux.media.segmenter.MediaFormat;
import io.swarmflux.media.segmenter.TsLoop;
import io.swarmflux.segment.CodecHeaders;
import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.SegmentSource;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A source over and over, without end, while media time goes on. The source is read through once beforehand, to learn
 * how many pieces a round has and how long it takes; a round lasts as long as its last piece is due, and once more the
 * step to it. In a transport stream the clock and the counters go on too, so that no player notices; other media with a clock of
 * its own has {@link Segment#DISCONTINUITY} where that begins again. An empty source stays empty.
 */
public final class Looped implements SegmentSource {
    private final SegmentSource source;
    private final boolean jumps;
    private final Mono<Round> round;

    /** One time through: how long it is, the last two media times, and what a transport stream needs to go on. */
    private record Round(
            long pieces,
            long lastUs,
            long stepUs,
            int versions,
            @Nullable TsLoop ts) {
        Round with(Cut cut) {
            if (ts != null) {
                ts.learn(cut.payload());
            }
            return new Round(
                    pieces + 1,
                    cut.mediaTimeUs(),
                    pieces == 0 ? 0 : cut.mediaTimeUs() - lastUs,
                    cut.headers().version(),
                    ts);
        }

        long lengthUs() {
            return ts != null && ts.lengthUs() > lastUs ? ts.lengthUs() : lastUs + stepUs;
        }

        boolean goesOn() {
            return ts != null && ts.lengthUs() > lastUs;
        }
    }

    private Looped(SegmentSource source) {
        this.source = source;
        this.jumps = !source.mediaType().equals(MediaFormat.RAW.mediaType());
        this.round = Mono.defer(() -> source.cuts(0)
                        .reduce(
                                new Round(
                                        0,
                                        0,
                                        0,
                                        0,
                                        mediaType().equals(MediaFormat.MPEG_TS.mediaType()) ? new TsLoop() : null),
                                Round::with))
                .cache();
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
                        return source.cuts(first).index((place, cut) -> later(once, number, cut, first + place == 0));
                    })
                    .repeat();
        });
    }

    private Cut later(Round once, long number, Cut cut, boolean first) {
        byte[] payload = cut.payload();
        TsLoop ts = once.ts();
        boolean jump = jumps && first && number > 0 && !once.goesOn();
        if (ts != null && once.goesOn() && number > 0) {
            ts.shift(payload, number); // the source has given it away
        }
        int flags = jump ? cut.flags() | Segment.DISCONTINUITY : cut.flags();
        return new Cut(payload, cut.mediaTimeUs() + number * once.lengthUs(), flags, headers(once, number, cut));
    }

    /** Versions only grow: where they change within a round, each round has its own. */
    private static CodecHeaders headers(Round once, long number, Cut cut) {
        CodecHeaders headers = cut.headers();
        return once.versions() <= 1
                ? headers
                : new CodecHeaders((int) (headers.version() + number * once.versions()), headers.bytes());
    }
}
