package io.swarmflux.samples.command;

import io.swarmflux.media.segmenter.MediaFormat;
import io.swarmflux.media.segmenter.MediaSegmenter;
import io.swarmflux.media.source.FileSource;
import io.swarmflux.media.source.InputSource;
import io.swarmflux.media.source.LiveSource;
import io.swarmflux.media.source.Looped;
import io.swarmflux.media.source.MediaFile;
import io.swarmflux.media.source.RawSegmenter;
import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.SegmentSource;
import io.swarmflux.segment.Segmenter;
import io.swarmflux.topology.Quantity;
import java.io.BufferedInputStream;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What {@code seed --input} means: a file, standard input or a URL, looked at and ready to be cut. */
final class Input {
    private final String from;
    private final @Nullable String pace;
    private final @Nullable Long segmentSize;
    private final Consumer<String> notices;

    /**
     * What was asked for.
     *
     * @param from the value of the option
     * @param pace as typed
     * @param segmentSize in bytes
     * @param notices takes what is wrong with it later
     */
    Input(String from, @Nullable String pace, @Nullable Long segmentSize, Consumer<String> notices) {
        this.from = from;
        this.pace = pace;
        this.segmentSize = segmentSize;
        this.notices = notices;
    }

    /** A source, and whether media time can pace it. */
    record Opened(SegmentSource source, MediaFormat format) {}

    /** What was asked for cannot be had now; it may be there later. */
    static final class NotThere extends RuntimeException {
        private static final long serialVersionUID = 1;

        NotThere(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** Opens it, and waits until it is known what it is. Wrong usage is an {@link IllegalArgumentException}. */
    Opened open(boolean loop) {
        if (from.equals("-")) {
            return piped(loop);
        }
        return LiveSource.isUrl(from) ? live(loop) : file(loop);
    }

    private Opened piped(boolean loop) {
        if (loop) {
            throw new IllegalArgumentException("--loop needs a source that can be read again; give --input FILE");
        }
        InputStream in = new BufferedInputStream(System.in, MediaFormat.HEAD_BYTES);
        MediaFormat format = pacedByClock(pace) ? InputSource.formatOf(in) : MediaFormat.RAW;
        return new Opened(InputSource.of("standard input", in).cutBy(segmenter(format)), format);
    }

    private Opened live(boolean loop) {
        LiveSource source;
        try {
            source = LiveSource.of(from).telling(notices);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--input: " + e.getMessage(), e);
        }
        if (loop) {
            throw new IllegalArgumentException(
                    "--loop needs a source that can be read again, and " + source + " is none; give --input FILE");
        }
        if (!source.waits() && !pacedByClock(pace)) {
            throw new IllegalArgumentException("--pace " + pace + " would lose what " + source
                    + " sends meanwhile; leave it out: a live source is taken as it comes");
        }
        try {
            MediaFormat format = Objects.requireNonNull(source.format().block());
            return new Opened(source.cutBy(segmenter(format)), format);
        } catch (UncheckedIOException e) {
            throw new NotThere("--input: " + e.getMessage(), e);
        }
    }

    private Opened file(boolean loop) {
        Path path = Path.of(from);
        if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
            String why = !Files.exists(path) ? "there is no such file" : "it is not a readable file";
            throw new IllegalArgumentException(
                    "--input: cannot read " + from + ": " + why + "; give a file, a URL, or - to pipe it in");
        }
        MediaFormat format = MediaFile.formatOf(path);
        SegmentSource source = segmenter(format) instanceof MediaSegmenter media
                ? MediaFile.of(path, media)
                : FileSource.of(path).segmentBytes(segmentBytes());
        if (format == MediaFormat.MP4 && !"none".equals(pace)) {
            Cut unused = source.cuts(0).blockFirst(); // one that is not fragmented is refused before anybody listens
        }
        return new Opened(loop ? Looped.of(source) : source, format);
    }

    /** Raw bytes need a rate; who gives none says that they are not raw. */
    static boolean pacedByClock(@Nullable String pace) {
        return pace == null || pace.equals("realtime");
    }

    private Segmenter segmenter(MediaFormat format) {
        if (format == MediaFormat.RAW) {
            return new RawSegmenter(segmentBytes());
        }
        MediaSegmenter cut =
                MediaSegmenter.of(format).segmentBytes(segmentBytes()).telling(notices);
        return "none".equals(pace) ? cut.exact() : cut;
    }

    private int segmentBytes() {
        if (segmentSize == null) {
            return RawSegmenter.DEFAULT_SEGMENT_BYTES;
        }
        if (segmentSize < 1 || segmentSize > Segment.MAX_PAYLOAD_BYTES) {
            throw new IllegalArgumentException("--segment-size is 1 to 256k, was " + Quantity.bytes(segmentSize));
        }
        return segmentSize.intValue();
    }
}
