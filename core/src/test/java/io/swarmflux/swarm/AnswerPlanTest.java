package io.swarmflux.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A group whose round trip is 10 ms; who does not feed a sub-stream waits 20 ms and another 7 ms. */
class AnswerPlanTest {
    private static final long MS = 1_000_000L;
    private static final int SIZE = 1_000;

    private final TokenBucket budget = new TokenBucket(0);
    private double chance = 0.29; // just ready
    private final AnswerPlan plan = new AnswerPlan(budget, (uniform, members, roundTripNs) -> 7 * MS, () -> chance);

    AnswerPlanTest() {
        plan.group(10, 10 * MS);
    }

    private void asked(long asker, long sequence, boolean feeds, long atMs) {
        plan.asked(asker, Piece.whole(sequence), SIZE, feeds, atMs * MS);
    }

    @Test
    void whoFeedsTheSubStreamAnswersAtOnce() {
        asked(1, 5, true, 0);
        assertThat(plan.nextNs()).isZero();
        assertThat(plan.plan(0)).containsExactly(new Piece(5, 0, SIZE));
        assertThat(plan.nextNs()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void everybodyElseWaitsAndThenAnswersIfNobodyHas() {
        asked(1, 5, false, 0);
        assertThat(plan.nextNs()).isEqualTo(27 * MS);
        assertThat(plan.plan(26 * MS)).isEmpty();
        assertThat(plan.plan(27 * MS)).containsExactly(new Piece(5, 0, SIZE));
    }

    @Test
    void standsReadyByChanceAndTwiceAsOftenWhenTheSameIsAskedForAgain() {
        chance = 0.3;
        asked(1, 5, false, 0);
        chance = 0;
        asked(2, 5, false, 19);
        assertThat(plan.nextNs()).isEqualTo(Long.MAX_VALUE);
        chance = 0.59;
        asked(1, 5, false, 20);
        assertThat(plan.nextNs()).isEqualTo(47 * MS);
        asked(1, 6, true, 20);
        assertThat(plan.plan(20 * MS)).containsExactly(new Piece(6, 0, SIZE));
    }

    @Test
    void staysSilentWhenSomebodyHasAnswered() {
        asked(1, 5, false, 0);
        plan.repairHeard(5, 0, SIZE, 26 * MS);
        assertThat(plan.plan(100 * MS)).isEmpty();
        assertThat(plan.counts()).isEqualTo(new AnswerPlan.Counts(0, 1, 0));
    }

    @Test
    void answersWhatOthersHaveLeftOut() {
        plan.asked(1, new Piece(5, 100, 900), SIZE, false, 0);
        plan.repairHeard(5, 0, 300, 10 * MS);
        plan.repairHeard(5, 400, 100, 10 * MS);
        assertThat(plan.plan(27 * MS)).containsExactly(new Piece(5, 300, 400), new Piece(5, 500, 900));
    }

    @Test
    void doesNotSendTheSameAgainForAWhile() {
        asked(1, 5, true, 0);
        plan.plan(0);
        asked(2, 5, true, 19);
        assertThat(plan.plan(19 * MS)).isEmpty();
        plan.repairHeard(6, 0, SIZE, 0);
        asked(2, 6, true, 19);
        assertThat(plan.plan(19 * MS)).isEmpty();
        assertThat(plan.counts().suppressed()).isEqualTo(2);
        asked(2, 5, true, 20);
        assertThat(plan.plan(20 * MS)).hasSize(1);
    }

    @Test
    void lingersForFiveMillisecondsAtLeast() {
        plan.group(10, 1 * MS);
        asked(1, 5, true, 0);
        plan.plan(0);
        asked(2, 5, true, 4);
        assertThat(plan.plan(4 * MS)).isEmpty();
        asked(2, 5, true, 5);
        assertThat(plan.plan(5 * MS)).hasSize(1);
    }

    @Test
    void aPartThatWasJustSentIsLeftOut() {
        plan.asked(1, new Piece(5, 200, 400), SIZE, true, 0);
        plan.plan(0);
        asked(2, 5, true, 1);
        assertThat(plan.plan(1 * MS)).containsExactly(new Piece(5, 0, 200), new Piece(5, 400, SIZE));
    }

    @Test
    void whatWasSentLongAgoIsNotFreshBecauseItsNeighbourIs() {
        plan.repairHeard(5, 0, 500, 0);
        plan.repairHeard(5, 500, 500, 100 * MS);
        asked(2, 5, true, 101);
        assertThat(plan.plan(101 * MS)).containsExactly(new Piece(5, 0, 500));
    }

    @Test
    void twoWhoAskForTheSameGetOneAnswer() {
        asked(1, 5, false, 0);
        asked(2, 5, false, 1);
        assertThat(plan.plan(28 * MS)).containsExactly(new Piece(5, 0, SIZE));
    }

    @Test
    void whatIsBeyondTheSegmentIsRefused() {
        plan.asked(1, new Piece(5, SIZE, SIZE + 1), SIZE, true, 0);
        plan.asked(1, new Piece(6, 0, SIZE + 1), SIZE, true, 0);
        assertThat(plan.plan(0)).containsExactly(new Piece(6, 0, SIZE));
        assertThat(plan.counts().refused()).isEqualTo(1);
    }

    @Test
    void oneMemberCannotAskForEverythingAndAllCannotAskForMore() {
        for (int i = 0; i < 100; i++) {
            asked(1, i, false, 0);
        }
        assertThat(plan.counts().refused()).isEqualTo(36);
        for (int i = 100; i < 400; i++) {
            asked(i, i, false, 0);
        }
        assertThat(plan.counts().refused()).isEqualTo(36 + 300 - 192);
        assertThat(plan.plan(27 * MS)).hasSize(256);
    }

    @Test
    void answersWithinItsBudgetAndForgetsWhatHasWaitedTooLong() {
        budget.rate(8L * SIZE * 10); // ten pieces a second, and half of one at once
        for (int i = 0; i < 20; i++) {
            asked(1, i, true, 0);
        }
        int sent = 0;
        for (long ms = 0; ms <= 5_000; ms++) {
            if (ms * MS >= plan.nextNs()) {
                sent += plan.plan(ms * MS).size();
            }
        }
        assertThat(sent).isBetween(5, 6);
        assertThat(plan.counts()).isEqualTo(new AnswerPlan.Counts(sent, 0, 20 - sent));
        assertThat(plan.nextNs()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void anotherEpochBeginsAnew() {
        asked(1, 5, false, 0);
        plan.repairHeard(6, 0, SIZE, 0);
        plan.clear();
        assertThat(plan.plan(50 * MS)).isEmpty();
        asked(1, 6, true, 1);
        assertThat(plan.plan(1 * MS)).hasSize(1);
    }
}
