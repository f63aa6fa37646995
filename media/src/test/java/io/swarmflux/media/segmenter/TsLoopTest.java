package io.swarmflux.media.segmenter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.media.source.Looped;
import io.swarmflux.media.source.MediaFile;
import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import io.swarmflux.testing.Needed;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;

class TsLoopTest {
    private static final long WRAP_27 = (1L << 33) * 300;
    private static final int FRAMES = 50;

    private final byte[] round = film(0);

    @Test
    void lastsFromTheFirstFrameToOnePastTheLast() {
        assertThat(learned(round).lengthUs()).isEqualTo(FRAMES * 40_000L);
        assertThat(learned(film(WRAP_27 - 27_000_000)).lengthUs())
                .as("over the wrap of its clock")
                .isEqualTo(FRAMES * 40_000L);
        assertThat(new TsLoop().lengthUs()).isZero();
    }

    @Test
    void lastsAsLongAsItsLongestStream() {
        byte[] longer = new MadeTs()
                .raw(round)
                .clock27(FRAMES * 40 * 27_000L)
                .frame(MadeTs.AUDIO_PID, false, false, new byte[] {1, 2, 3}, 200)
                .bytes();
        assertThat(learned(longer).lengthUs()).isEqualTo((FRAMES + 1) * 40_000L);
    }

    @Test
    void counterGoesOnInEachStream() {
        byte[] looped = looped(round, 5);
        Map<Integer, Integer> last = new HashMap<>();
        TsPacket packet = new TsPacket();
        for (int at = 0; at < looped.length; at += TsPacket.BYTES) {
            packet.read(looped, at);
            Integer before = last.put(packet.pid(), packet.counter());
            if (before != null) {
                assertThat(packet.counter())
                        .as("stream %d, byte %d", packet.pid(), at)
                        .isEqualTo((before + 1) & 0x0f);
            }
        }
        assertThat(last).containsOnlyKeys(0, MadeTs.PMT_PID, MadeTs.VIDEO_PID, MadeTs.AUDIO_PID);
    }

    @Test
    void clockAndTimesGoOnFrameByFrameAlsoOverTheWrap() {
        for (long begins27 : new long[] {0, WRAP_27 - 27_000_000, WRAP_27 - 3 * 27_000_000L}) {
            byte[] looped = looped(film(begins27), 4);
            long expected27 = begins27;
            int frames = 0;
            TsPacket packet = new TsPacket();
            for (int at = 0; at < looped.length; at += TsPacket.BYTES) {
                packet.read(looped, at);
                if (packet.pid() == MadeTs.VIDEO_PID && packet.startsPes()) {
                    assertThat(packet.pcr27()).as("frame %d", frames).isEqualTo(expected27);
                    assertThat(TsStamp.time(looped, packet.presentationAt()) * 300)
                            .isEqualTo(expected27);
                    expected27 = Math.floorMod(expected27 + 40 * 27_000L, WRAP_27);
                    frames++;
                }
            }
            assertThat(frames).isEqualTo(4 * FRAMES);
        }
    }

    @Test
    void movesDecodingTimesToo() {
        byte[] bytes = new MadeTs().tables(true, MadeTs.H264).bytes();
        MadeTs made = new MadeTs().raw(bytes);
        byte[] start = new byte[184];
        byte[] header = {0, 0, 1, (byte) 0xe0, 0, 0, (byte) 0x80, (byte) 0xc0, 10};
        System.arraycopy(header, 0, start, 0, header.length);
        TsStamp.shiftTime(start, 9, 90_000);
        TsStamp.shiftTime(start, 14, 45_000);
        made.packet(MadeTs.VIDEO_PID, true, false, false, -1, start);
        TsStamp.shiftTime(start, 9, 3_000);
        TsStamp.shiftTime(start, 14, 3_000);
        byte[] once =
                made.packet(MadeTs.VIDEO_PID, true, false, false, -1, start).bytes();
        TsLoop loop = learned(once);
        assertThat(loop.lengthUs()).isEqualTo(2 * 3_000 * 100 / 9);
        loop.shift(once, 3);

        TsPacket packet = new TsPacket();
        packet.read(once, once.length - TsPacket.BYTES);
        assertThat(TsStamp.time(once, packet.presentationAt())).isEqualTo(90_000 + 3_000 + 18_000);
        assertThat(TsStamp.time(once, packet.decodingAt())).isEqualTo(45_000 + 3_000 + 18_000);
    }

