package io.swarmflux.media.source;

import io.swarmflux.media.segmenter.MediaFormat;
import io.swarmflux.media.segmenter.MediaSegmenter;
import io.swarmflux.media.segmenter.Piece;
import io.swarmflux.segment.Cut;
import io.swarmflux.segment.SegmentSource;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SynchronousSink;
import reactor.core.scheduler.Schedulers;

/**
 * A file of a known format, cut where a player may start. The first reading goes through the file in order and remembers where
 * each piece was, in about 40 bytes a piece; later ones, as often as wanted at the same time, begin at any of these places at once. Reads
 * happen on {@link Schedulers#boundedElastic()}, a few pieces ahead of who asks.
 *
 * <p>{@link #cuts} fails with {@link UncheckedIOException}, whose message names the file, when it cannot be read.
 */
public final class MediaFile implements SegmentSource {
    private static final int READ_BYTES = 16 * 1024;
    private static final int AHEAD = 4;

    private final Path file;
    private final MediaSegmenter segmenter;
    private final CutIndex index = new CutIndex();

    private MediaFile(Path file, MediaSegmenter segmenter) {
        this.file = file;
        this.segmenter = segmenter;
    }

    /**
     * Cuts a file.
     *
     * @param file the file
     * @param segmenter cuts it; see {@link #formatOf}
     * @return the source
     */
    public static MediaFile of(Path file, MediaSegmenter segmenter) {
        return new MediaFile(file, segmenter);
    }

    /**
     * Looks what is in a file. Blocks for one read.
     *
     * @param file the file
     * @return its format; {@link MediaFormat#RAW} when it is none that is known
     * @throws UncheckedIOException when it cannot be read; the message names it
     */
    public static MediaFormat formatOf(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer head = ByteBuffer.allocate(MediaFormat.HEAD_BYTES);
            int read = 0;
            while (head.hasRemaining() && read >= 0) {
                read = channel.read(head);
            }
            return MediaFormat.of(head.flip());
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    @Override
    public Flux<Cut> cuts(long from) {
        return Flux.defer(() -> {
            long known = index.size();
            return from < known
                    ? again(from, known).concatWith(cuts(known))
                    : reading().skip(from);
        });
    }

    @Override
    public boolean rereadable() {
        return true;
    }

    @Override
    public String mediaType() {
        return segmenter.format().mediaType();
    }

    @Override
    public String toString() {
        return file.toString();
    }

    /** The whole file, in order. */
    private Flux<Cut> reading() {
        return Flux.defer(() -> {
            CutIndex.Reading reading = index.reading();
            byte[] buffer = new byte[READ_BYTES];
            Flux<ByteBuffer> bytes = Flux.generate(
                    this::open,
                    (channel, sink) -> {
                        read(channel, buffer, sink);
                        return channel;
                    },
                    this::close);
            return segmenter
                    .pieces(bytes.subscribeOn(Schedulers.boundedElastic()))
                    .doOnNext(reading::note)
                    .map(Piece::cut);
        });
    }

    private Flux<Cut> again(long from, long until) {
        Consumer<Place> close = place -> close(place.channel);
        return Flux.<Cut, Place>generate(
                        () -> new Place(open(), from),
                        (place, sink) -> {
                            if (place.next == until) {
                                sink.complete();
                            } else {
                                reread(place, sink);
                            }
                            return place;
                        },
                        close)
                .subscribeOn(Schedulers.boundedElastic())
                .limitRate(AHEAD);
    }

    /** An open file, and the piece to read next. */
    private static final class Place {
        private final FileChannel channel;
        private long next;

        Place(FileChannel channel, long next) {
            this.channel = channel;
            this.next = next;
        }
    }

    private void reread(Place place, SynchronousSink<Cut> sink) {
        CutIndex.Entry entry = index.at(place.next++);
        try {
            byte[] payload = new byte[entry.bytes()];
            byte[] repeated = entry.repeated();
            System.arraycopy(repeated, 0, payload, 0, repeated.length);
            ByteBuffer into = ByteBuffer.wrap(payload, repeated.length, payload.length - repeated.length);
            long at = entry.at();
            while (into.hasRemaining()) {
                int read = place.channel.read(into, at);
                if (read < 0) {
                    throw new EOFException("it is shorter than before");
                }
                at += read;
            }
            sink.next(new Cut(payload, entry.mediaTimeUs(), entry.flags(), entry.headers()));
        } catch (IOException e) {
            sink.error(unreadable(file, e));
        }
    }

    private FileChannel open() {
        try {
            return FileChannel.open(file, StandardOpenOption.READ);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private void read(FileChannel channel, byte[] buffer, SynchronousSink<ByteBuffer> sink) {
        try {
            int size = channel.read(ByteBuffer.wrap(buffer));
            if (size < 0) {
                sink.complete();
            } else {
                sink.next(ByteBuffer.wrap(buffer, 0, size));
            }
        } catch (IOException e) {
            sink.error(unreadable(file, e));
        }
    }

    private void close(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static UncheckedIOException unreadable(Path file, IOException e) {
        String why = e instanceof NoSuchFileException ? "there is no such file" : e.getMessage();
        return new UncheckedIOException("cannot read " + file + ": " + why, e);
    }
}
