package io.swarmflux.media.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.segment.Cut;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

class InputSourceTest {
    @Test
    void cutsAlikeHoweverTheBytesTrickleIn() {
        byte[] bytes = new byte[70_000];
        new Random(3).nextBytes(bytes);
        InputStream trickle = new ByteArrayInputStream(bytes) {
            private final Random sizes = new Random(4);

            @Override
            public int read(byte[] into, int offset, int length) {
                return super.read(into, offset, Math.min(length, 1 + sizes.nextInt(5000)));
            }
        };

        InputSource source = InputSource.of("input", trickle);

        StepVerifier.create(source.cuts(0).map(cut -> cut.payload().length))
                .expectNext(16_384, 16_384, 16_384, 16_384, 4464)
                .verifyComplete();
    }

    @Test
    void isReadOnce() {
        InputSource source = InputSource.of("input", InputStream.nullInputStream());

        StepVerifier.create(source.cuts(0)).verifyComplete();
        StepVerifier.create(source.cuts(0)).verifyErrorMessage("input can only be read once");
        StepVerifier.create(source.cuts(3)).verifyErrorMessage("input can only be read from sequence 0, was 3");
        assertThat(source.rereadable()).isFalse();
    }

    @Test
    void cutsAsItIsTold() {
        InputSource source =
                InputSource.of("input", new ByteArrayInputStream(new byte[5])).cutBy(new RawSegmenter(2));

        StepVerifier.create(source.cuts(0).map(Cut::payload)).expectNextCount(3).verifyComplete();
    }

    @Test
    void namesTheInputThatBroke() {
        InputStream broken = new InputStream() {
            @Override
            public int read() {
                throw new UnsupportedOperationException("bytes come in arrays");
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                throw new IOException("the cable is out");
            }
        };

        StepVerifier.create(InputSource.of("standard input", broken).cuts(0))
                .expectErrorSatisfies(e -> assertThat(e)
                        .isInstanceOf(UncheckedIOException.class)
                        .hasMessage("cannot read standard input: the cable is out"))
                .verify();
    }
}
