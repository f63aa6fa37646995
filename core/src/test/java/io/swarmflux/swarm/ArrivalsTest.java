package io.swarmflux.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ArrivalsTest {
    private static final long MS = 1_000_000L;

    private final Arrivals arrivals = new Arrivals(4);

    @Test
    void measuresLatenessAgainstTheFirstFromAnybody() {
        for (long n = 0; n < 400; n += 2) {
            arrivals.came("quick", n + 1, true, n * 10 * MS);
            arrivals.came("slow", n, true, (n * 10 + 80) * MS);
        }
        assertThat(arrivals.latenessNs("quick")).isZero();
        assertThat(arrivals.latenessNs("slow")).isBetween(79 * MS, 81 * MS);
        arrivals.forget("slow");
        assertThat(arrivals.latenessNs("slow")).isZero();
    }

    @Test
    void findsTheSubStreamThatStopped() {
        for (long n = 0; n < 100; n++) {
            if (n < 40 || n % 4 != 2) {
                arrivals.came("a", n, true, n * 10 * MS);
            }
        }
        // sequence 42 has existed since 43 came, at 430 ms
        assertThat(arrivals.stuck(0, 680 * MS)).isZero();
        assertThat(arrivals.stuck(0, 681 * MS)).isEqualTo(0b100);
    }

    /** Sub-streams of one upstream usually come as soon as they exist, however slow the stream is. */
    @Test
    void doesNotWaitForThreeIntervalsOfASlowStreamThatWasNeverLate() {
        for (long n = 0; n < 40; n++) {
            if (n != 38) {
                arrivals.came("a", n, true, n * 100 * MS);
            }
        }
        assertThat(arrivals.stuck(0, (3900 + 400) * MS)).isZero();
        assertThat(arrivals.stuck(0, (3900 + 401) * MS)).isEqualTo(0b100);
    }

    @Test
    void allowsASubStreamTheLatenessThatIsUsualForIt() {
        for (long n = 0; n < 400; n += 4) {
            for (long other : new long[] {0, 1, 3}) {
                arrivals.came("a", n + other, true, (n + other) * 100 * MS);
            }
            if (n < 360) {
                arrivals.came("b", n + 2, true, (n + 3) * 100 * MS + 600 * MS); // always 600 ms after its successor
            }
        }
        assertThat(arrivals.usualLatenessNs(2)).isBetween(600 * MS, 800 * MS);
        long existsMs = 363 * 100;
        assertThat(arrivals.stuck(0, (existsMs + 800) * MS)).isZero();
        assertThat(arrivals.stuck(0, (existsMs + 1100) * MS)).isEqualTo(0b100);
    }

    /** Otherwise who gets a sub-stream by asking again only, each segment late, never takes it from anybody else. */
    @Test
    void learnsNothingOfLatenessFromWhatHadToBeAskedFor() {
        for (long n = 0; n < 100; n++) {
            boolean asked = n >= 40 && n % 4 == 2;
            if (asked) {
                arrivals.repaired("b", n - 4, true, n * 100 * MS); // by then it has existed for 300 ms
            } else {
                arrivals.came("a", n, true, n * 100 * MS);
            }
        }
        assertThat(arrivals.usualLatenessNs(2)).isZero();
        assertThat(arrivals.latenessNs("b")).isZero();
        assertThat(arrivals.nextOf(2)).isEqualTo(98);
    }

    @Test
    void findsNothingStuckWhenTheSourcePauses() {
        for (long n = 0; n < 40; n++) {
            arrivals.came("a", n, true, n * 10 * MS);
        }
        assertThat(arrivals.stuck(0, 1_000_000 * MS)).isZero();
    }

    @Test
    void findsASubStreamThatNeverCame() {
        for (long n = 10; n < 100; n++) {
            if (n % 4 != 1) {
                arrivals.came("a", n, true, n * 10 * MS);
            }
        }
        assertThat(arrivals.stuck(0, 2000 * MS)).isEqualTo(0b10);
    }

    @Test
    void tellsWhatItsSubStreamHasPassedFromWhatMayBeOnItsWay() {
        arrivals.came("a", 0, true, 0);
        arrivals.came("a", 5, true, 10 * MS);
        arrivals.came("b", 6, true, 20 * MS);
        assertThat(arrivals.passed(1)).isTrue(); // 5 came, of the same sub-stream
        assertThat(arrivals.passed(3)).isFalse();
        assertThat(arrivals.existsForNs(3, 50 * MS)).isEqualTo(40 * MS);
        assertThat(arrivals.existsForNs(7, 50 * MS)).isZero();
    }

    @Test
    void takesAFarSequenceInItsStride() {
        arrivals.came("a", 0, true, 0);
        arrivals.came("a", 1L << 60, true, MS);
        assertThat(arrivals.edge()).isEqualTo((1L << 60) + 1);
        assertThat(arrivals.stuck(0, 2 * MS)).isEqualTo(0b1110);
    }

    @Test
    void knowsNoAgeBeforeItWasTold() {
        assertThat(arrivals.ageNs(2)).isEqualTo(-1);
        arrivals.came("a", 2, true, 5 * MS);
        assertThat(arrivals.ageNs(2)).isEqualTo(-1);
    }

    @Test
    void smoothsTheAgeOfEachSubStream() {
        arrivals.aged(2, 80 * MS);
        arrivals.aged(3, 10 * MS);
        assertThat(arrivals.ageNs(2)).isEqualTo(80 * MS);
        arrivals.aged(6, 160 * MS);
        assertThat(arrivals.ageNs(2)).isEqualTo(90 * MS);
        assertThat(arrivals.ageNs(3)).isEqualTo(10 * MS);
        for (long n = 10; n < 600; n += 4) {
            arrivals.aged(n, 20 * MS);
        }
        assertThat(arrivals.ageNs(2)).isBetween(20 * MS, 21 * MS);
    }

    @Test
    void takesWhatIsExpectedOfANewUpstreamUntilItsSegmentsCome() {
        arrivals.aged(2, 800 * MS);
        arrivals.expectAge(2, 80 * MS);
        assertThat(arrivals.ageNs(2)).isEqualTo(80 * MS);
        arrivals.aged(6, 160 * MS);
        assertThat(arrivals.ageNs(2)).isEqualTo(90 * MS);
        arrivals.expectAge(2, -1);
        assertThat(arrivals.ageNs(2)).isEqualTo(-1);
        arrivals.aged(10, 30 * MS);
        assertThat(arrivals.ageNs(2)).isEqualTo(30 * MS);
    }

    @Test
    void nothingIsYoungerThanNew() {
        arrivals.aged(1, -5 * MS);
        assertThat(arrivals.ageNs(1)).isZero();
        arrivals.aged(5, Long.MIN_VALUE);
        assertThat(arrivals.ageNs(1)).isZero();
    }

    @Test
    void doesNotWaitForWhatIsNotPushedAnyMore() {
        for (long n = 0; n < 100; n++) {
            if (n != 94) {
                arrivals.came("a", n, true, n * 10 * MS);
            }
        }
        assertThat(arrivals.passed(94)).isTrue(); // 98 came
        arrivals.passedOver(102, 995 * MS);
        assertThat(arrivals.passed(102)).isFalse(); // nobody knows of it yet
        for (long n : new long[] {100, 101, 103, 104}) {
            arrivals.came("a", n, true, n * 10 * MS);
        }
        assertThat(arrivals.stuck(0, 2_000 * MS) & 0b100).isEqualTo(0b100);
        arrivals.passedOver(102, 1_100 * MS);
        assertThat(arrivals.stuck(0, 2_000 * MS) & 0b100).isZero();
        assertThat(arrivals.passed(98)).isTrue();
        assertThat(arrivals.passed(102)).isTrue(); // so it is asked for at once
        assertThat(arrivals.nextOf(2)).isEqualTo(106);
    }

    @Test
    void tellsWhoPushedTheNewestOfASubStream() {
        assertThat(arrivals.bringer(2)).isNull();
        arrivals.came("a", 2, true, 0);
        arrivals.repaired("b", 6, true, MS);
        assertThat(arrivals.bringer(2)).isEqualTo("a");
        arrivals.came("b", 10, true, 2 * MS);
        arrivals.came("a", 10, false, 3 * MS);
        assertThat(arrivals.bringer(2)).isEqualTo("b");
        assertThat(arrivals.bringer(1)).isNull();
    }

    @Test
    void findsWhoPushesWhatSomebodyElseBrings() {
        arrivals.came("owner", 2, true, 1 * MS);
        assertThat(arrivals.stray(2, "owner")).isNull();
        arrivals.came("late", 2, false, 2 * MS); // behind the owner
        assertThat(arrivals.stray(2, "owner")).isEqualTo("late");
        assertThat(arrivals.stray(2, "owner")).isNull();
        arrivals.came("early", 6, true, 3 * MS);
        arrivals.came("owner", 6, false, 4 * MS); // before the owner
        assertThat(arrivals.stray(2, "owner")).isEqualTo("early");
        assertThat(arrivals.stray(2, "owner")).isNull();
    }
}
