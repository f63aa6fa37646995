package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RateTest {
    private static final long MS = 1_000_000;

    private final Rate rate = new Rate();

    @Test
    void isZeroUntilThereIsSomethingToCompareWith() {
        assertThat(rate.perSecond(100, 0)).isZero();
        rate.look(100, 0);
        assertThat(rate.perSecond(150, 10 * MS)).isZero();
    }

    @Test
    void measuresTheLastTwoSecondsOnly() {
        long total = 0;
        for (int ms = 0; ms <= 5_000; ms += 50) {
            rate.look(total, ms * MS);
            total += 50;
        }
        assertThat(rate.perSecond(total, 5_050 * MS)).isBetween(990L, 1010L);
        for (int ms = 5_050; ms <= 7_100; ms += 50) {
            rate.look(total, ms * MS);
        }
        assertThat(rate.perSecond(total, 7_150 * MS)).isZero();
    }

    @Test
    void aCountThatBeginsAnewHasNoNegativeRate() {
        rate.look(1_000_000, 0);
        assertThat(rate.perSecond(0, 1_000 * MS)).isZero();
    }
}
