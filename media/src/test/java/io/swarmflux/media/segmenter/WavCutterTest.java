package io.swarmflux.media.segmenter;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WavCutterTest {
    private static final int BLOCK = 6; // three channels of 16 bits
    private static final int PER_SECOND = 48_000;

    private final List<String> told = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(ints = {96_000, 0, -1})
    void cutsBetweenBlocksAndCountsTheirTime(int promised) {
        byte[] bytes = MadeMp4.joined(header(promised, 0), samples(96_000));

        List<Cut> cuts = cut(bytes);

        assertThat(MediaFormat.of(ByteBuffer.wrap(bytes))).isEqualTo(MediaFormat.WAV);
        assertThat(TsCutterTest.joined(cuts)).isEqualTo(bytes);
        assertThat(cuts.get(0).payload()).isEqualTo(header(promised, 0));
        long atUs = 0;
        for (Cut cut : cuts.subList(1, cuts.size())) {
            assertThat(cut.payload().length % BLOCK).isZero();
            assertThat(cut.flags()).isEqualTo(Segment.RANDOM_ACCESS);
            assertThat(cut.headers().bytes()).isEqualTo(header(-1, 0));
            assertThat(cut.mediaTimeUs()).isEqualTo(atUs * 1_000_000 / PER_SECOND);
            atUs += cut.payload().length;
        }
        assertThat(told).isEmpty();
    }

    @Test
    void chunksBehindTheSamplesGoThroughAndAnotherHeaderHoldsFromThereOn() {
        byte[] list = new byte[5008];
        System.arraycopy(new byte[] {'L', 'I', 'S', 'T', (byte) 0x88, 0x13, 0, 0}, 0, list, 0, 8);
        byte[] bytes = MadeMp4.joined(header(6_000, 0), samples(6_000), list, header(6_000, 500), samples(6_000));

        List<Cut> cuts = cut(bytes);

        assertThat(TsCutterTest.joined(cuts)).isEqualTo(bytes);
        assertThat(cuts.stream().filter(cut -> cut.payload()[0] == 'L'))
                .allSatisfy(cut -> assertThat(cut.flags()).isZero());
        assertThat(cuts.get(cuts.size() - 1).headers().version()).isEqualTo(2);
        assertThat(cuts.stream().filter(cut -> (cut.flags() & Segment.DISCONTINUITY) != 0))
                .singleElement()
                .satisfies(cut -> assertThat(cut.payload()).isEqualTo(header(6_000, 500)));
        assertThat(told).singleElement().asString().contains("begins anew");
    }

    @Test
    void whatOnlyPeopleReadIsLeftOutOfHeadersThatAreTooLong() {
        byte[] bytes = MadeMp4.joined(header(0, 20_000), samples(6_000));

        List<Cut> cuts = cut(bytes);

        assertThat(TsCutterTest.joined(cuts)).isEqualTo(bytes);
        byte[] headers = cuts.get(1).headers().bytes();
        assertThat(Arrays.copyOfRange(headers, 12, headers.length))
                .isEqualTo(Arrays.copyOfRange(header(-1, 0), 12, 44));
    }

    @Test
    void theSameBytesAreCutAlikeHoweverTheyTrickleIn() {
        for (long seed = 1; seed <= 3; seed++) {
            byte[] bytes = broken(seed);
            for (int step : new int[] {1, 7, 400, 5000}) {
                Mp4CutterTest.assertAlike(TsCutterTest.cut(segmenter(), bytes, step), cut(bytes));
            }
        }
    }

    @Test
    void nothingThatABrokenStreamSaysMakesItFailOrGrow() {
        for (long seed = 1; seed <= 200; seed++) {
            byte[] bytes = broken(seed);

            List<Cut> exact = TsCutterTest.cut(segmenter().exact(), bytes, 777);
            List<Cut> cuts = TsCutterTest.cut(segmenter(), bytes, 777);

            assertThat(TsCutterTest.joined(exact)).as("seed %d", seed).isEqualTo(bytes);
            assertThat(cuts.get(cuts.size() - 1).headers().bytes())
                    .as("seed %d: it is good again in the end", seed)
                    .isEqualTo(header(-1, 40));
            assertThat(exact)
                    .allSatisfy(cut -> assertThat(cut.payload().length).isLessThanOrEqualTo(Segment.MAX_PAYLOAD_BYTES));
        }
    }

    /** Headers that are broken in one way or another, then noise, then good ones. */
    private static byte[] broken(long seed) {
        Random random = new Random(seed);
        byte[] header = header(0, 300);
        for (int i = 0; i < 5; i++) {
            header[random.nextInt(300)] = (byte) random.nextInt();
        }
        header[random.nextInt(12)] ^= 0x55; // otherwise all that follows is samples
        byte[] noise = new byte[random.nextInt(20_000)];
        random.nextBytes(noise);
        return MadeMp4.joined(
                Arrays.copyOf(header, random.nextInt(header.length)), noise, header(0, 40), samples(9_000));
    }

    private static byte[] header(int dataBytes, int extraBytes) {
        ByteBuffer header =
                ByteBuffer.allocate(44 + (extraBytes == 0 ? 0 : 8 + extraBytes)).order(ByteOrder.LITTLE_ENDIAN);
        header.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(1000);
        if (extraBytes > 0) {
            header.put("WAVELIST".getBytes(StandardCharsets.US_ASCII))
                    .putInt(extraBytes)
                    .put(new byte[extraBytes]);
        } else {
            header.put("WAVE".getBytes(StandardCharsets.US_ASCII));
        }
        header.put("fmt ".getBytes(StandardCharsets.US_ASCII))
                .putInt(16)
                .putShort((short) 1)
                .putShort((short) 3);
        header.putInt(8_000).putInt(PER_SECOND).putShort((short) BLOCK).putShort((short) 16);
        return header.put("data".getBytes(StandardCharsets.US_ASCII))
                .putInt(dataBytes)
                .array();
    }

    private static byte[] samples(int size) {
        byte[] samples = new byte[size];
        new Random(size).nextBytes(samples);
        return samples;
    }

    private List<Cut> cut(byte[] bytes) {
        return TsCutterTest.cut(segmenter(), bytes);
    }

    private MediaSegmenter segmenter() {
        return MediaSegmenter.of(MediaFormat.WAV).segmentBytes(4096).telling(told::add);
    }
}
