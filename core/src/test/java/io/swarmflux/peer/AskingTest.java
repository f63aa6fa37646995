package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AskingTest {
    private static final long MS = 1_000_000L;
    private static final double MIDDLE = 0.5;

    private final Asking asking = new Asking();

    private long waitsMs(boolean ready, boolean othersBring) {
        asking.asked(0);
        asking.refused(ready, othersBring, MIDDLE, 0);
        long ms = 0;
        while (!asking.isDue(ms * MS)) {
            ms++;
        }
        return ms;
    }

    @Test
    void whoDoesNotAnswerIsAskedAgainAfterThreeSeconds() {
        asking.asked(0);
        assertThat(asking.isDue(3_000 * MS)).isFalse();
        assertThat(asking.isDue(3_000 * MS + 1)).isTrue();
        asking.accepted();
        assertThat(asking.isDue(Long.MAX_VALUE - 1)).isFalse();
    }

    @Test
    void whoHasNobodyElseAsksEachSecond() {
        assertThat(waitsMs(true, false)).isEqualTo(1_000);
        assertThat(waitsMs(true, false)).isEqualTo(1_000);
    }

    @Test
    void whoHasSomebodyElseAsksLessAndLess() {
        assertThat(waitsMs(true, true)).isEqualTo(1_000);
        assertThat(waitsMs(true, true)).isEqualTo(2_000);
        assertThat(waitsMs(true, true)).isEqualTo(4_000);
        assertThat(waitsMs(true, true)).isEqualTo(4_000);
        asking.accepted();
        assertThat(waitsMs(true, true)).isEqualTo(1_000);
    }

    @Test
    void whoIsNotReadyIsAskedSoonAndOnlyTheThirdTimeMeansTrouble() {
        assertThat(waitsMs(false, true)).isEqualTo(300);
        assertThat(asking.refused(false, true, MIDDLE, 0)).isFalse();
        assertThat(asking.refused(false, true, MIDDLE, 0)).isTrue();
        assertThat(asking.refused()).isFalse();
    }
}
