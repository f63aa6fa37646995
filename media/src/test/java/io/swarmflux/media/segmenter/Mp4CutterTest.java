package io.swarmflux.media.segmenter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Description;
import io.swarmflux.segment.Segment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Mp4CutterTest {
    private final List<String> told = new ArrayList<>();

    @Test
    void cutsBeforeFragmentsWithAKeyFrameAndCountsTheirTime() {
        byte[] bytes = new MadeMp4()
                .headers(true, 0)
                .fragment(true, 9_000, 400)
                .fragment(false, 10_000, 400)
                .raw(MadeMp4.box("styp", new byte[8]))
                .raw(MadeMp4.box("emsg", new byte[20]))
                .fragment(true, 11_000, 400)
                .fragment(MadeMp4.AUDIO, true, 11_000, 10, 20, false)
                .bytes();

        List<Cut> cuts = cut(bytes);

        assertThat(MediaFormat.of(ByteBuffer.wrap(bytes))).isEqualTo(MediaFormat.MP4);
        assertThat(TsCutterTest.joined(cuts)).isEqualTo(bytes);
        List<Cut> starts = cuts.stream().filter(Mp4CutterTest::isStart).toList();
        assertThat(starts).extracting(Cut::mediaTimeUs).containsExactly(0L, 0L, 2_000_000L);
        assertThat(starts).extracting(Mp4CutterTest::type).containsExactly("ftyp", "moof", "styp");
        assertThat(cuts.get(cuts.size() - 1).mediaTimeUs()).isBetween(2_700_000L, 3_000_000L);
        assertThat(cuts).allSatisfy(cut -> {
            assertThat(cut.headers().version()).isEqualTo(1);
            assertThat(cut.headers().bytes()).isEqualTo(cuts.get(0).payload());
        });
        for (int i = 1; i < cuts.size(); i++) {
            assertThat(cuts.get(i).mediaTimeUs() - cuts.get(i - 1).mediaTimeUs())
                    .isBetween(0L, 300_000L);
        }
        assertThat(told).isEmpty();
    }

    @Test
    void ofSoundOnlyEachFragmentIsAStart() {
        MadeMp4 made = new MadeMp4().headers(false, 0);
        for (int i = 0; i < 5; i++) {
            made.fragment(MadeMp4.AUDIO, true, 400L * i, 10, 50, false);
        }

        assertThat(cut(made.bytes()).stream().filter(Mp4CutterTest::isStart)).hasSize(6);
    }

    @Test
    void newHeadersHoldFromThereOn() {
        byte[] bytes = new MadeMp4()
                .headers(true, 0)
                .fragment(true, 0, 100)
                .headers(true, 0)
                .fragment(true, 1_000, 100)
                .headers(false, 0)
                .fragment(MadeMp4.AUDIO, true, 70_000, 25, 100, false)
                .bytes();

        List<Cut> cuts = cut(bytes);

        assertThat(TsCutterTest.joined(cuts)).isEqualTo(bytes);
        List<Cut> starts = cuts.stream().filter(Mp4CutterTest::isStart).toList();
        assertThat(starts).extracting(start -> start.headers().version()).containsExactly(1, 1, 1, 1, 2, 2);
        assertThat(starts).extracting(Cut::mediaTimeUs).endsWith(2_000_000L, 2_000_000L);
        assertThat(starts.get(4).flags()).isEqualTo(Segment.RANDOM_ACCESS | Segment.DISCONTINUITY);
        assertThat(told).singleElement().asString().contains("other tracks");
    }

    @Test
    void aClockThatJumpsIsBridged() {
        byte[] bytes = new MadeMp4()
                .headers(true, 0)
                .fragment(true, 0, 100)
                .fragment(true, 500_000, 100)
                .fragment(true, 501_000, 100)
                .bytes();

        List<Cut> starts = cut(bytes).stream().filter(Mp4CutterTest::isStart).toList();

        assertThat(starts).extracting(Cut::mediaTimeUs).containsExactly(0L, 0L, 1_000_000L, 2_000_000L);
        assertThat(starts.get(2).flags() & Segment.DISCONTINUITY).isNotZero();
        assertThat(told).singleElement().asString().contains("jumps by 499000 ms");
    }

    @Test
    void whatOnlyPeopleReadIsLeftOutOfHeadersThatAreTooLong() {
        byte[] bytes =
                new MadeMp4().headers(true, 20_000).fragment(true, 0, 100).bytes();

        List<Cut> cuts = cut(bytes);

        assertThat(TsCutterTest.joined(cuts)).isEqualTo(bytes);
        byte[] headers = cuts.get(0).headers().bytes();
        assertThat(headers.length).isBetween(100, Description.MAX_HEADER_BYTES);
        assertThat(headers).isEqualTo(new MadeMp4().headers(true, 0).bytes());
    }

    @Test
    void placesInTheFileBecomePlacesInTheFragmentAndLosslessKeepsThem() {
        MadeMp4 made = new MadeMp4().headers(true, 0);
        MadeMp4 relative = new MadeMp4().headers(true, 0);
        for (int i = 0; i < 3; i++) {
            made.fragment(MadeMp4.VIDEO, true, 1_000L * i, 25, 100, true);
            relative.fragment(MadeMp4.VIDEO, true, 1_000L * i, 25, 100, false);
        }

        List<Cut> cuts = cut(made.bytes());

        assertThat(TsCutterTest.joined(TsCutterTest.cut(segmenter().exact(), made.bytes())))
                .isEqualTo(made.bytes());
        byte[] joined = TsCutterTest.joined(cuts);
        assertThat(joined).hasSameSizeAs(made.bytes());
        for (Cut start : cuts.stream().filter(Mp4CutterTest::isStart).skip(1).toList()) {
            byte[] payload = start.payload();
            Mp4Box moof = new Mp4Box(payload, 0, Mp4Box.intAt(payload, 0));
            assertThat(moof.children()).hasSize(2);
            assertThat(Mp4Fragment.of(moof, Mp4Tracks.unknown()).absolute()).isFalse();
        }
    }

    @Test
    void anMp4ThatIsNotFragmentedIsRefusedWithTheCure() {
        byte[] bytes = new MadeMp4().notFragmented().bytes();

        assertThatThrownBy(() -> cut(bytes))
                .isInstanceOf(NotFragmentedException.class)
                .hasMessageContaining("-movflags +frag_keyframe+empty_moov");
        byte[] dataFirst = MadeMp4.joined(MadeMp4.box("ftyp", new byte[8]), MadeMp4.box("mdat", new byte[100]));
        assertThatThrownBy(() -> cut(dataFirst)).isInstanceOf(NotFragmentedException.class);
        assertThat(TsCutterTest.joined(TsCutterTest.cut(segmenter().exact(), bytes)))
                .isEqualTo(bytes);
        assertThat(told).singleElement().asString().contains("not fragmented");
    }

    @Test
    void aLongFilmWhoseListOfSamplesIsLargerThanAnyHeadersIsRefusedToo() {
        byte[] bytes = MadeMp4.joined(
                MadeMp4.box("ftyp", new byte[8]),
                MadeMp4.box("free", new byte[8]),
                MadeMp4.box("moov", MadeMp4.box("mvhd", new byte[100]), new byte[2_000_000]),
                MadeMp4.box("mdat", new byte[100_000]));

        assertThatThrownBy(() -> cut(bytes))
                .isInstanceOf(NotFragmentedException.class)
                .hasMessageContaining("2000116 bytes")
                .hasMessageContaining("-movflags +frag_keyframe+empty_moov");
        assertThat(TsCutterTest.joined(TsCutterTest.cut(segmenter().exact(), bytes)))
                .isEqualTo(bytes);
        assertThat(told).singleElement().asString().contains("not fragmented");
    }

    @Test
    void aFragmentThatIsChangedAndWhatIsBeforeItFitIntoSegments() {
        byte[] bytes = new MadeMp4()
                .headers(true, 0)
                .raw(MadeMp4.box("emsg", new byte[60_000]))
                .fragment(MadeMp4.VIDEO, true, 0, 50_000, 1, true)
                .bytes();

        List<Cut> cuts = cut(bytes);

        assertThat(TsCutterTest.joined(cuts)).hasSameSizeAs(bytes);
        assertThat(cuts)
                .allSatisfy(cut -> assertThat(cut.payload().length).isLessThanOrEqualTo(Segment.MAX_PAYLOAD_BYTES));
    }

    @Test
    void manyLongSamplesDoNotStopTheClock() {
        int[] many = {0, -1}; // four thousand million samples
        byte[] lying = MadeMp4.box(
                "moof",
                MadeMp4.box("mfhd", MadeMp4.ints(0, 1)),
                MadeMp4.box(
                        "traf",
                        MadeMp4.box("tfhd", MadeMp4.ints(0x2_0018, MadeMp4.VIDEO, -1, -1)), // as long, and as large
                        MadeMp4.box("trun", MadeMp4.ints(many))));
        byte[] bytes = new MadeMp4()
                .headers(true, 0)
                .fragment(true, 0, 100)
                .raw(lying)
                .raw(MadeMp4.box("mdat", new byte[20_000]))
                .fragment(true, 2_000, 100)
                .fragment(true, 3_000, 100)
                .bytes();

        List<Cut> cuts = cut(bytes);

        assertThat(TsCutterTest.joined(cuts)).isEqualTo(bytes);
        assertThat(cuts).hasSizeLessThan(50);
        List<Cut> starts = cuts.stream().filter(Mp4CutterTest::isStart).toList();
        Cut last = starts.get(starts.size() - 1);
        assertThat(last.mediaTimeUs() - starts.get(starts.size() - 2).mediaTimeUs())
                .isEqualTo(1_000_000);
    }

    @Test
    void aLengthOfFourGigabytesIsToldAndNotBelieved() {
        byte[] broken = MadeMp4.joined(MadeMp4.ints(-1), "mdat".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        byte[] bytes = new MadeMp4()
                .headers(true, 0)
                .fragment(true, 0, 100)
                .raw(broken)
                .fragment(true, 1_000, 100)
                .bytes();

        List<Cut> cuts = cut(bytes);

        assertThat(told).anySatisfy(notice -> assertThat(notice).contains("4294967295 bytes of type 'mdat'"));
        assertThat(cuts.stream().filter(Mp4CutterTest::isStart)).hasSize(3);
        assertThat(TsCutterTest.joined(cuts)).hasSize(bytes.length - broken.length);
    }

    @Test
    void theSameBytesAreCutAlikeHoweverTheyTrickleIn() {
        for (long seed : new long[] {0, 11}) {
            byte[] bytes = seed == 0 ? good().bytes() : broken(seed);
            List<Cut> whole = cut(bytes);
            for (int step : seed == 0 ? new int[] {1, 7, 400, 5000} : new int[] {97, 4000}) {
                assertAlike(TsCutterTest.cut(segmenter(), bytes, step), whole);
            }
        }
    }

    @Test
    void nothingThatABrokenStreamSaysMakesItFailOrGrow() {
        for (long seed = 1; seed <= 50; seed++) {
            byte[] bytes = broken(seed);

            List<Cut> exact = TsCutterTest.cut(segmenter().exact(), bytes, 777);
            List<Cut> cuts = TsCutterTest.cut(segmenter(), bytes, 777);

            assertThat(TsCutterTest.joined(exact)).as("seed %d", seed).isEqualTo(bytes);
            Cut last = cuts.get(cuts.size() - 1);
            assertThat(cuts.stream()
                            .filter(Mp4CutterTest::isStart)
                            .reduce(last, (one, next) -> next)
                            .mediaTimeUs())
                    .as("seed %d: it is good again in the end", seed)
                    .isBetween(last.mediaTimeUs() - 1_000_000, last.mediaTimeUs());
            assertThat(exact)
                    .allSatisfy(cut -> assertThat(cut.payload().length).isLessThanOrEqualTo(Segment.MAX_PAYLOAD_BYTES));
        }
    }

    static void assertAlike(List<Cut> cuts, List<Cut> expected) {
        assertThat(cuts).hasSameSizeAs(expected);
        for (int i = 0; i < cuts.size(); i++) {
            assertThat(cuts.get(i).payload()).isEqualTo(expected.get(i).payload());
            assertThat(cuts.get(i).mediaTimeUs()).isEqualTo(expected.get(i).mediaTimeUs());
            assertThat(cuts.get(i).flags()).isEqualTo(expected.get(i).flags());
            assertThat(cuts.get(i).headers()).isEqualTo(expected.get(i).headers());
        }
    }

    private static MadeMp4 good() {
        MadeMp4 made = new MadeMp4().headers(true, 0);
        for (int i = 0; i < 6; i++) {
            made.fragment(i % 2 == 0, 1_000L * i, 200);
        }
        return made;
    }

    private static byte[] broken(long seed) {
        Random random = new Random(seed);
        byte[] bytes = good().bytes();
        int from = random.nextInt(2) * 600; // with and without sound headers
        for (int i = 0; i < 50; i++) {
            bytes[from + random.nextInt(bytes.length - from)] = (byte) random.nextInt();
        }
        byte[] noise = new byte[random.nextInt(20_000)];
        random.nextBytes(noise);
        MadeMp4 end = new MadeMp4().headers(true, 0);
        for (int i = 0; i < 150; i++) { // longer than any box that is believed while headers are unknown
            end.fragment(true, 1_000L * i, 200);
        }
        return MadeMp4.joined(Arrays.copyOf(bytes, random.nextInt(bytes.length)), noise, end.bytes());
    }

    private List<Cut> cut(byte[] bytes) {
        return TsCutterTest.cut(segmenter(), bytes);
    }

    private MediaSegmenter segmenter() {
        return MediaSegmenter.of(MediaFormat.MP4).segmentBytes(4096).telling(told::add);
    }

    private static boolean isStart(Cut cut) {
        return (cut.flags() & Segment.RANDOM_ACCESS) != 0;
    }

    private static String type(Cut cut) {
        return Mp4Box.name(Mp4Box.typeAt(cut.payload(), 0));
    }
}
