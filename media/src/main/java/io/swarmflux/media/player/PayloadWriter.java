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

    private PayloadWriter(String name, Callable<WritableByteChannel> open) {
        this.name = name;
        this.open = open;
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
                        StandardOpenOption.WRITE));
    }

    /**
     * Writes to a stream, which is closed at the end.
     *
     * @param name for errors, for example {@code standard output}
     * @param output takes the bytes
     * @return a writer for one play
     */
    public static PayloadWriter to(String name, OutputStream output) {
        return new PayloadWriter(name, () -> Channels.newChannel(output));
    }

    @Override
    public Mono<PlayReport> play(Flux<StreamSignal<Segment>> stream) {
        return Mono.usingWhen(
                        Mono.fromCallable(open).onErrorMap(IOException.class, this::unwritable),
                        channel -> ConsistencyCheck.played(
                                stream.publishOn(Schedulers.boundedElastic(), AHEAD),
                                tally,
                                segment -> write(channel, segment)),
                        channel -> Mono.fromRunnable(() -> close(channel)).subscribeOn(Schedulers.boundedElastic()))
                .subscribeOn(Schedulers.boundedElastic());
    }

    @Override
    public PlayReport soFar() {
        return tally.report();
    }

    private void write(WritableByteChannel channel, Segment segment) {
        try {
            ByteBuffer payload = segment.payload();
            while (payload.hasRemaining()) {
                int written = channel.write(payload);
                if (written < 0) {
                    throw new IOException("it takes no more");
                }
            }
        } catch (IOException e) {
            throw unwritable(e);
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
