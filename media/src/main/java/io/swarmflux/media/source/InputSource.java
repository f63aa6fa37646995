package io.swarmflux.media.source;

import io.swarmflux.media.segmenter.MediaFormat;
import io.swarmflux.media.segmenter.MediaSegmenter;
import io.swarmflux.segment.Cut;
import io.swarmflux.segment.SegmentSource;
import io.swarmflux.segment.Segmenter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SynchronousSink;
import reactor.core.scheduler.Schedulers;

/**
 * What comes out of an {@link InputStream}, for example standard input: read once, on {@link Schedulers#boundedElastic()},
 * only when asked for. The same bytes are cut alike, however they trickle in.
 *
 * <p>{@link #cuts} fails with {@link UncheckedIOException}, whose message names the input, when it cannot be read, and
 * with {@link IllegalStateException} when it is asked a second time. The stream is not closed: it is the caller's.
 */
public final class InputSource implements SegmentSource {
    private static final int READ_BYTES = 16 * 1024;

    private final String name;
    private final InputStream input;
    private final Segmenter segmenter;
    private final AtomicBoolean taken = new AtomicBoolean();

    private InputSource(String name, InputStream input, Segmenter segmenter) {
        this.name = name;
        this.input = input;
        this.segmenter = segmenter;
    }

    /**
     * Reads an input in raw pieces of 16 KiB.
     *
     * @param name for errors, for example {@code standard input}
     * @param input the bytes
     * @return the source
     */
    public static InputSource of(String name, InputStream input) {
        return new InputSource(name, input, RawSegmenter.create());
    }

    /**
     * Looks what comes out of an input, and leaves it there. Blocks until so much has come that it can be told, or the end.
     *
     * @param input one that supports {@link InputStream#mark} over {@link MediaFormat#HEAD_BYTES}
     * @return its format; {@link MediaFormat#RAW} when it is none that is known
     * @throws UncheckedIOException when it cannot be read
     */
    public static MediaFormat formatOf(InputStream input) {
        try {
            input.mark(MediaFormat.HEAD_BYTES);
            byte[] head = input.readNBytes(MediaFormat.HEAD_BYTES);
            input.reset();
            return MediaFormat.of(ByteBuffer.wrap(head));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the beginning of the input: " + e.getMessage(), e);
        }
    }

    /**
     * Sets what cuts the bytes.
     *
     * @param segmenter by default a {@link RawSegmenter}
     * @return the source with the segmenter
     */
    public InputSource cutBy(Segmenter segmenter) {
        return new InputSource(name, input, segmenter);
    }

    @Override
    public Flux<Cut> cuts(long from) {
        if (from != 0) {
            return Flux.error(new IllegalArgumentException(name + " can only be read from sequence 0, was " + from));
        }
        return Flux.defer(() -> taken.compareAndSet(false, true)
                ? segmenter.cut(bytes())
                : Flux.error(new IllegalStateException(name + " can only be read once")));
    }

    @Override
    public boolean rereadable() {
        return false;
    }

    @Override
    public String mediaType() {
        return segmenter instanceof MediaSegmenter media ? media.format().mediaType() : SegmentSource.super.mediaType();
    }

    private Flux<ByteBuffer> bytes() {
        byte[] buffer = new byte[READ_BYTES];
        return Flux.<ByteBuffer>generate(sink -> read(buffer, sink)).subscribeOn(Schedulers.boundedElastic());
    }

    private void read(byte[] buffer, SynchronousSink<ByteBuffer> sink) {
        try {
            int size = input.read(buffer);
            if (size < 0) {
                sink.complete();
            } else {
                sink.next(ByteBuffer.wrap(buffer, 0, size));
            }
        } catch (IOException e) {
            sink.error(new UncheckedIOException("cannot read " + name + ": " + e.getMessage(), e));
        }
    }
}
