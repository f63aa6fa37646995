package io.swarmflux.samples.demo;

import io.swarmflux.media.source.FileSource;
import io.swarmflux.media.source.Looped;
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
    static final long BITS_PER_SECOND = 1_200_000;

    static Clip unpack() {
        try (InputStream clip = Objects.requireNonNull(Clip.class.getResourceAsStream("clip.ts"))) {
            Path file = Files.createTempFile("swarmflux-demo-", ".ts");
            return new Clip(file, Files.copy(clip, file, StandardCopyOption.REPLACE_EXISTING));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot unpack the demo's clip: " + e.getMessage(), e);
        }
    }

    /** The whole clip, once. */
    Source once() {
        return new Source(FileSource.of(file).segmentBytes(SEGMENT_BYTES), (bytes + SEGMENT_BYTES - 1) / SEGMENT_BYTES);
    }

    /** The clip over and over, cut off after a time. */
    Source lasting(Duration time) {
        long segments = Math.max(1, time.toMillis() * BITS_PER_SECOND / 8_000 / SEGMENT_BYTES);
        return new Source(Looped.of(FileSource.of(file).segmentBytes(SEGMENT_BYTES)), segments);
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
    record Source(SegmentSource source, long segments) implements SegmentSource {
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
            return "video/mp2t";
        }
    }
}
