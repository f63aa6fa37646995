package io.swarmflux.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MediaTimesTest {
    private final MediaTimes times = new MediaTimes();

    @Test
    void nothingIsKnownOfNothing() {
        assertThat(times.of(0)).isEqualTo(MediaTimes.UNKNOWN);
    }

    @Test
    void liesBetweenItsNeighbours() {
        times.held(10, 1_000);
        times.held(14, 3_000);
        times.held(15, 3_700);
        assertThat(times.of(10)).isEqualTo(1_000);
        assertThat(times.of(11)).isEqualTo(1_500);
        assertThat(times.of(13)).isEqualTo(2_500);
        assertThat(times.of(15)).isEqualTo(3_700);
    }

    @Test
    void goesOnAtThePaceBeyondTheLast() {
        times.held(10, 1_000);
        assertThat(times.of(11)).isEqualTo(MediaTimes.UNKNOWN);
        times.held(20, 6_000);
        assertThat(times.of(22)).isEqualTo(7_000);
        assertThat(times.of(8)).isZero();
    }

    @Test
    void thePaceIsRememberedAtTheNextLookAndForgottenWithTheEpoch() {
        times.held(10, 1_000);
        times.held(20, 6_000);
        times.look();
        times.held(30, 11_000);
        assertThat(times.of(31)).isEqualTo(11_500);
        times.clear();
        times.held(30, 11_000);
        assertThat(times.of(31)).isEqualTo(MediaTimes.UNKNOWN);
    }

    @Test
    void beforeTheFirstIsNoLaterThanIt() {
        times.held(10, 1_000);
        assertThat(times.of(8)).isEqualTo(1_000);
    }

    @Test
    void whereMediaTimeJumpsBackNothingIsKnown() {
        times.held(10, 9_000_000);
        times.held(14, 0);
        assertThat(times.of(12)).isEqualTo(MediaTimes.UNKNOWN);
    }
}
