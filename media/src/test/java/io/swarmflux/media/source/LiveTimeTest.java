package io.swarmflux.media.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.segment.CodecHeaders;
import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LiveTimeTest {
    private static final long SECOND = 1_000_000;

    @Test
    void leavesMediaTimeAloneUntilABreak() {
        LiveTime time = new LiveTime(true);
        time.begins();

        assertThat(place(time, 0, 50).mediaTimeUs()).isZero();
        assertThat(place(time, SECOND, 60).mediaTimeUs()).isEqualTo(SECOND);
        assertThat(place(time, SECOND, 60).flags()).isZero();
    }

    @Test
    void goesOnAfterABreakByAsMuchAsReallyWentBy() {
        LiveTime time = new LiveTime(true);
        time.begins();
        place(time, 0, 100 * SECOND);
        place(time, 4 * SECOND, 104 * SECOND);
        time.begins();
        Cut after = place(time, 0, 109 * SECOND);

        assertThat(after.mediaTimeUs()).isEqualTo(9 * SECOND);
        assertThat(after.flags()).isEqualTo(Segment.DISCONTINUITY);
        assertThat(place(time, SECOND, 110 * SECOND).mediaTimeUs()).isEqualTo(10 * SECOND);
    }

    @Test
    void versionsOfHeadersGrowOverBreaksWhenTheyChange() {
        LiveTime time = new LiveTime(true);

        assertThat(versionAfter(time, 1, "a")).isEqualTo(1);
        time.begins();
        assertThat(versionAfter(time, 1, "a")).isEqualTo(1);
        time.begins();
        assertThat(versionAfter(time, 1, "b")).isEqualTo(2);
        assertThat(versionAfter(time, 2, "c")).isEqualTo(3);
        assertThat(versionAfter(time, 0, "")).isEqualTo(3);
    }

    private static int versionAfter(LiveTime time, int version, String headers) {
        CodecHeaders given = new CodecHeaders(version, headers.getBytes(StandardCharsets.US_ASCII));
        return time.place(new Cut(new byte[1], 0, 0, given), 0).headers().version();
    }

    @Test
    void neverGoesBackToWhatWasReadAheadBeforeABreak() {
        LiveTime time = new LiveTime(true);
        time.begins();
        place(time, 0, 0);
        place(time, 8 * SECOND, SECOND);
        time.begins();

        assertThat(place(time, 0, 2 * SECOND).mediaTimeUs()).isEqualTo(8 * SECOND);
        assertThat(place(time, SECOND, 3 * SECOND).mediaTimeUs()).isEqualTo(9 * SECOND);
    }

    @Test
    void isNeverLaterThanADatagramComes() {
        LiveTime time = new LiveTime(false);
        time.begins();
        place(time, 0, 0); // this one was held up by 30 ms

        assertThat(place(time, 50_000, 20_000).mediaTimeUs()).isEqualTo(20_000);
        assertThat(place(time, 100_000, 80_000).mediaTimeUs()).isEqualTo(70_000);
    }

    @Test
    void goesOnByAsMuchAsReallyWentByWhereDatagramsStoodStill() {
        LiveTime time = new LiveTime(false);
        time.begins();
        place(time, 0, 0);
        place(time, SECOND, SECOND);

        assertThat(place(time, SECOND + 40_000, 30 * SECOND).mediaTimeUs()).isEqualTo(30 * SECOND);
    }

    /** A day of an input whose clock differs by 0.02 %, with datagrams that are held up by at most 40 ms. */
    @Test
    void followsAnInputWithAClockOfItsOwn() {
        for (long seed = 0; seed < 4; seed++) {
            double speed = seed % 2 == 0 ? 1.000_2 : 0.999_8;
            Random late = new Random(seed);
            LiveTime time = new LiveTime(false);
            time.begins();
            long last = 0;
            for (long really = 0; really < 86_400 * SECOND; really += SECOND / 4) {
                long came = really == 0 ? 0 : really + late.nextInt(40_000);
                long placed = place(time, (long) (really * speed), came).mediaTimeUs();
                assertThat(placed).as("seed %d", seed).isBetween(last, came);
                assertThat(came - placed).as("seed %d, at %d", seed, really).isLessThan(60_000);
                last = placed;
            }
        }
    }

    private static Cut place(LiveTime time, long mediaTimeUs, long nowUs) {
        return time.place(new Cut(new byte[1], mediaTimeUs, 0), nowUs);
    }
}
