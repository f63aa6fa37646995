package io.swarmflux.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GroupRoundTripTest {
    private static final long MS = 1_000_000L;

    private final GroupRoundTrip trip = new GroupRoundTrip();

    /** One measurement each 100 ms. */
    private void measured(int times, long roundTripNs, long fromMs) {
        for (int i = 0; i < times; i++) {
            trip.measured(roundTripNs, (fromMs + 100L * i) * MS);
        }
    }

    @Test
    void beginsWithAGuessUntilTheFirstRoundIsOver() {
        assertThat(trip.roundTripNs()).isEqualTo(20 * MS);
        measured(5, 3 * MS, 0);
        assertThat(trip.roundTripNs()).isEqualTo(20 * MS);
        measured(1, 3 * MS, 500);
        assertThat(trip.roundTripNs()).isEqualTo(3 * MS);
    }

    @Test
    void risesAtOnce() {
        trip.measured(5 * MS, 0); // less than the guess
        assertThat(trip.roundTripNs()).isEqualTo(20 * MS);
        trip.measured(28 * MS, 1);
        assertThat(trip.roundTripNs()).isEqualTo(28 * MS);
    }

    @Test
    void risesByNoMoreThanTwofold() {
        measured(6, 5 * MS, 0); // the guess is replaced
        trip.measured(900 * MS, 601 * MS);
        assertThat(trip.roundTripNs()).isEqualTo(10 * MS);
        trip.measured(900 * MS, 602 * MS);
        assertThat(trip.roundTripNs()).isEqualTo(20 * MS);
    }

    @Test
    void fallsSlowlyToTheLongestOfARound() {
        measured(6, 20 * MS, 0);
        measured(5, 5 * MS, 600);
        trip.measured(12 * MS, 1_050 * MS); // ends the round that began with 20 ms
        assertThat(trip.roundTripNs()).isEqualTo(20 * MS);
        trip.measured(5 * MS, 1_600 * MS); // ends one whose longest was 12 ms
        assertThat(trip.roundTripNs()).isEqualTo(18 * MS);
    }

    @Test
    void staysWithinItsBounds() {
        measured(100, -5, 0);
        assertThat(trip.roundTripNs()).isEqualTo(MS);
        measured(100, Long.MAX_VALUE, 20_000);
        assertThat(trip.roundTripNs()).isEqualTo(30 * MS);
    }
}
