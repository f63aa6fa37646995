package io.swarmflux.media.source;

import io.swarmflux.media.segmenter.MediaFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;
import reactor.core.scheduler.Schedulers;

/**
 * What an {@code ffmpeg} process makes of anything that it can read: an MPEG transport stream. It waits at its pipe while nobody asks for more. When
 * it ends well, the stream ends; when it fails or is killed, it is started again.
 */
final class FfmpegFeed implements Feed {
    private static final int READ_BYTES = 16 * 1024;

    /** It connects, looks what there is for five seconds, and may wait for a key frame, before anything comes out of it. */
    private static final int SLOWER = 3;

    private final String program;
    private final FfmpegArguments arguments;

    private FfmpegFeed(String program, FfmpegArguments arguments) {
        this.program = program;
        this.arguments = arguments;
    }

    /** @param text what stands behind {@code ffmpeg:} */
    static FfmpegFeed of(String text) {
        return of("ffmpeg", text);
    }

    static FfmpegFeed of(String program, String text) {
        return new FfmpegFeed(program, FfmpegArguments.of(text));
    }

    @Override
    public String name() {
        return "ffmpeg " + arguments.shown();
    }

    @Override
    public boolean waits() {
        return true;
    }

    @Override
    public Flux<ByteBuffer> bytes(Outage outage, Duration patience) {
        Flux<ByteBuffer> bytes = Flux.defer(() -> {
            OwnProcess process;
            try {
                process = OwnProcess.start(arguments.command(program));
            } catch (IOException e) {
                return Flux.error(notThere(e));
            }
            byte[] buffer = new byte[READ_BYTES];
            return Flux.<ByteBuffer>generate(sink -> read(process, buffer, sink))
                    // this program is about to end, which is no end of the stream
                    .onErrorResume(e -> process.endedByUs() ? Flux.never() : Flux.error(e))
                    .doFinally(signal -> process.end());
        });
        return Stall.watch(
                bytes.subscribeOn(Schedulers.boundedElastic()), patience.multipliedBy(SLOWER), Schedulers.parallel());
    }

    @Override
    public Mono<MediaFormat> look(Duration patience) {
        return Mono.fromCallable(() -> {
                    try {
                        OwnProcess.start(List.of(program, "-version")).end();
                        return MediaFormat.MPEG_TS;
                    } catch (IOException e) {
                        throw notThere(e);
                    }
                })
                .subscribeOn(Schedulers.boundedElastic());
    }

    private static void read(OwnProcess process, byte[] buffer, SynchronousSink<ByteBuffer> sink) {
        try {
            InputStream output = process.output();
            int size = output.read(buffer);
            if (size >= 0) {
                sink.next(ByteBuffer.wrap(buffer, 0, size));
                return;
            }
            int code = process.exitCode();
            if (code == 0 && !process.endedByUs()) {
                sink.complete();
            } else {
                String last = process.lastLine();
                sink.error(new IOException(
                        "it ended with " + (code > 128 && code < 160 ? "signal " + (code - 128) : "code " + code)
                                + (last.isEmpty() ? "" : ": " + last)));
            }
        } catch (IOException e) {
            sink.error(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            sink.error(e);
        }
    }

    private IOException notThere(IOException e) {
        return new IOException(
                program + " cannot be started: " + e.getMessage()
                        + "; install it (on Debian and Ubuntu: apt install ffmpeg) or put it in the PATH",
                e);
    }
}