    @Test
    void aSegmenterSeesNoSeam() {
        List<String> told = new ArrayList<>();
        List<Cut> cuts = cut(looped(round, 3), told);

        assertThat(told).isEmpty();
        assertThat(cuts).noneMatch(cut -> (cut.flags() & Segment.DISCONTINUITY) != 0);
        assertThat(cuts.get(cuts.size() - 1).mediaTimeUs()).isBetween(5_600_000L, 6_000_000L);

        ByteArrayOutputStream unchanged = new ByteArrayOutputStream();
        unchanged.writeBytes(round);
        unchanged.writeBytes(round);
        assertThat(cut(unchanged.toByteArray(), told))
                .as("without it there is one")
                .anyMatch(cut -> (cut.flags() & Segment.DISCONTINUITY) != 0);
    }

    @Test
    void leavesGarbageAlone() {
        byte[] garbage = new byte[10 * TsPacket.BYTES];
        for (int i = 0; i < garbage.length; i++) {
            garbage[i] = (byte) (i * 31);
        }
        for (int at = 0; at < garbage.length; at += TsPacket.BYTES) {
            garbage[at] = at / TsPacket.BYTES % 2 == 0 ? 0 : TsPacket.SYNC;
        }
        byte[] before = garbage.clone();
        learned(round).shift(garbage, 2);

        assertThat(garbage).isEqualTo(before);
    }

    /** What ffmpeg says of a film that goes round three times: nothing. */
    @Test
    void ffmpegSeesNoSeam(@TempDir Path dir) throws Exception {
        Needed.ffmpeg();
        Path film = dir.resolve("film.ts");
        String made = said(("ffmpeg -v error -nostdin -f lavfi -i testsrc=size=128x96:rate=25 -f lavfi -i sine -t 2"
                        + " -c:v mpeg2video -bf 2 -c:a mp2 -f mpegts " + film)
                .split(" "));
        assertThat(made).isEmpty();
        MediaFile source = MediaFile.of(film, MediaSegmenter.of(MediaFormat.MPEG_TS));
        long round = Objects.requireNonNull(source.cuts(0).count().block());
        ByteArrayOutputStream thrice = new ByteArrayOutputStream();
        Looped.of(source)
                .cuts(0)
                .take(3 * round)
                .map(Cut::payload)
                .doOnNext(thrice::writeBytes)
                .blockLast();
        Path looped = Files.write(dir.resolve("looped.ts"), thrice.toByteArray());

        assertThat(said("ffmpeg", "-v", "warning", "-nostdin", "-i", looped.toString(), "-f", "null", "-"))
                .isEmpty();
        assertThat(Double.parseDouble(said(
                                "ffprobe",
                                "-v",
                                "error",
                                "-show_entries",
                                "format=duration",
                                "-of",
                                "csv=p=0",
                                looped.toString())
                        .strip()))
                .isBetween(5.8, 6.3);
    }

    /** Two seconds of video and sound, with a key frame each second. */
    private static byte[] film(long begins27) {
        MadeTs film = new MadeTs().clock27(begins27);
        for (int i = 0; i < FRAMES; i++) {
            if (i % 25 == 0) {
                film.tables(true, MadeTs.H264, MadeTs.AAC);
            }
            film.h264(i % 25 == 0, 3_000)
                    .frame(MadeTs.AUDIO_PID, false, false, new byte[] {1, 2, 3}, 200)
                    .laterByMillis(40);
        }
        return film.bytes();
    }

    private static TsLoop learned(byte[] round) {
        TsLoop loop = new TsLoop();
        loop.learn(round);
        return loop;
    }

    private static byte[] looped(byte[] round, int rounds) {
        TsLoop loop = learned(round);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int number = 0; number < rounds; number++) {
            byte[] next = round.clone();
            loop.shift(next, number);
            all.writeBytes(next);
        }
        return all.toByteArray();
    }

    private static List<Cut> cut(byte[] bytes, List<String> told) {
        return Objects.requireNonNull(MediaSegmenter.of(MediaFormat.MPEG_TS)
                .telling(told::add)
                .cut(Flux.just(ByteBuffer.wrap(bytes)))
                .collectList()
                .block());
    }

    private static String said(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        process.waitFor();
        return said;
    }
}
