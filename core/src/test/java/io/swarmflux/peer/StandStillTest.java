package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StandStillTest {
    private static final long S = 1_000_000_000L;

    private final StandStill standStill = new StandStill(0);

    @Test
    void tenSecondsWithoutAStepAreTooLong() {
        standStill.said(5, false, 4 * S);
        standStill.said(5, false, 9 * S);
        assertThat(standStill.tooLong(14 * S)).isFalse();
        assertThat(standStill.tooLong(14 * S + 1)).isTrue();
    }

    @Test
    void whoNeedsNothingDoesNotStandStill() {
        standStill.rests(9 * S);
        assertThat(standStill.tooLong(19 * S)).isFalse();
        assertThat(standStill.tooLong(19 * S + 1)).isTrue();
    }

    @Test
    void whoIsHeldUpByOthersGetsAMinute() {
        standStill.said(0, true, S);
        for (long at = 5; at <= 60; at += 5) {
            assertThat(standStill.tooLong(at * S)).isFalse();
        }
        assertThat(standStill.tooLong(60 * S + 1)).isTrue();
    }

    /** The time that it was held up does not count against it. */
    @Test
    void whoIsHeldUpNoMoreHasTenSecondsAgain() {
        standStill.said(0, true, S);
        assertThat(standStill.tooLong(20 * S)).isFalse();
        standStill.said(0, false, 21 * S);
        assertThat(standStill.tooLong(30 * S)).isFalse();
        assertThat(standStill.tooLong(30 * S + 1)).isTrue();
    }
}
