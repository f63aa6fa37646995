package io.swarmflux.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.swarm.RepairPlan.Ask;
import io.swarmflux.swarm.RepairPlan.Source;
import io.swarmflux.swarm.RepairPlan.TimeLeft;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RepairPlanTest {
    private static final long MS = 1_000_000L;
    private static final Source NEAR = new Source("near", 20 * MS, 100 * MS);
    private static final Source FAR = new Source("far", 200 * MS, 400 * MS);

    private final RepairPlan plan = new RepairPlan(4);

    private List<Ask> plan(long atMs, List<Source> sources, long... holes) {
        return plan(atMs, sources, TimeLeft.ENDLESS, holes);
    }

    private List<Ask> plan(long atMs, List<Source> sources, TimeLeft left, long... holes) {
        return plan.plan(LongStream.of(holes).boxed().toList(), sequence -> sources, left, s -> 0, atMs * MS);
    }

    /** Everything is due at that time. */
    private static TimeLeft due(long dueMs, long nowMs) {
        return sequence -> (dueMs - nowMs) * MS;
    }

    @Test
    void asksNobodyBeforeTheAllowanceIsOver() {
        assertThat(plan.plan(List.of(5L), s -> List.of(NEAR), TimeLeft.ENDLESS, s -> 50 * MS, 0))
                .isEmpty();
        assertThat(plan.plan(List.of(5L), s -> List.of(NEAR), TimeLeft.ENDLESS, s -> 50 * MS, 50 * MS))
                .containsExactly(new Ask("near", 5));
    }

    @Test
    void asksTheOldestFirstAndSoManyAtOnce() {
        assertThat(plan(0, List.of(NEAR), 3, 4, 5, 8, 9))
                .extracting(Ask::sequence)
                .containsExactly(3L, 4L, 5L, 8L);
        assertThat(plan(10, List.of(NEAR), 4, 5, 8, 9)).containsExactly(new Ask("near", 9));
    }

    @Test
    void oneRequestForEachSegmentUntilTheTimeOutOfWhoWasAsked() {
        assertThat(plan(0, List.of(FAR), 5)).hasSize(1);
        assertThat(plan(399, List.of(NEAR, FAR), 5)).isEmpty();
        assertThat(plan(400, List.of(NEAR, FAR), 5)).containsExactly(new Ask("near", 5));
    }

    @Test
    void theTimeOutDoublesWithEachRepeatForOneSegment() {
        assertThat(plan(0, List.of(NEAR), 5)).hasSize(1);
        assertThat(plan(100, List.of(NEAR), 5)).hasSize(1); // until 300
        assertThat(plan(299, List.of(NEAR), 5)).isEmpty();
        assertThat(plan(300, List.of(NEAR), 5)).hasSize(1); // until 700
        assertThat(plan(699, List.of(NEAR), 5)).isEmpty();
        assertThat(plan(699, List.of(NEAR), 5, 6)).containsExactly(new Ask("near", 6)); // which was never asked for
        assertThat(plan(700, List.of(NEAR), 5, 6)).containsExactly(new Ask("near", 5));
    }

    @Test
    void noTimeOutIsLongerThanFourSeconds() {
        Source silent = new Source("silent", 0, 3_000 * MS);
        assertThat(plan(0, List.of(silent), 5)).hasSize(1);
        assertThat(plan(3_000, List.of(silent), 5)).hasSize(1);
        assertThat(plan(6_999, List.of(silent), 5)).isEmpty();
        assertThat(plan(7_000, List.of(silent), 5)).hasSize(1);
    }

    @Test
    void whoseTimeOutIsOverIsNotAskedAgainForTheSameUnlessNobodyElseHasIt() {
        assertThat(plan(0, List.of(NEAR, FAR), 5)).containsExactly(new Ask("near", 5));
        assertThat(plan(100, List.of(NEAR, FAR), 5)).containsExactly(new Ask("far", 5));
        assertThat(plan(900, List.of(FAR), 5)).containsExactly(new Ask("far", 5));
    }

    @Test
    void whoNeverAnswersIsNotAskedFirstUntilItHasRested() {
        for (long i = 0; i < 3; i++) {
            assertThat(plan(1_000 * i, List.of(NEAR, FAR), i)).containsExactly(new Ask("near", i));
            plan(1_000 * i + 100, List.of(), i);
        }
        assertThat(plan(4_000, List.of(NEAR, FAR), 7)).containsExactly(new Ask("far", 7));
        assertThat(plan(5_000, List.of(NEAR), 8)).containsExactly(new Ask("near", 8));
        assertThat(plan(13_000, List.of(NEAR, FAR), 9)).containsExactly(new Ask("near", 9));
    }

    @Test
    void asksWhatCanJustComeInTimeAndNotWhatCannot() {
        assertThat(plan(0, List.of(FAR), due(199, 0), 5)).isEmpty();
        assertThat(plan(0, List.of(FAR), due(200, 0), 5)).containsExactly(new Ask("far", 5));
    }

    @Test
    void asksTheOtherWhenOneIsTooSlow() {
        assertThat(plan(0, List.of(FAR, NEAR), due(100, 0), 5)).containsExactly(new Ask("near", 5));
        assertThat(plan(10, List.of(FAR, NEAR), due(400, 10), 6)).containsExactly(new Ask("far", 6));
    }

    @Test
    void whoRestsIsAskedWhenNobodyElseMakesIt() {
        for (long i = 0; i < 3; i++) {
            plan(1_000 * i, List.of(NEAR, FAR), i);
            plan(1_000 * i + 100, List.of(), i);
        }
        assertThat(plan(4_000, List.of(NEAR, FAR), due(4_100, 4_000), 7)).containsExactly(new Ask("near", 7));
    }

    @Test
    void isNotAskedAgainForWhatCouldNotComeInTimeAnyMore() {
        assertThat(plan(0, List.of(NEAR), due(110, 0), 5)).hasSize(1);
        assertThat(plan(100, List.of(NEAR), due(110, 100), 5)).isEmpty();
    }

    @Test
    void eachSegmentHasItsOwnDeadline() {
        TimeLeft left = sequence -> (sequence - 5) * 10 * MS; // 5 is due now, each one after it 10 ms later
        assertThat(plan(0, List.of(NEAR), left, 3, 5, 6, 7, 8))
                .extracting(Ask::sequence)
                .containsExactly(7L, 8L);
    }

    @Test
    void waitsAsLongAsAnswersUsuallyTake() {
        assertThat(plan(0, List.of(NEAR), 5)).hasSize(1);
        plan.answered("near", 5, 90 * MS); // 90 ms, and four times half of that
        assertThat(plan(1_000, List.of(NEAR), 6)).hasSize(1);
        assertThat(plan(1_269, List.of(NEAR), 6)).isEmpty();
        assertThat(plan(1_270, List.of(NEAR), 6)).hasSize(1);
    }

    @Test
    void whatWasAskedForTwiceSaysNothingOfHowLongAnAnswerTakes() {
        assertThat(plan(0, List.of(NEAR), 5)).hasSize(1);
        assertThat(plan(100, List.of(NEAR), 5)).hasSize(1);
        plan.answered("near", 5, 190 * MS);
        assertThat(plan(1_000, List.of(NEAR), 6)).hasSize(1);
        assertThat(plan(1_100, List.of(NEAR), 6)).hasSize(1);
    }

    @Test
    void whoAnswersRestsNoMore() {
        for (long i = 0; i < 3; i++) {
            plan(1_000 * i, List.of(NEAR, FAR), i);
            plan(1_000 * i + 100, List.of(), i);
        }
        plan.answered("near", 2, 3_000 * MS);
        assertThat(plan(4_000, List.of(NEAR, FAR), 7)).containsExactly(new Ask("near", 7));
    }

    @Test
    void eachSegmentHasItsOwnAllowance() {
        // odd ones come from a group, which repairs itself first
        List<Long> holes = List.of(4L, 5L, 6L, 7L);
        assertThat(plan.plan(holes, s -> List.of(NEAR), TimeLeft.ENDLESS, s -> s % 2 == 0 ? 0 : 300 * MS, 0))
                .extracting(Ask::sequence)
                .containsExactly(4L, 6L);
        assertThat(plan.plan(List.of(5L, 7L), s -> List.of(NEAR), TimeLeft.ENDLESS, s -> 300 * MS, 299 * MS))
                .isEmpty();
        assertThat(plan.plan(
                        List.of(5L, 7L), s -> List.of(NEAR), TimeLeft.ENDLESS, s -> s == 5 ? 0 : 301 * MS, 300 * MS))
                .extracting(Ask::sequence)
                .containsExactly(5L);
    }
}
