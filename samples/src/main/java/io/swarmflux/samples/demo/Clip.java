package io.swarmflux.samples.demo;

import io.swarmflux.media.segmenter.MediaFormat;
import io.swarmflux.media.segmenter.MediaSegmenter;
import io.swarmflux.media.source.Looped;
import io.swarmflux.media.source.MediaFile;
import io.swarmflux.segment.Cut;
import io.swarmflux.segment.SegmentSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Objects;
import reactor.core.publisher.Flux;

/**
 * The clip that comes with the demo, in a file of its own while it is shown: 15 s of H.264 and AAC in MPEG-TS.
 * {@code clip.md} beside it says how it was made.
 *
 * @param file a copy
 * @param bytes its size
 */
record Clip(Path file, long bytes) implements AutoCloseable {
    static final int SEGMENT_BYTES = 4 * 1024;

    static Clip unpack() {
        try (InputStream clip = Objects.requireNonNull(Clip.class.getResourceAsStream("clip.ts"))) {
            Path file = Files.createTempFile("swarmflux-demo-", ".ts");
            return new Clip(file, Files.copy(clip, file, StandardCopyOption.REPLACE_EXISTING));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot unpack the demo's clip: " + e.getMessage(), e);
        }
    }

    /** The clip over and over, without end. */
    SegmentSource endless() {
        return Looped.of(cut());
    }

    /** The clip over and over, cut off after a time. */
    Source lasting(Duration time) {
        SegmentSource looped = endless();
        long timeUs = time.toNanos() / 1000;
        return Objects.requireNonNull(looped.cuts(0)
                .takeWhile(cut -> cut.mediaTimeUs() < timeUs)
                .reduce(
                        new Source(looped, 0, 0),
                        (sofar, cut) -> new Source(looped, sofar.segments() + 1, sofar.bytes() + cut.payload().length))
                .block());
    }

    private MediaFile cut() {
        return MediaFile.of(file, MediaSegmenter.of(MediaFormat.MPEG_TS).segmentBytes(SEGMENT_BYTES));
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + file, e);
        }
    }

    /** The first so many pieces of another source. */
    record Source(SegmentSource source, long segments, long bytes) implements SegmentSource {
        @Override
        public Flux<Cut> cuts(long from) {
            return from >= segments ? Flux.empty() : source.cuts(from).take(segments - from);
        }

        @Override
        public boolean rereadable() {
            return true;
        }

        @Override
        public String mediaType() {
            return source.mediaType();
        }
    }
}
