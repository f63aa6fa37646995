package io.swarmflux.media.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.segment.Cut;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class FileSourceTest {
    @TempDir
    Path dir;

    private final byte[] bytes = new byte[1050];
    private Path file;

    @BeforeEach
    void write() throws IOException {
        new Random(7).nextBytes(bytes);
        file = Files.write(dir.resolve("clip.ts"), bytes);
    }

    @Test
    void cutsAFileIntoPiecesOfOneSize() {
        List<Cut> cuts = source().cuts(0).toStream().toList();

        assertThat(cuts).hasSize(11);
        assertThat(cuts.get(3).payload()).isEqualTo(Arrays.copyOfRange(bytes, 300, 400));
        assertThat(cuts.get(10).payload()).isEqualTo(Arrays.copyOfRange(bytes, 1000, 1050));
    }

    @Test
    void readsAgainFromAnySequenceWhileAnotherReadingGoesOn() {
        Flux<byte[]> both = Flux.zip(
                source().cuts(0).map(Cut::payload), source().cuts(8).map(Cut::payload), (first, second) -> second);

        StepVerifier.create(both)
                .assertNext(payload -> assertThat(payload).isEqualTo(Arrays.copyOfRange(bytes, 800, 900)))
                .expectNextCount(2)
                .verifyComplete();
    }

    @Test
    void endsAtOnceBeyondTheEnd() {
        StepVerifier.create(source().cuts(11)).verifyComplete();
        StepVerifier.create(source().cuts(Long.MAX_VALUE)).verifyComplete();
    }

    @Test
    void readsOnlyOnRequest() {
        StepVerifier.create(source().cuts(0), 1)
                .expectNextCount(1)
                .thenRequest(2)
                .expectNextCount(2)
                .thenCancel()
                .verify();
    }

    @Test
    void namesTheFileThatIsNotThere() {
        Path missing = dir.resolve("missing.ts");

        StepVerifier.create(FileSource.of(missing).cuts(0))
                .expectErrorSatisfies(e -> assertThat(e)
                        .isInstanceOf(UncheckedIOException.class)
                        .hasMessage("cannot read " + missing + ": there is no such file"))
                .verify();
    }

    @Test
    void namesTheDirectoryThatIsNoFile() {
        StepVerifier.create(FileSource.of(dir).cuts(0))
                .expectErrorSatisfies(
                        e -> assertThat(e).hasMessage("cannot read " + dir + ": it is not a regular file"))
                .verify();
    }

    private FileSource source() {
        return FileSource.of(file).segmentBytes(100);
    }
}
