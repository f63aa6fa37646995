package io.swarmflux.media.source;

import io.swarmflux.segment.Cut;
import io.swarmflux.segment.SegmentSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.function.Consumer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SynchronousSink;
import reactor.core.scheduler.Schedulers;

/**
 * The raw bytes of a file, in pieces of one size. It can be read again from any sequence, by seeking, as often as
 * wanted at the same time. Reads happen on {@link Schedulers#boundedElastic()}, at most {@value #AHEAD} pieces ahead of
 * who asks.
 *
 * <p>{@link #cuts} fails with {@link UncheckedIOException}, whose message names the file, when it cannot be read.
 *
 * @param file the file
 * @param segmentBytes the size of a piece, 1 to 262,144; default 16,384
 */
public record FileSource(Path file, int segmentBytes) implements SegmentSource {
    private static final int AHEAD = 4;

    /** Checks the size. */
    public FileSource {
        segmentBytes = new RawSegmenter(segmentBytes).segmentBytes();
    }

    /**
     * Reads a file in pieces of 16 KiB.
     *
     * @param file the file
     * @return the source
     */
    public static FileSource of(Path file) {
        return new FileSource(file, RawSegmenter.DEFAULT_SEGMENT_BYTES);
    }

    /**
     * Sets the size of a piece.
     *
     * @param bytes 1 to 262,144
     * @return the source with the size
     */
    public FileSource segmentBytes(int bytes) {
        return new FileSource(file, bytes);
    }

    @Override
    public Flux<Cut> cuts(long from) {
        Consumer<FileChannel> close = this::close;
        return Flux.<Cut, FileChannel>generate(() -> open(from), this::read, close)
                .subscribeOn(Schedulers.boundedElastic())
                .limitRate(AHEAD);
    }

    @Override
    public boolean rereadable() {
        return true;
    }

    private FileChannel open(long from) {
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                throw new IOException("it is not a regular file");
            }
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
            long at = from > Long.MAX_VALUE / segmentBytes ? Long.MAX_VALUE : from * segmentBytes;
            return channel.position(Math.min(at, channel.size()));
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private FileChannel read(FileChannel channel, SynchronousSink<Cut> sink) {
        try {
            byte[] payload = new byte[segmentBytes];
            ByteBuffer into = ByteBuffer.wrap(payload);
            int read = 0;
            while (into.hasRemaining() && read >= 0) {
                read = channel.read(into);
            }
            if (into.position() == 0) {
                sink.complete();
            } else {
                sink.next(RawSegmenter.piece(into.hasRemaining() ? Arrays.copyOf(payload, into.position()) : payload));
            }
        } catch (IOException e) {
            sink.error(unreadable(e));
        }
        return channel;
    }

    private void close(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private UncheckedIOException unreadable(IOException e) {
        String why = e instanceof NoSuchFileException ? "there is no such file" : e.getMessage();
        return new UncheckedIOException("cannot read " + file + ": " + why, e);
    }
}
