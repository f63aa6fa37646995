package io.swarmflux.media.segmenter;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

class TsCutterTest {
    private static final long FRAME_27 = 27_000_000 / 25;
    private static final long WRAP_27 = (1L << 33) * 300;

    private final List<String> told = new ArrayList<>();
    private final MediaSegmenter segmenter =
            MediaSegmenter.of(MediaFormat.MPEG_TS).telling(told::add);

    @Test
    void aPlayerMayStartAtEachKeyFrame() {
        List<Cut> cuts = cut(segmenter, video(100, 25, 0));

        List<Cut> starts = cuts.stream().filter(TsCutterTest::isStart).toList();
        assertThat(starts).extracting(Cut::mediaTimeUs).containsExactly(0L, 1_000_000L, 2_000_000L, 3_000_000L);
        for (Cut start : starts) {
            assertThat(pid(start.payload(), 0)).isZero();
            assertThat(pid(start.payload(), 1)).isEqualTo(MadeTs.PMT_PID);
            assertThat(pid(start.payload(), 2)).isEqualTo(MadeTs.VIDEO_PID);
        }
        assertThat(told).isEmpty();
    }

    @Test
    void tablesThatStandBeforeAKeyFrameAreNotRepeated() {
        MadeTs ts = new MadeTs();
        for (int i = 0; i < 100; i++) {
            if (i % 25 == 0) {
                ts.tables(true, MadeTs.H264, MadeTs.AAC);
            }
            ts.h264(i % 25 == 0, 1000).laterByMillis(40);
        }

        assertThat(joined(cut(segmenter, ts.bytes()))).isEqualTo(ts.bytes());
        assertThat(cut(segmenter, ts.bytes()).stream().filter(TsCutterTest::isStart))
                .hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 187, 188, 189, 5000})
    void theSameBytesAreCutAlikeHoweverTheyTrickleIn(int step) {
        byte[] bytes = video(100, 25, 0);

        List<Cut> whole = cut(segmenter, bytes);
        List<Cut> trickled = cut(segmenter, bytes, step);

        assertThat(trickled).hasSameSizeAs(whole);
        for (int i = 0; i < whole.size(); i++) {
            assertThat(trickled.get(i).payload()).isEqualTo(whole.get(i).payload());
            assertThat(trickled.get(i).mediaTimeUs()).isEqualTo(whole.get(i).mediaTimeUs());
            assertThat(trickled.get(i).flags()).isEqualTo(whole.get(i).flags());
        }
    }

    @Test
    void exactPiecesAreTheInput() {
        byte[] bytes = new MadeTs()
                .raw(new byte[1000])
                .raw(video(60, 25, 0))
                .raw(noise(5000, 3))
                .raw(video(60, 25, 0))
                .raw(new byte[17])
                .bytes();

        assertThat(joined(cut(segmenter.exact(), bytes, 1000))).isEqualTo(bytes);
    }

    @Test
    void whatIsNoTransportStreamIsLeftOutAndTold() {
        byte[] bytes = new MadeTs()
                .raw(noise(100_000, 5))
                .raw(video(60, 25, 0))
                .raw(noise(100_000, 7))
                .raw(video(60, 25, 0))
                .bytes();

        List<Cut> cuts = cut(segmenter, bytes);

        assertThat(cuts.stream().filter(TsCutterTest::isStart).count()).isGreaterThanOrEqualTo(6);
        assertThat(joined(cuts).length).isLessThan(2 * video(60, 25, 0).length + 6 * 376 + 20_000);
        assertThat(told).anyMatch(notice -> notice.contains("are no MPEG-TS; left out"));
    }

    @Test
    void joinsInTheMiddleAndStartsAtTheNextKeyFrame() {
        byte[] bytes = video(100, 25, 0);

        List<Cut> cuts = cut(segmenter, Arrays.copyOfRange(bytes, 40_000, bytes.length));

        assertThat(isStart(cuts.get(0))).isFalse();
        assertThat(cuts.stream().filter(TsCutterTest::isStart).count()).isGreaterThanOrEqualTo(2);
    }

    @Test
    void mediaTimeGoesOnWhereTheClockWraps() {
        List<Cut> cuts = cut(segmenter, video(100, 25, WRAP_27 - 2 * 27_000_000));

        assertThat(cuts).noneMatch(cut -> (cut.flags() & Segment.DISCONTINUITY) != 0);
        assertThat(cuts.stream().filter(TsCutterTest::isStart))
                .extracting(Cut::mediaTimeUs)
                .containsExactly(0L, 1_000_000L, 2_000_000L, 3_000_000L);
        assertThat(told).isEmpty();
    }

    @Test
    void mediaTimeGoesOnWhereTheClockJumpsAndTheJumpIsMarked() {
        byte[] bytes = new MadeTs()
                .raw(video(50, 25, 27_000_000L * 100))
                .raw(video(50, 25, 0))
                .raw(video(50, 25, 27_000_000L * 1000))
                .bytes();

        List<Cut> cuts = cut(segmenter, bytes);

        assertThat(cuts.stream().filter(cut -> (cut.flags() & Segment.DISCONTINUITY) != 0))
                .hasSize(2);
        assertInOrder(cuts);
        assertThat(cuts.get(cuts.size() - 1).mediaTimeUs()).isBetween(5_600_000L, 6_000_000L);
        assertThat(told).hasSize(2).allMatch(notice -> notice.contains("jumps by"));
    }

    @Test
    void withoutAClockTheDecodingTimesCount() {
        MadeTs ts = new MadeTs().tables(false, MadeTs.H264);
        byte[] slice = {0, 0, 1, 0x41, 1};
        byte[] key = {0, 0, 1, 0x67, 1, 0, 0, 1, 0x65, 1};
        for (int i = 0; i < 100; i++) {
            ts.frame(MadeTs.VIDEO_PID, false, false, i % 25 == 0 ? key : slice, 3000)
                    .laterByMillis(40);
        }

        List<Cut> cuts = cut(segmenter, ts.bytes());

        assertInOrder(cuts);
        assertThat(cuts.get(cuts.size() - 1).mediaTimeUs()).isBetween(3_700_000L, 4_000_000L);
        assertThat(told).singleElement().asString().contains("no clock (PCR)");
    }

    @Test
    void withoutTablesItIsCutAndTold() {
        MadeTs ts = new MadeTs();
        for (int i = 0; i < 1000; i++) {
            ts.h264(i % 25 == 0, 2000).laterByMillis(40);
        }

        List<Cut> cuts = cut(segmenter, ts.bytes());

        assertThat(cuts).noneMatch(TsCutterTest::isStart);
        assertThat(joined(cuts)).isEqualTo(ts.bytes());
        assertThat(told).singleElement().asString().contains("no PAT and PMT");
    }

    @Test
    void hevcAndMpegVideoStartWhereADecoderMay() {
        byte[] hevcKey = {0, 0, 1, 0x40, 1, 0, 0, 1, 0x42, 1, 0, 0, 1, 0x26, 1};
        byte[] hevcOther = {0, 0, 1, 0x46, 1, 0, 0, 1, 0x02, 1};
        byte[] mpegKey = {0, 0, 1, (byte) 0xb3, 1, 0, 0, 1, 0, 1};
        byte[] mpegOther = {0, 0, 1, 0, 1};
        assertThat(starts(MadeTs.HEVC, hevcKey, hevcOther)).isEqualTo(4);
        assertThat(starts(MadeTs.MPEG2, mpegKey, mpegOther)).isEqualTo(4);
    }

    @Test
    void inAudioAPlayerMayStartEachSecond() {
        MadeTs ts = new MadeTs().tables(true, MadeTs.AAC);
        for (int i = 0; i < 250; i++) {
            ts.frame(MadeTs.VIDEO_PID, true, true, new byte[] {-1, -15}, 400).laterByMillis(20);
        }

        List<Cut> cuts = cut(segmenter, ts.bytes());

        assertThat(cuts.stream().filter(TsCutterTest::isStart))
                .extracting(Cut::mediaTimeUs)
                .containsExactly(0L, 1_000_000L, 2_000_000L, 3_000_000L, 4_000_000L);
        assertThat(cuts.size()).isBetween(20, 30);
    }

    @Test
    void aKeyFrameWhoseSliceComesLateIsFoundAllTheSame() {
        MadeTs ts = new MadeTs().tables(true, MadeTs.H264);
        byte[] key = new byte[20_000]; // a long SEI before the parameter sets
        Arrays.fill(key, (byte) 0x55);
        System.arraycopy(new byte[] {0, 0, 1, 9, 1, 0, 0, 1, 6, 5}, 0, key, 0, 10);
        System.arraycopy(new byte[] {0, 0, 1, 0x67, 1, 0, 0, 1, 0x65, 1}, 0, key, 19_900, 10);
        for (int i = 0; i < 100; i++) {
            if (i % 25 == 0) {
                ts.frame(MadeTs.VIDEO_PID, true, false, key, 30_000);
            } else {
                ts.h264(false, 1000);
            }
            ts.laterByMillis(40);
        }

        assertThat(cut(segmenter, ts.bytes()).stream().filter(TsCutterTest::isStart))
                .hasSize(4);
    }

    @Test
    void nothingThatABrokenStreamSaysMakesItFailOrGrow() {
        for (long seed = 1; seed <= 60; seed++) {
            Random random = new Random(seed);
            byte[] bytes = video(60, 10, random.nextLong(WRAP_27));
            int damages = 1 + random.nextInt(200);
            for (int i = 0; i < damages; i++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            MadeTs ts = new MadeTs();
            for (int at = 0; at < bytes.length; ) {
                int size = Math.min(bytes.length - at, 1 + random.nextInt(20_000));
                if (random.nextInt(4) > 0) {
                    ts.raw(Arrays.copyOfRange(bytes, at, at + size));
                } else if (random.nextBoolean()) {
                    ts.raw(noise(random.nextInt(3000), seed));
                }
                at += size;
            }
            byte[] broken = ts.raw(video(60, 10, 0)).bytes();

            List<Cut> cuts = cut(segmenter, broken, 1 + random.nextInt(3000));
            List<Cut> exact = cut(segmenter.exact(), broken, 1 + random.nextInt(3000));

            assertThat(joined(exact)).as("seed %d", seed).isEqualTo(broken);
            assertInOrder(cuts);
            assertInOrder(exact);
            assertThat(cuts.stream().filter(TsCutterTest::isStart).count())
                    .as("seed %d: it is good again in the end", seed)
                    .isGreaterThanOrEqualTo(3);
            assertThat(told.size()).isLessThan(1000);
        }
    }

    private static void assertInOrder(List<Cut> cuts) {
        for (int i = 1; i < cuts.size(); i++) {
            assertThat(cuts.get(i).mediaTimeUs())
                    .isGreaterThanOrEqualTo(cuts.get(i - 1).mediaTimeUs());
            assertThat(cuts.get(i).payload().length).isBetween(1, Segment.MAX_PAYLOAD_BYTES);
        }
    }

    private long starts(int streamType, byte[] key, byte[] other) {
        MadeTs ts = new MadeTs().tables(true, streamType);
        for (int i = 0; i < 100; i++) {
            ts.frame(MadeTs.VIDEO_PID, true, false, i % 25 == 0 ? key : other, 1000)
                    .laterByMillis(40);
        }
        return cut(segmenter, ts.bytes()).stream().filter(TsCutterTest::isStart).count();
    }

    /** Frames at 25 a second with some audio between; the tables come once in ten frames, never right before a key frame. */
    private static byte[] video(int frames, int keyEach, long from27) {
        MadeTs ts = new MadeTs().clock27(from27).tables(true, MadeTs.H264, MadeTs.AAC);
        for (int i = 0; i < frames; i++) {
            ts.clock27(from27 + i * FRAME_27).h264(i % keyEach == 0, i % keyEach == 0 ? 9000 : 2000);
            ts.frame(MadeTs.AUDIO_PID, false, false, new byte[] {-1, -15}, 300);
            if (i % 10 == 3) {
                ts.tables(true, MadeTs.H264, MadeTs.AAC);
                ts.frame(MadeTs.AUDIO_PID, false, false, new byte[] {-1, -15}, 300);
            }
        }
        return ts.bytes();
    }

    private static byte[] noise(int size, long seed) {
        byte[] noise = new byte[size];
        new Random(seed).nextBytes(noise);
        return noise;
    }

    private static int pid(byte[] payload, int packet) {
        int at = packet * TsPacket.BYTES;
        assertThat(payload[at]).isEqualTo(TsPacket.SYNC);
        return (payload[at + 1] & 0x1f) << 8 | (payload[at + 2] & 0xff);
    }

    private static boolean isStart(Cut cut) {
        return (cut.flags() & Segment.RANDOM_ACCESS) != 0;
    }

    static byte[] joined(List<Cut> cuts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        cuts.forEach(cut -> out.writeBytes(cut.payload()));
        return out.toByteArray();
    }

    static List<Cut> cut(MediaSegmenter segmenter, byte[] bytes) {
        return cut(segmenter, bytes, bytes.length);
    }

    static List<Cut> cut(MediaSegmenter segmenter, byte[] bytes, int step) {
        Flux<ByteBuffer> buffers = Flux.range(0, (bytes.length + step - 1) / step)
                .map(i -> ByteBuffer.wrap(bytes, i * step, Math.min(step, bytes.length - i * step)));
        return Objects.requireNonNull(segmenter.cut(buffers).collectList().block());
    }
}
