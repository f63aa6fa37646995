package io.swarmflux.media.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.media.segmenter.MediaFormat;
import io.swarmflux.media.segmenter.MediaSegmenter;
import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.test.StepVerifier;

class MediaFileTest {
    private static final MediaSegmenter SEGMENTER = MediaSegmenter.of(MediaFormat.MPEG_TS);

    @TempDir
    Path dir;

    @Test
    void readsTheSamePiecesAgainFromAnySequence() throws Exception {
        Path file = dir.resolve("packets.ts");
        Files.write(file, packets(3000));
        MediaFile source = MediaFile.of(file, SEGMENTER);

        List<Cut> first = Objects.requireNonNull(source.cuts(0).collectList().block());
        List<Cut> fresh = Objects.requireNonNull(
                MediaFile.of(file, SEGMENTER).cuts(7).collectList().block());

        assertThat(first.size()).isGreaterThan(20);
        for (int from : new int[] {0, 1, 7, first.size() - 1, first.size(), first.size() + 5}) {
            List<Cut> again =
                    Objects.requireNonNull(source.cuts(from).collectList().block());
            assertSame(again, first.subList(Math.min(from, first.size()), first.size()));
        }
        assertSame(fresh, first.subList(7, first.size()));
    }

    @Test
    void aLoopMarksWhereTheClockBeginsAgain() throws Exception {
        Path file = dir.resolve("packets.ts");
        Files.write(file, packets(500));
        MediaFile source = MediaFile.of(file, SEGMENTER);
        int round = Objects.requireNonNull(source.cuts(0).collectList().block()).size();

        List<Cut> twice = Objects.requireNonNull(
                Looped.of(source).cuts(0).take(2L * round).collectList().block());

        assertThat(twice.get(0).flags() & Segment.DISCONTINUITY).isZero();
        assertThat(twice.get(round).flags() & Segment.DISCONTINUITY).isNotZero();
        assertThat(twice.stream().filter(cut -> (cut.flags() & Segment.DISCONTINUITY) != 0))
                .hasSize(1);
    }

    @Test
    void knowsATransportStreamEvenFromTheMiddleOfAPacket() throws Exception {
        byte[] packets = packets(100);
        Path whole = Files.write(dir.resolve("whole.ts"), packets);
        Path late = Files.write(dir.resolve("late.ts"), java.util.Arrays.copyOfRange(packets, 100, packets.length));
        Path other = Files.write(dir.resolve("other.bin"), new byte[10_000]);
        Path empty = Files.write(dir.resolve("empty.bin"), new byte[0]);

        assertThat(MediaFile.formatOf(whole)).isEqualTo(MediaFormat.MPEG_TS);
        assertThat(MediaFile.formatOf(late)).isEqualTo(MediaFormat.MPEG_TS);
        assertThat(MediaFile.formatOf(other)).isEqualTo(MediaFormat.RAW);
        assertThat(MediaFile.formatOf(empty)).isEqualTo(MediaFormat.RAW);
    }

    @Test
    void namesTheFileThatIsNotThere() {
        StepVerifier.create(MediaFile.of(dir.resolve("none.ts"), SEGMENTER).cuts(0))
                .expectErrorSatisfies(e -> assertThat(e)
                        .isInstanceOf(UncheckedIOException.class)
                        .hasMessageContaining("none.ts: there is no such file"))
                .verify();
    }

    private static void assertSame(List<Cut> some, List<Cut> others) {
        assertThat(some).hasSameSizeAs(others);
        for (int i = 0; i < some.size(); i++) {
            assertThat(some.get(i).payload()).isEqualTo(others.get(i).payload());
            assertThat(some.get(i).mediaTimeUs()).isEqualTo(others.get(i).mediaTimeUs());
            assertThat(some.get(i).flags()).isEqualTo(others.get(i).flags());
        }
    }

    /** Packets of one stream that nobody describes, and every hundredth of them broken. */
    private static byte[] packets(int count) {
        byte[] bytes = new byte[count * 188];
        for (int i = 0; i < count; i++) {
            bytes[i * 188] = (byte) (i % 100 == 99 ? 0 : 0x47);
            bytes[i * 188 + 1] = 1;
            bytes[i * 188 + 3] = (byte) (0x10 | (i & 0x0f));
            bytes[i * 188 + 4] = (byte) i;
        }
        return bytes;
    }
}
