package io.swarmflux.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NakBackoffTest {
    private static final long GRTT_NS = 10_000_000L;

    /** How many ask on average when all of a group lose a packet, and one ask is heard half a round trip later. */
    private static double naksPerLoss(NakBackoff backoff, int members, boolean suppress) {
        Random random = new Random(members);
        int losses = 400_000 / members;
        long naks = 0;
        long[] delays = new long[members];
        for (int i = 0; i < losses; i++) {
            long least = Long.MAX_VALUE;
            for (int j = 0; j < members; j++) {
                delays[j] = backoff.delayNs(random.nextDouble(), members, GRTT_NS);
                least = Math.min(least, delays[j]);
            }
            for (long delay : delays) {
                naks += !suppress || delay <= least + GRTT_NS / 2 ? 1 : 0;
            }
        }
        return (double) naks / losses;
    }

    /** RFC 5401: e^(1.2 λ / 2K). */
    static double theory(int members) {
        return Math.exp(1.2 * (Math.log(members) + 1) / (2 * NakBackoff.ROUND_TRIPS));
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 100, 1_000})
    void fewAskWhenAllHaveLostTheSame(int members) {
        double most = theory(members) * 1.25;
        assertThat(naksPerLoss(NakBackoff.TRUNCATED_EXPONENTIAL, members, true)).isBetween(1.0, most);
        assertThat(naksPerLoss(NakBackoff.TRUNCATED_EXPONENTIAL, members, false))
                .as("without suppression")
                .isGreaterThan(most);
        assertThat(naksPerLoss(NakBackoff.NONE, members, true))
                .as("without back-off")
                .isGreaterThan(most);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1, 2, 1_000_000_000})
    void isAtMostFourRoundTrips(int members) {
        NakBackoff backoff = NakBackoff.TRUNCATED_EXPONENTIAL;
        assertThat(backoff.delayNs(0, members, GRTT_NS)).isZero();
        assertThat(backoff.delayNs(Math.nextDown(1.0), members, GRTT_NS)).isBetween(4 * GRTT_NS - 10, 4 * GRTT_NS);
        assertThat(backoff.delayNs(0.5, members, GRTT_NS)).isBetween(2 * GRTT_NS, 4 * GRTT_NS);
    }

    @Test
    void aGroupOfFewWaitsLess() {
        double longest = Math.nextDown(1.0);
        assertThat(NakBackoff.BY_SIZE.delayNs(longest, 1, GRTT_NS)).isZero();
        assertThat(NakBackoff.BY_SIZE.delayNs(longest, 2, GRTT_NS)).isZero();
        assertThat(NakBackoff.BY_SIZE.delayNs(longest, 4, GRTT_NS)).isBetween(GRTT_NS - 10, GRTT_NS);
        assertThat(NakBackoff.BY_SIZE.delayNs(longest, 6, GRTT_NS)).isBetween(2 * GRTT_NS - 10, 2 * GRTT_NS);
        for (int members : new int[] {10, 100, 1_000}) {
            assertThat(NakBackoff.BY_SIZE.delayNs(longest, members, GRTT_NS))
                    .isEqualTo(NakBackoff.TRUNCATED_EXPONENTIAL.delayNs(longest, members, GRTT_NS));
        }
    }
}
