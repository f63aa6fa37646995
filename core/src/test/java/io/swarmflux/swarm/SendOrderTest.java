package io.swarmflux.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SendOrderTest {
    @Test
    void sendsTheOlderOfEqualReachFirst() {
        assertThat(SendOrder.key(10, 0, 3)).isLessThan(SendOrder.key(11, 0, 3));
    }

    @Test
    void goesByWhenSegmentsCameHereAndNotByTheirNumber() {
        assertThat(SendOrder.key(12, 1, 1)).isLessThan(SendOrder.key(10, 4, 1));
    }

    @Test
    void twiceTheReachWeighsFiveAndAHalfSegmentsOfWaiting() {
        assertThat(SendOrder.key(105, 0, 8)).isLessThan(SendOrder.key(100, 0, 4));
        assertThat(SendOrder.key(106, 0, 8)).isGreaterThan(SendOrder.key(100, 0, 4));
    }

    @Test
    void passesNobodyOverForEver() {
        assertThat(SendOrder.key(0, 0, 1)).isLessThan(SendOrder.key(60, 0, 1_000));
    }

    @Test
    void takesAbsurdReachesForWhatTheyCanBe() {
        assertThat(SendOrder.key(7, 0, Long.MIN_VALUE)).isEqualTo(SendOrder.key(7, 0, 1));
        assertThat(SendOrder.key(7, 0, 0)).isEqualTo(SendOrder.key(7, 0, 1));
        assertThat(SendOrder.key(400, 0, 1)).isGreaterThan(SendOrder.key(400, 0, Long.MAX_VALUE));
        assertThat(SendOrder.key(0, 0, 1)).isLessThan(SendOrder.key(400, 0, Long.MAX_VALUE));
    }

    /** The sum of all waits of all peers is smaller than first come, first served, on any burst of copies. */
    @Test
    void makesTheSumOfAllWaitsSmaller() {
        Random random = new Random(11);
        record Copy(long sequence, long reach) {}
        for (int round = 0; round < 200; round++) {
            List<Copy> copies = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                copies.add(new Copy(random.nextInt(4), 1L << random.nextInt(8)));
            }
            long[] sums = {0, 0};
            copies.sort(Comparator.comparingLong(Copy::sequence));
            for (int order = 0; order < 2; order++) {
                for (int slot = 0; slot < copies.size(); slot++) {
                    sums[order] += slot * copies.get(slot).reach();
                }
                copies.sort(Comparator.comparingDouble(copy -> SendOrder.key(copy.sequence(), 0, copy.reach())));
            }
            assertThat(sums[1]).isLessThan(sums[0]);
        }
    }
}
