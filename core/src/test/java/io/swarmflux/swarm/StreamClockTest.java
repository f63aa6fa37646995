package io.swarmflux.swarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamClockTest {
    private static final long MS = 1_000_000L;
    private static final long SECOND = 1_000 * MS;

    private final StreamClock clock = new StreamClock();

    @Test
    void knowsNothingAtFirst() {
        assertThat(clock.known()).isFalse();
        assertThat(clock.errorUs(5)).isEqualTo(Long.MAX_VALUE);
        assertThatThrownBy(() -> clock.timeUs(5)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void addsHalfTheRoundTripToTheTimeAndToItsError() {
        clock.heard(1_000_000, 300, 20 * MS, 7 * SECOND);
        assertThat(clock.timeUs(7 * SECOND)).isEqualTo(1_010_000);
        assertThat(clock.errorUs(7 * SECOND)).isEqualTo(10_300);
        assertThat(clock.timeUs(9 * SECOND)).isEqualTo(3_010_000);
    }

    @Test
    void trustsItselfLessAsTimePasses() {
        clock.heard(0, 1_000, 0, 0);
        assertThat(clock.errorUs(100 * SECOND)).isEqualTo(11_000);
        clock.heard(100_000_500, 11_001, 0, 100 * SECOND);
        assertThat(clock.timeUs(100 * SECOND)).isEqualTo(100_000_000);
        clock.heard(100_000_500, 11_000, 0, 100 * SECOND);
        assertThat(clock.timeUs(101 * SECOND)).isEqualTo(101_000_500);
    }

    @Test
    void neverJumpsASmallWayAndCountsWhatIsLeftAsError() {
        clock.heard(0, 50_000, 0, 0);
        clock.heard(40_000, 10, 0, 0); // 40 ms later than was thought
        assertThat(clock.timeUs(0)).isZero();
        assertThat(clock.errorUs(0)).isEqualTo(40_010);
        assertThat(clock.timeUs(10 * SECOND)).isEqualTo(10_010_000);
        assertThat(clock.timeUs(40 * SECOND)).isEqualTo(40_040_000);
        assertThat(clock.errorUs(40 * SECOND)).isEqualTo(10 + 4_000);
    }

    @Test
    void jumpsWhenItIsWrongByMoreThanASecond() {
        clock.heard(0, 9_000_000, 0, 0);
        clock.heard(-1_000_001, 10, 0, 0);
        assertThat(clock.timeUs(0)).isEqualTo(-1_000_001);
        assertThat(clock.errorUs(0)).isEqualTo(10);
    }

    @Test
    void passesOverAbsurdTimesAndErrors() {
        clock.heard(Long.MIN_VALUE, 0, 0, 0);
        clock.heard(Long.MAX_VALUE, 0, 0, 0);
        clock.heard(0, Long.MAX_VALUE, SECOND, 0);
        assertThat(clock.known()).isFalse();
        clock.heard(1_000, 10, 0, 0);
        clock.heard(Long.MIN_VALUE, 0, 0, 0);
        clock.heard(Long.MAX_VALUE, 0, 0, 0);
        clock.heard(5_000, Long.MAX_VALUE - 1, SECOND, 0);
        assertThat(clock.timeUs(0)).isEqualTo(1_000);
        assertThat(clock.errorUs(0)).isEqualTo(10);
    }

    /** Whatever is said within its bound, the time is within the bound that is claimed, and never goes back. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void isAsRightAsItClaims(long seed) {
        Random random = new Random(seed);
        double rate = 1 + (random.nextDouble() - 0.5) * 180e-6; // of the clock here
        long trueUs = 0;
        long before = Long.MIN_VALUE;
        for (int i = 0; i < 5_000; i++) {
            trueUs += random.nextInt(random.nextInt(20) == 0 ? 5_000_000 : 200_000);
            long nowNs = Math.round(trueUs * 1000 * rate) - 3 * SECOND;
            if (random.nextInt(3) == 0) {
                long errorUs = random.nextInt(random.nextBoolean() ? 200_000 : 2_000);
                long roundTripUs = random.nextInt(100_000);
                long onTheWayUs = Math.round(roundTripUs * random.nextDouble());
                long told = trueUs - onTheWayUs + Math.round(errorUs * (random.nextDouble() * 2 - 1));
                clock.heard(told, errorUs, roundTripUs * 1000, nowNs);
            }
            if (clock.known()) {
                long said = clock.timeUs(nowNs);
                assertThat(Math.abs(said - trueUs))
                        .as("seed %d, step %d", seed, i)
                        .isLessThanOrEqualTo(clock.errorUs(nowNs) + 10);
                assertThat(said).as("seed %d, step %d", seed, i).isGreaterThanOrEqualTo(before);
                before = said;
            }
        }
    }

    @Test
    void anotherEpochHasATimeOfItsOwn() {
        clock.heard(500_000_000, 10, 0, 0);
        clock.forget();
        assertThat(clock.known()).isFalse();
        clock.heard(1_000, 50_000, 0, SECOND);
        assertThat(clock.timeUs(SECOND)).isEqualTo(1_000);
    }
}
