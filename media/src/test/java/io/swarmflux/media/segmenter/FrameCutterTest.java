package io.swarmflux.media.segmenter;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FrameCutterTest {
    private final List<String> told = new ArrayList<>();

    @ParameterizedTest
    @EnumSource(names = {"AAC", "MP3"})
    void cutsWholeFramesAndCountsTheirTime(MediaFormat format) {
        byte[] frames = frames(format, 500);

        List<Cut> cuts = TsCutterTest.cut(segmenter(format), frames);

        assertThat(MediaFormat.of(ByteBuffer.wrap(frames))).isEqualTo(format);
        assertThat(TsCutterTest.joined(cuts)).isEqualTo(frames);
        assertThat(cuts).allSatisfy(cut -> {
            assertThat(cut.flags()).isEqualTo(Segment.RANDOM_ACCESS);
            assertThat(cut.payload()[0]).isEqualTo((byte) -1);
        });
        Cut last = cuts.get(cuts.size() - 1);
        long frameUs = format == MediaFormat.AAC ? 21_333 : 24_000;
        assertThat(last.mediaTimeUs()).isBetween(500 * frameUs - 270_000, 500 * frameUs);
        assertThat(told).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"AAC", "MP3"})
    void theSameBytesAreCutAlikeHoweverTheyTrickleIn(MediaFormat format) {
        byte[] frames = broken(format, 11);

        for (int step : new int[] {1, 7, 400, 5000}) {
            List<Cut> cuts = TsCutterTest.cut(segmenter(format), frames, step);
            List<Cut> whole = TsCutterTest.cut(segmenter(format), frames);
            assertThat(cuts).hasSameSizeAs(whole);
            for (int i = 0; i < cuts.size(); i++) {
                assertThat(cuts.get(i).payload()).isEqualTo(whole.get(i).payload());
                assertThat(cuts.get(i).mediaTimeUs()).isEqualTo(whole.get(i).mediaTimeUs());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"AAC", "MP3"})
    void leavesOutTags(MediaFormat format) {
        byte[] tag = new byte[300];
        System.arraycopy(new byte[] {'I', 'D', '3', 4, 0, 0, 0, 0, 2, 34}, 0, tag, 0, 10);
        ByteArrayOutputStream tagged = new ByteArrayOutputStream();
        tagged.writeBytes(tag);
        tagged.writeBytes(frames(format, 20));

        assertThat(MediaFormat.of(ByteBuffer.wrap(tagged.toByteArray()))).isEqualTo(format);
        assertThat(TsCutterTest.joined(TsCutterTest.cut(segmenter(format), tagged.toByteArray())))
                .isEqualTo(frames(format, 20));
        assertThat(told).singleElement().asString().startsWith("300 bytes before byte 300");
    }

    @ParameterizedTest
    @EnumSource(names = {"AAC", "MP3"})
    void nothingThatABrokenStreamSaysMakesItFailOrGrow(MediaFormat format) {
        for (long seed = 1; seed <= 60; seed++) {
            byte[] bytes = broken(format, seed);

            List<Cut> exact = TsCutterTest.cut(segmenter(format).exact(), bytes, 777);
            List<Cut> cuts = TsCutterTest.cut(segmenter(format), bytes, 777);

            assertThat(TsCutterTest.joined(exact)).as("seed %d", seed).isEqualTo(bytes);
            assertThat(cuts).as("seed %d: it is good again in the end", seed).isNotEmpty();
            for (Cut cut : exact) {
                assertThat(cut.payload().length).isLessThanOrEqualTo(Segment.MAX_PAYLOAD_BYTES);
            }
        }
    }

    private MediaSegmenter segmenter(MediaFormat format) {
        return MediaSegmenter.of(format).segmentBytes(4096).telling(told::add);
    }

    private static byte[] broken(MediaFormat format, long seed) {
        Random random = new Random(seed);
        byte[] frames = frames(format, 200);
        for (int i = 0; i < 50; i++) {
            frames[random.nextInt(frames.length)] = (byte) random.nextInt();
        }
        byte[] noise = new byte[random.nextInt(20_000)];
        random.nextBytes(noise);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(Arrays.copyOf(frames, random.nextInt(frames.length)));
        out.writeBytes(noise);
        out.writeBytes(frames(format, 50));
        return out.toByteArray();
    }

    /** AAC at 48 kHz in frames of 200 bytes, or MP3 at 48 kHz and 128 kbit/s. */
    private static byte[] frames(MediaFormat format, int count) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            byte[] frame = new byte[format == MediaFormat.AAC ? 200 : 384];
            byte[] header = format == MediaFormat.AAC
                    ? new byte[] {-1, (byte) 0xf1, 0x4c, (byte) 0x80, 200 >> 3, (byte) (200 << 5 | 0x1f), (byte) 0xfc}
                    : new byte[] {-1, (byte) 0xfb, (byte) 0x94, 0};
            System.arraycopy(header, 0, frame, 0, header.length);
            out.writeBytes(frame);
        }
        return out.toByteArray();
    }
}
