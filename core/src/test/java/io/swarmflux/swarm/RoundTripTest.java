package io.swarmflux.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RoundTripTest {
    private static final long MS = 1_000_000L;

    private final RoundTrip trip = new RoundTrip();

    @Test
    void knowsNothingAtFirst() {
        assertThat(trip.leastNs()).isEqualTo(-1);
        assertThat(trip.meanNs()).isEqualTo(-1);
        assertThat(trip.timeOutNs(0)).isEqualTo(250 * MS);
        assertThat(trip.timeOutNs(40 * MS)).isEqualTo(290 * MS);
    }

    @Test
    void theFirstMeasurementCountsAsMeanAndHalfOfItAsDeviation() {
        trip.measured(200 * MS);
        assertThat(trip.meanNs()).isEqualTo(200 * MS);
        assertThat(trip.deviationNs()).isEqualTo(100 * MS);
        assertThat(trip.timeOutNs(0)).isEqualTo(600 * MS);
    }

    @Test
    void smoothsByAnEighthAndAQuarter() {
        trip.measured(200 * MS);
        trip.measured(280 * MS);
        assertThat(trip.meanNs()).isEqualTo(210 * MS);
        assertThat(trip.deviationNs()).isEqualTo(95 * MS); // 3/4 of 100 and 1/4 of 80, by the mean before
        assertThat(trip.leastNs()).isEqualTo(200 * MS);
        assertThat(trip.timeOutNs(0)).isEqualTo(590 * MS);
        trip.measured(130 * MS);
        assertThat(trip.meanNs()).isEqualTo(200 * MS);
        assertThat(trip.leastNs()).isEqualTo(130 * MS);
    }

    @Test
    void aSteadyLinkNeedsNoMoreThanItsRoundTrip() {
        for (int i = 0; i < 100; i++) {
            trip.measured(300 * MS);
        }
        assertThat(trip.timeOutNs(0)).isBetween(300 * MS, 301 * MS);
    }

    @Test
    void waitsAsLongAsTheOtherEndSaysThatItTakesAndNeverLessThanTheFloor() {
        for (int i = 0; i < 100; i++) {
            trip.measured(MS);
        }
        assertThat(trip.timeOutNs(0)).isEqualTo(250 * MS);
        assertThat(trip.timeOutNs(200 * MS)).isEqualTo(250 * MS);
        assertThat(trip.timeOutNs(300 * MS)).isBetween(301 * MS, 302 * MS);
        assertThat(trip.timeOutNs(-1)).isEqualTo(250 * MS);
    }
}
