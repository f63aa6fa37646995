package io.swarmflux.media.segmenter;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OggCutterTest {
    private static final int RATE = 48_000;

    private final List<String> told = new ArrayList<>();

    @Test
    void cutsBetweenPagesAndCountsTheirTime() {
        byte[] bytes = new MadeOgg().opus(5, 100).pages(5, 50, 0, RATE, 900).bytes();

        List<Cut> cuts = cut(bytes);

        assertThat(MediaFormat.of(ByteBuffer.wrap(bytes))).isEqualTo(MediaFormat.OGG);
        assertThat(TsCutterTest.joined(cuts)).isEqualTo(bytes);
        byte[] headers = new MadeOgg().opus(5, 100).bytes();
        assertThat(cuts.get(0).payload()).isEqualTo(headers);
        assertThat(cuts).allSatisfy(cut -> {
            assertThat(new String(cut.payload(), 0, 4, java.nio.charset.StandardCharsets.US_ASCII))
                    .isEqualTo("OggS");
            assertThat(cut.flags()).isEqualTo(Segment.RANDOM_ACCESS);
            assertThat(cut.headers().version()).isEqualTo(1);
            assertThat(cut.headers().bytes()).isEqualTo(headers);
        });
        assertThat(cuts.get(cuts.size() - 1).mediaTimeUs()).isBetween(9_500_000L, 10_000_000L);
        assertThat(told).isEmpty();
    }

    @Test
    void aPageInTheMiddleOfAPacketIsNoStart() {
        MadeOgg made = new MadeOgg().vorbis(5, 44_100);
        for (int i = 1; i <= 20; i++) {
            made.page(i % 2 == 0 ? MadeOgg.CONTINUED : 0, 44_100L * i, 5, new byte[900]);
        }

        List<Cut> cuts = cut(made.bytes());

        assertThat(cuts.stream().filter(cut -> (cut.payload()[5] & MadeOgg.CONTINUED) != 0))
                .isNotEmpty()
                .allSatisfy(cut -> assertThat(cut.flags()).isZero());
        assertThat(cuts.stream().filter(OggCutterTest::isStart)).hasSizeGreaterThan(5);
        assertThat(cuts.get(cuts.size() - 1).mediaTimeUs()).isEqualTo(19_000_000);
    }

    @Test
    void aChainedStreamHasHeadersOfItsOwnAndGoesOnEvenly() {
        byte[] bytes = new MadeOgg()
                .opus(5, 100)
                .pages(5, 10, 0, RATE, 900)
                .opus(6, 200)
                .pages(6, 10, 0, RATE, 900)
                .bytes();

        List<Cut> cuts = cut(bytes);

        assertThat(TsCutterTest.joined(cuts)).isEqualTo(bytes);
        Cut second = cuts.stream()
                .filter(cut -> cut.headers().version() == 2)
                .findFirst()
                .orElseThrow();
        assertThat(second.flags()).isEqualTo(Segment.RANDOM_ACCESS | Segment.DISCONTINUITY);
        assertThat(second.payload()).isEqualTo(new MadeOgg().opus(6, 200).bytes());
        assertThat(second.mediaTimeUs()).isEqualTo(2_000_000);
        assertThat(cuts.get(cuts.size() - 1).mediaTimeUs()).isBetween(3_500_000L, 4_000_000L);
        assertThat(told).singleElement().asString().contains("begins anew");
    }

    @Test
    void headersThatAreTooLongAreToldAndNobodyStartsInTheMiddle() {
        byte[] bytes = new MadeOgg().opus(5, 30_000).pages(5, 10, 0, RATE, 900).bytes();

        List<Cut> cuts = cut(bytes);

        assertThat(TsCutterTest.joined(cuts)).isEqualTo(bytes);
        assertThat(cuts.stream().filter(OggCutterTest::isStart)).hasSize(1);
        assertThat(told).singleElement().asString().contains("cover picture");
    }

    @Test
    void aPageWithAWrongChecksumIsLeftOut() {
        MadeOgg made = new MadeOgg().opus(5, 100).pages(5, 10, 0, RATE, 900);
        byte[] bytes = made.bytes();
        int size = made.size();
        byte[] more = made.pages(5, 10, 2_000, RATE, 900).bytes();
        int page = (more.length - size) / 10;
        byte[] damaged = more.clone();
        damaged[size + 500]++;

        List<Cut> cuts = cut(damaged);

        byte[] without = MadeMp4.joined(bytes, Arrays.copyOfRange(more, size + page, more.length));
        assertThat(TsCutterTest.joined(cuts)).isEqualTo(without);
        assertThat(TsCutterTest.joined(TsCutterTest.cut(segmenter().exact(), damaged)))
                .isEqualTo(damaged);
        assertThat(told).anySatisfy(notice -> assertThat(notice).contains("wrong checksum"));
        assertThat(cuts.get(cuts.size() - 1).mediaTimeUs()).isBetween(3_500_000L, 4_000_000L);
    }

    @Test
    void aClockThatJumpsIsBridged() {
        byte[] bytes = new MadeOgg()
                .opus(5, 100)
                .pages(5, 5, 0, RATE, 900)
                .pages(5, 5, 600_000, RATE, 900)
                .bytes();

        List<Cut> cuts = cut(bytes);

        assertThat(cuts.stream().filter(cut -> (cut.flags() & Segment.DISCONTINUITY) != 0))
                .hasSize(1);
        assertThat(cuts.get(cuts.size() - 1).mediaTimeUs()).isBetween(1_400_000L, 2_000_000L);
        assertThat(told).singleElement().asString().contains("jumps by");
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
        for (long seed = 1; seed <= 60; seed++) {
            byte[] bytes = broken(seed);

            List<Cut> exact = TsCutterTest.cut(segmenter().exact(), bytes, 777);
            List<Cut> cuts = TsCutterTest.cut(segmenter(), bytes, 777);

            assertThat(TsCutterTest.joined(exact)).as("seed %d", seed).isEqualTo(bytes);
            assertThat(cuts.get(cuts.size() - 1))
                    .as("seed %d: it is good again in the end", seed)
                    .satisfies(last -> assertThat(isStart(last)).isTrue())
                    .satisfies(last -> assertThat(last.headers().bytes())
                            .isEqualTo(new MadeOgg().opus(9, 300).bytes()));
            assertThat(exact)
                    .allSatisfy(cut -> assertThat(cut.payload().length).isLessThanOrEqualTo(Segment.MAX_PAYLOAD_BYTES));
        }
    }

    private static byte[] broken(long seed) {
        Random random = new Random(seed);
        byte[] bytes = new MadeOgg().opus(5, 100).pages(5, 40, 0, RATE, 900).bytes();
        for (int i = 0; i < 30; i++) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        byte[] noise = new byte[random.nextInt(20_000)];
        random.nextBytes(noise);
        return MadeMp4.joined(
                Arrays.copyOf(bytes, random.nextInt(bytes.length)),
                noise,
                new MadeOgg().opus(9, 300).pages(9, 10, 0, RATE, 900).bytes());
    }

    private List<Cut> cut(byte[] bytes) {
        return TsCutterTest.cut(segmenter(), bytes);
    }

    private MediaSegmenter segmenter() {
        return MediaSegmenter.of(MediaFormat.OGG).segmentBytes(4096).telling(told::add);
    }

    private static boolean isStart(Cut cut) {
        return (cut.flags() & Segment.RANDOM_ACCESS) != 0;
    }
}
