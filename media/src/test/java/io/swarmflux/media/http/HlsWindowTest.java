package io.swarmflux.media.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.flux.Gap;
import io.swarmflux.flux.StreamSignal;
import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.StreamId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class HlsWindowTest {
    private static final StreamId STREAM = StreamId.of("s");
    private static final int PAYLOAD = 188 * 10;

    private final HlsWindow window = new HlsWindow(segment -> new byte[0]);
    private long next;
    private long timeUs;

    @Test
    void listsPartsFromPlaceToPlaceWhereAPlayerMayStart() {
        play(1, 40, 10);
        window.end();

        assertThat(window.playlist()).isEqualTo("""
                #EXTM3U
                #EXT-X-VERSION:3
                #EXT-X-TARGETDURATION:2
                #EXT-X-MEDIA-SEQUENCE:0
                #EXT-X-DISCONTINUITY-SEQUENCE:0
                #EXTINF:2.000,
                part/0.ts
                #EXTINF:2.000,
                part/1.ts
                #EXTINF:2.000,
                part/2.ts
                #EXTINF:2.000,
                part/3.ts
                #EXT-X-ENDLIST
                """);
        assertThat(Objects.requireNonNull(window.part(2)).segments())
                .hasSize(10)
                .allSatisfy(segment -> assertThat(segment.sequence()).isBetween(20L, 29L));
    }

    @Test
    void beginsWhereAPlayerMayStart() {
        next = 5;
        timeUs = 1_000_000;
        play(1, 25, 10);

        assertThat(Objects.requireNonNull(window.part(0)).segments().get(0).sequence())
                .isEqualTo(10);
    }

    @Test
    void marksAGapAndGoesOnWhereAPlayerMayStart() {
        play(1, 24, 10);
        window.take(new StreamSignal.Missing<>(new Gap(1, next, next + 3, Gap.Reason.TIMEOUT)));
        next += 3;
        timeUs += 600_000;
        play(1, 20, 10);

        String list = Objects.requireNonNull(window.playlist());
        assertThat(list).containsOnlyOnce("#EXT-X-DISCONTINUITY\n");
        assertThat(list.substring(list.indexOf("#EXT-X-DISCONTINUITY\n"))).contains("part/3.ts");
        assertThat(Objects.requireNonNull(window.part(3)).segments().get(0).sequence())
                .isEqualTo(30);
    }

    @Test
    void marksANewEpochAndAJumpOfTheClock() {
        play(1, 20, 10);
        next = 0;
        timeUs = 0;
        play(2, 20, 10);
        take(2, Segment.RANDOM_ACCESS | Segment.DISCONTINUITY);
        play(2, 9, 100);
        play(2, 10, 10);
        window.end();

        assertThat(Pattern.compile("#EXT-X-DISCONTINUITY\n")
                        .matcher(Objects.requireNonNull(window.playlist()))
                        .results())
                .hasSize(2);
    }

    @Test
    void aGapThatNobodyToldIsMarkedToo() {
        play(1, 20, 10);
        next += 10;
        timeUs += 2_000_000;
        play(1, 20, 10);

        assertThat(window.playlist()).containsOnlyOnce("#EXT-X-DISCONTINUITY\n");
    }

    @Test
    void countsTheDiscontinuitiesThatHaveLeftTheList() {
        for (int i = 0; i < 20; i++) {
            play(1, 20, 10);
            window.take(new StreamSignal.Missing<>(new Gap(1, next, next + 10, Gap.Reason.LAG)));
            next += 10;
            timeUs += 2_000_000;
        }
        String list = Objects.requireNonNull(window.playlist());

        long listed = Pattern.compile("#EXT-X-DISCONTINUITY\n")
                .matcher(list)
                .results()
                .count();
        assertThat(number(list, "DISCONTINUITY-SEQUENCE")).isEqualTo(19 - listed);
        assertThat(number(list, "MEDIA-SEQUENCE")).isGreaterThan(20);
    }

    @Test
    void noPartIsLongerThanTheTargetHoweverSeldomAPlayerMayStart() {
        play(1, 500, 173);
        window.end();

        String list = Objects.requireNonNull(window.playlist());
        long target = number(list, "TARGETDURATION");
        assertThat(Pattern.compile("#EXTINF:([0-9.]+),").matcher(list).results().map(match -> match.group(1)))
                .allSatisfy(seconds ->
                        assertThat(Math.round(Double.parseDouble(seconds))).isLessThanOrEqualTo(target));
    }

    @Test
    void keepsWhatItListsAndNotMuchMore() {
        play(1, 2000, 10);

        List<Long> listed = Pattern.compile("part/(\\d+)")
                .matcher(Objects.requireNonNull(window.playlist()))
                .results()
                .map(match -> Long.parseLong(match.group(1)))
                .toList();
        assertThat(listed).hasSizeBetween(10, 13).allSatisfy(number -> assertThat(window.part(number))
                .isNotNull());
        assertThat(window.part(listed.get(0) - 3))
                .as("left the list a moment ago")
                .isNotNull();
        assertThat(window.part(listed.get(0) - 20)).isNull();
    }

    @Test
    void isBoundedInBytesWhateverComes() {
        Random random = new Random(7);
        for (int i = 0; i < 3000; i++) {
            int flags = random.nextInt(20) == 0 ? Segment.RANDOM_ACCESS : 0;
            byte[] payload = ts(188 * 1300);
            timeUs += random.nextInt(100_000);
            window.take(new StreamSignal.Element<>(Segment.of(STREAM, 1, next++, new Cut(payload, timeUs, flags), 0)));
            assertThat(window.keptBytes()).isLessThan(HlsWindow.MAX_BYTES + (16L << 20));
        }
    }

    @Test
    void listsNothingOfWhatIsNoTransportStream() {
        for (int i = 0; i < 100; i++) {
            window.take(new StreamSignal.Element<>(
                    Segment.of(STREAM, 1, i, new Cut(new byte[1000], i * 100_000L, Segment.RANDOM_ACCESS), 0)));
        }

        assertThat(window.playlist()).isNull();
        assertThat(window.keptBytes()).isZero();
    }

    @Test
    void listsWholeFragmentsOfAnMp4AndTheHeadersThatTheyNeed() {
        byte[] one = mp4("ftypone-headers");
        byte[] two = mp4("ftyptwo-headers");
        HlsWindow mp4 = new HlsWindow(segment -> segment.descriptionVersion() == 1 ? one : two);
        fragment(mp4, 0, 0, 1, one, Segment.RANDOM_ACCESS);
        for (int i = 1; i < 9; i++) {
            fragment(mp4, i, i * 500_000L, 1, mp4("moof"), i % 4 == 1 ? Segment.RANDOM_ACCESS : 0);
        }
        fragment(mp4, 9, 4_500_000, 1, mp4("moof"), Segment.RANDOM_ACCESS);
        mp4.take(new StreamSignal.Missing<>(new Gap(1, 10, 11, Gap.Reason.TIMEOUT)));
        fragment(mp4, 11, 5_500_000, 1, mp4("mdat"), 0);
        fragment(mp4, 12, 6_000_000, 1, mp4("moof"), Segment.RANDOM_ACCESS);
        fragment(mp4, 13, 7_000_000, 2, two, Segment.RANDOM_ACCESS | Segment.DISCONTINUITY);
        fragment(mp4, 14, 7_000_000, 2, mp4("moof"), Segment.RANDOM_ACCESS);
        mp4.end();

        assertThat(mp4.playlist()).isEqualTo("""
                #EXTM3U
                #EXT-X-VERSION:7
                #EXT-X-TARGETDURATION:2
                #EXT-X-MEDIA-SEQUENCE:0
                #EXT-X-DISCONTINUITY-SEQUENCE:0
                #EXT-X-MAP:URI="init/0.mp4"
                #EXTINF:2.000,
                part/0.m4s
                #EXTINF:2.000,
                part/1.m4s
                #EXT-X-DISCONTINUITY
                #EXTINF:0.500,
                part/2.m4s
                #EXT-X-DISCONTINUITY
                #EXT-X-MAP:URI="init/1.mp4"
                #EXTINF:0.438,
                part/3.m4s
                #EXT-X-ENDLIST
                """);
        assertThat(mp4.headers(0)).isEqualTo(one);
        assertThat(mp4.headers(1)).isEqualTo(two);
        assertThat(mp4.headers(2)).isNull();
        assertThat(Objects.requireNonNull(mp4.part(0)).segments().get(0).sequence())
                .isEqualTo(1);
    }

    private static byte[] mp4(String text) {
        byte[] box = new byte[600];
        box[2] = 2;
        box[3] = 88;
        System.arraycopy(text.getBytes(StandardCharsets.US_ASCII), 0, box, 4, text.length());
        return box;
    }

    private static void fragment(HlsWindow to, long sequence, long atUs, int version, byte[] payload, int flags) {
        to.take(new StreamSignal.Element<>(Segment.of(STREAM, 1, sequence, new Cut(payload, atUs, flags), version)));
    }

    private static long number(String list, String tag) {
        MatchResult match = Pattern.compile("#EXT-X-" + tag + ":(\\d+)")
                .matcher(list)
                .results()
                .findFirst()
                .orElseThrow();
        return Long.parseLong(match.group(1));
    }

    /** Segments of 200 ms; a player may start each so many, counted by the sequence. */
    private void play(long epoch, int count, int startEach) {
        for (int i = 0; i < count; i++) {
            take(epoch, next % startEach == 0 ? Segment.RANDOM_ACCESS : 0);
        }
    }

    private void take(long epoch, int flags) {
        window.take(
                new StreamSignal.Element<>(Segment.of(STREAM, epoch, next++, new Cut(ts(PAYLOAD), timeUs, flags), 0)));
        timeUs += 200_000;
    }

    private static byte[] ts(int bytes) {
        byte[] payload = new byte[bytes];
        for (int at = 0; at < bytes; at += 188) {
            payload[at] = 0x47;
        }
        return payload;
    }
}
