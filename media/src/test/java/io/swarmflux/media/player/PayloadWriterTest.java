package io.swarmflux.media.player;

import static io.swarmflux.media.player.Signals.gap;
import static io.swarmflux.media.player.Signals.integer;
import static io.swarmflux.media.player.Signals.integers;
import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.flux.StreamSignal;
import io.swarmflux.segment.Segment;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class PayloadWriterTest {
    @TempDir
    Path dir;

    @Test
    void hasWrittenTheWholeFileWhenItReports() {
        Path file = dir.resolve("out.bin");

        Mono<byte[]> written = PayloadWriter.toFile(file)
                .play(integers(0, 1000))
                .then(Mono.fromCallable(() -> Files.readAllBytes(file)));

        StepVerifier.create(written)
                .assertNext(bytes -> {
                    assertThat(bytes).hasSize(8000);
                    assertThat(ByteBuffer.wrap(bytes).getLong(999 * 8)).isEqualTo(999);
                })
                .verifyComplete();
    }

    @Test
    void countsAsTheCheckDoes() {
        Flux<StreamSignal<Segment>> stream =
                Flux.just(integer(1, 0), integer(1, 1), integer(1, 1), gap(1, 2, 3), integer(1, 3));
        ByteArrayOutputStream output = new ByteArrayOutputStream();

        PlayReport written = Objects.requireNonNull(
                PayloadWriter.to("output", output).play(stream).block());
        PlayReport checked =
                Objects.requireNonNull(ConsistencyCheck.create().play(stream).block());

        assertThat(written.sha256()).isEqualTo(checked.sha256());
        assertThat(written.delivered()).isEqualTo(3);
        assertThat(written.missing()).isEqualTo(1);
        assertThat(written.outOfOrder()).isEqualTo(1);
        assertThat(output.size()).isEqualTo(24);
    }

    @Test
    void takesNoMoreThanItCanWrite() {
        AtomicLong requested = new AtomicLong();
        AtomicLong written = new AtomicLong();
        AtomicLong mostAhead = new AtomicLong();
        OutputStream slow = new OutputStream() {
            @Override
            public void write(int b) {
                throw new UnsupportedOperationException("bytes come in arrays");
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                mostAhead.accumulateAndGet(requested.get() - written.getAndIncrement(), Math::max);
            }
        };

        Mono<PlayReport> played =
                PayloadWriter.to("slow", slow).play(integers(0, 500).doOnRequest(requested::addAndGet));

        StepVerifier.create(played).expectNextCount(1).verifyComplete();
        assertThat(mostAhead.get()).isBetween(1L, 8L);
    }

    @Test
    void namesTheFileItCannotWrite() {
        Path file = dir.resolve("no").resolve("out.bin");

        StepVerifier.create(PayloadWriter.toFile(file).play(integers(0, 3)))
                .expectErrorSatisfies(e -> assertThat(e)
                        .isInstanceOf(UncheckedIOException.class)
                        .hasMessage("cannot write " + file + ": there is no such directory"))
                .verify();
    }

    @Test
    void stopsTheStreamWhenTheOutputBreaks() {
        AtomicLong cancelled = new AtomicLong();
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        };

        StepVerifier.create(PayloadWriter.to("standard output", full)
                        .play(integers(0, 100).doOnCancel(cancelled::incrementAndGet)))
                .expectErrorSatisfies(
                        e -> assertThat(e).hasMessage("cannot write standard output: No space left on device"))
                .verify();
        assertThat(cancelled).hasValue(1);
    }
}
