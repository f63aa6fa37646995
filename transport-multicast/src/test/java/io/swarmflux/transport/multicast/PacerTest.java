package io.swarmflux.transport.multicast;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PacerTest {
    private static final long MS = 1_000_000;

    @Test
    void letsABurstGoAndThenTheRate() {
        Pacer pacer = new Pacer(12_000_000, 0); // 1,500 bytes a millisecond
        assertThat(empty(pacer, 1_500, 0)).isEqualTo(16);
        assertThat(pacer.waitNs(1_500)).isEqualTo(MS);
        assertThat(pacer.tryTake(1_500, MS - 1_000)).isFalse();
        int later = 0;
        for (long nowNs = MS; nowNs <= 1_000 * MS; nowNs += MS) {
            later += empty(pacer, 1_500, nowNs);
        }
        assertThat(later).isEqualTo(1_000);
    }

    private static int empty(Pacer pacer, int size, long nowNs) {
        int taken = 0;
        while (pacer.tryTake(size, nowNs)) {
            taken++;
        }
        return taken;
    }

    @Test
    void aPauseSavesNoMoreThanABurst() {
        Pacer pacer = new Pacer(12_000_000, 0);
        assertThat(empty(pacer, 1_500, 3_600_000 * MS)).isEqualTo(16);
    }

    @Test
    void aNewRateHoldsAtOnce() {
        Pacer pacer = new Pacer(8_000, 0);
        assertThat(empty(pacer, 1_000, 0)).isEqualTo(24);
        assertThat(pacer.waitNs(1_000)).isEqualTo(1_000 * MS);
        pacer.rate(8_000_000, 0);
        assertThat(pacer.waitNs(1_000)).isEqualTo(MS);
        assertThat(pacer.tryTake(1_000, MS)).isTrue();
    }

    @Test
    void aClockThatGoesBackGivesNothing() {
        Pacer pacer = new Pacer(12_000_000, 10 * MS);
        assertThat(empty(pacer, 1_500, 10 * MS)).isEqualTo(16);
        assertThat(pacer.tryTake(1_500, 0)).isFalse();
    }
}
