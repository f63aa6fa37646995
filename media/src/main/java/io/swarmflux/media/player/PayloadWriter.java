package io.swarmflux.media.player;

import io.swarmflux.flux.StreamSignal;
import io.swarmflux.segment.Segment;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Writes the payloads one after the other, and counts like {@link ConsistencyCheck}. Everything is written on
 * {@link Schedulers#boundedElastic()}, with at most {@value #AHEAD} signals waiting: a slow disk or a slow reader of a
 * pipe makes this player slow, and nobody else. Once {@link #play} has emitted its report, the file is complete and
 * closed.
 *
 * <p>{@link #play} fails with {@link UncheckedIOException}, whose message names the file, when it cannot be written.
 */
public final class PayloadWriter implements Player {
    private static final int AHEAD = 4;

    private final String name;
    private final Callable<WritableByteChannel> open;
    private final Tally tally = new Tally(null);

    private final Function<Segment, byte[]> headers;

    private PayloadWriter(String name, Callable<WritableByteChannel> open, Function<Segment, byte[]> headers) {
        this.name = name;
        this.open = open;
        this.headers = headers;
    }

    /**
     * Writes to a file, which is made, or emptied first.
     *
     * @param file the file
     * @return a writer for one play
     */
    public static PayloadWriter toFile(Path file) {
        return new PayloadWriter(
                file.toString(),
                () -> FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE),
                segment -> new byte[0]);
    }

    /**
     * Writes to a stream, which is closed at the end.
     *
     * @param name for errors, for example {@code standard output}
     * @param output takes the bytes
     * @return a writer for one play
     */
    public static PayloadWriter to(String name, OutputStream output) {
        return new PayloadWriter(name, () -> Channels.newChannel(output), segment -> new byte[0]);
    }

    /**
     * Sets where the codec headers come from, which are written first when the stream is joined in the middle.
     *
     * @param known gives what a player needs that begins with a segment, for example {@code peer::headers}; by default nothing
     * @return a writer for one play
     */
    public PayloadWriter headers(Function<Segment, byte[]> known) {
        return new PayloadWriter(name, open, known);
    }

    @Override
    public Mono<PlayReport> play(Flux<StreamSignal<Segment>> stream) {
        HeadersFirst first = HeadersFirst.of(headers);
        return Mono.usingWhen(
                        Mono.fromCallable(open).onErrorMap(IOException.class, this::unwritable),
                        channel -> ConsistencyCheck.played(
                                stream.publishOn(Schedulers.boundedElastic(), AHEAD),
                                tally,
                                segment -> write(channel, first, segment)),
                        channel -> Mono.fromRunnable(() -> close(channel)).subscribeOn(Schedulers.boundedElastic()))
                .subscribeOn(Schedulers.boundedElastic());
    }

    @Override
    public PlayReport soFar() {
        return tally.report();
    }

    private void write(WritableByteChannel channel, HeadersFirst first, Segment segment) {
        try {
            write(channel, first.before(segment));
            write(channel, segment.payload());
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    private static void write(WritableByteChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            int written = channel.write(bytes);
            if (written < 0) {
                throw new IOException("it takes no more");
            }
        }
    }

    private void close(WritableByteChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    private UncheckedIOException unwritable(IOException e) {
        String why = e instanceof NoSuchFileException ? "there is no such directory" : e.getMessage();
        return new UncheckedIOException("cannot write " + name + ": " + why, e);
    }
}
