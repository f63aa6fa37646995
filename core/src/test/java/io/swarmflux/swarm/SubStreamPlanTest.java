package io.swarmflux.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubStreamPlanTest {
    private static final long MS = 1_000_000L;
    private static final long NONE = 0;

    private final SubStreamPlan plan = new SubStreamPlan(8);

    private static SubStreamPlan.Candidate candidate(String name, long latenessMs) {
        return SubStreamPlan.Candidate.of(name, latenessMs * MS, -1);
    }

    private int share(String name) {
        return Long.bitCount(plan.broughtBy(name));
    }

    @Test
    void sharesEquallyBetweenEqualUpstreams() {
        plan.plan(List.of(candidate("a", 0), candidate("b", 0)), NONE, 0);
        assertThat(share("a")).isEqualTo(4);
        assertThat(share("b")).isEqualTo(4);
    }

    @Test
    void givesEverythingToTheOnlyOne() {
        plan.plan(List.of(candidate("a", 5000)), NONE, 0);
        assertThat(share("a")).isEqualTo(8);
    }

    @Test
    void movesWhatAnUpstreamLeftBehindAtOnce() {
        plan.plan(List.of(candidate("a", 0), candidate("b", 0)), NONE, 0);
        List<SubStreamPlan.Move> moves = plan.plan(List.of(candidate("b", 0)), NONE, MS);
        assertThat(moves).hasSize(4).allMatch(move -> "a".equals(move.from()) && "b".equals(move.to()));
        assertThat(share("b")).isEqualTo(8);
    }

    @Test
    void movesASubStreamWithoutProgressAndNotBack() {
        List<SubStreamPlan.Candidate> both = List.of(candidate("a", 0), candidate("b", 0));
        plan.plan(both, NONE, 0);
        int stuck = IntStream.range(0, 8)
                .filter(i -> "a".equals(plan.owner(i)))
                .findFirst()
                .orElseThrow();
        assertThat(plan.plan(both, 1L << stuck, 1000 * MS))
                .containsExactly(new SubStreamPlan.Move(stuck, "a", "b", true, false));
        for (long at = 1001; at < 9000; at += 100) {
            plan.plan(both, NONE, at * MS);
            assertThat(plan.owner(stuck)).isEqualTo("b");
        }
    }

    @Test
    void asksTheOnlyUpstreamAgainForWhatItDoesNotBring() {
        List<SubStreamPlan.Candidate> only = List.of(candidate("a", 0));
        plan.plan(only, NONE, 0);
        assertThat(plan.plan(only, 1, 1_000 * MS)).isEmpty();
        assertThat(plan.plan(only, 1, 1_501 * MS)).containsExactly(new SubStreamPlan.Move(0, "a", "a", true, true));
        assertThat(plan.plan(only, 1, 2_000 * MS)).isEmpty(); // not all the time
    }

    @Test
    void leavesAnUpstreamInPeaceThatLacksItItself() {
        SubStreamPlan.Candidate lacksIt =
                new SubStreamPlan.Candidate("a", -1, UploadPlan.UNLIMITED, 0, 1, false, subStream -> 0);
        plan.plan(List.of(lacksIt), NONE, 0);
        List<SubStreamPlan.Candidate> both = List.of(lacksIt, candidate("b", 0));
        assertThat(plan.plan(both, 1, 400 * MS)).isEmpty();
        assertThat(plan.plan(List.of(candidate("a", 0), candidate("b", 0)), 1, 450 * MS))
                .containsExactly(new SubStreamPlan.Move(0, "a", "b", true, false));
    }

    private static SubStreamPlan.Candidate silent(String name) {
        return new SubStreamPlan.Candidate(name, -1, UploadPlan.UNLIMITED, 0, 0, true, i -> 0);
    }

    @Test
    void leavesWhoSaysNothingForWhoeverHasUpload() {
        plan.plan(List.of(candidate("a", 0)), NONE, 0);
        List<SubStreamPlan.Move> moves = planAt(100, silent("a"), withSpare("b", 3));
        assertThat(moves).hasSize(3).allMatch(move -> move.atOnce() && "b".equals(move.to()) && !move.urgent());
        assertThat(planAt(200, silent("a"), withSpare("b", 0))).isEmpty();
        moves = planAt(401, silent("a"), withSpare("b", 0));
        assertThat(moves).isNotEmpty().allMatch(move -> "b".equals(move.to()) && move.urgent());
        assertThat(share("a")).isZero();
    }

    @Test
    void givesNothingToWhoSaysNothing() {
        assertThat(planAt(0, silent("a"))).isEmpty();
        planAt(0, silent("a"), candidate("b", 900));
        assertThat(share("a")).isZero();
    }

    @Test
    void keepsWhoSaysNothingWhileThereIsNobodyElse() {
        plan.plan(List.of(candidate("a", 0)), NONE, 0);
        long before = plan.broughtBy("a");
        assertThat(planAt(5_000, silent("a"))).isEmpty();
        plan.plan(List.of(silent("a"), candidate("b", 0)), NONE, 5_100 * MS);
        for (int i = 0; i < plan.subStreams(); i++) {
            plan.declined("b", i, "a", 5_110 * MS);
        }
        assertThat(planAt(5_500, silent("a"), candidate("b", 0))).isEmpty();
        assertThat(plan.broughtBy("a")).isEqualTo(before);
    }

    @Test
    void takesSubStreamsFromALateUpstreamOneByOne() {
        plan.plan(List.of(candidate("a", 0), candidate("b", 0)), NONE, 0);
        List<SubStreamPlan.Candidate> late = List.of(candidate("a", 400), candidate("b", 0));
        assertThat(plan.plan(late, NONE, 6000 * MS)).hasSize(1);
        assertThat(plan.plan(late, NONE, 6499 * MS)).isEmpty();
        for (long at = 7000; at < 20_000; at += 500) {
            plan.plan(late, NONE, at * MS);
        }
        assertThat(share("a")).isLessThanOrEqualTo(1);
    }

    @Test
    void doesNotMoveForSmallDifferences() {
        plan.plan(List.of(candidate("a", 0), candidate("b", 0)), NONE, 0);
        for (long at = 6000; at < 60_000; at += 500) {
            long jitter = at / 500 % 2 * 40;
            assertThat(plan.plan(List.of(candidate("a", jitter), candidate("b", 40 - jitter)), NONE, at * MS))
                    .isEmpty();
        }
    }

    @Test
    void leavesOutWhoMayNotBringIt() {
        plan.plan(List.of(SubStreamPlan.Candidate.of("loop", 0, 0b1111), candidate("b", 0)), NONE, 0);
        assertThat(plan.broughtBy("loop") & ~0b1111L).isZero();
        plan.plan(List.of(SubStreamPlan.Candidate.of("loop", 0, 0)), NONE, MS);
        assertThat(plan.broughtBy("loop")).isZero();
        assertThat(plan.owner(0)).isNull();
    }

    // ------------------------------------------------------------------ upload

    private static SubStreamPlan.Candidate withSpare(String name, int spare) {
        return new SubStreamPlan.Candidate(name, -1, spare, -1, 0, false, i -> 0);
    }

    private List<SubStreamPlan.Move> planAt(long nowMs, SubStreamPlan.Candidate... present) {
        return plan.plan(List.of(present), NONE, nowMs * MS);
    }

    @Test
    void givesNobodyMoreThanItHasUploadFor() {
        planAt(0, withSpare("a", 3), withSpare("b", 2));
        assertThat(share("a")).isEqualTo(3);
        assertThat(share("b")).isEqualTo(2);
    }

    @Test
    void asksUrgentlyWhenNobodyHadUploadForThreeHundredMilliseconds() {
        assertThat(planAt(0, withSpare("a", 0), withSpare("b", 0))).isEmpty();
        assertThat(planAt(299, withSpare("a", 0), withSpare("b", 0))).isEmpty();
        assertThat(planAt(300, withSpare("a", 0), withSpare("b", 0)))
                .hasSize(8)
                .allMatch(move -> move.urgent() && move.from() == null);
        assertThat(share("a")).isEqualTo(4);
        assertThat(share("b")).isEqualTo(4);
    }

    @Test
    void takesUploadThatBecomesFreeMeanwhile() {
        planAt(0, withSpare("a", 0));
        assertThat(planAt(200, withSpare("a", 1))).containsExactly(new SubStreamPlan.Move(0, null, "a", true, false));
        assertThat(planAt(300, withSpare("a", 0))).hasSize(7).allMatch(SubStreamPlan.Move::urgent);
    }

    @Test
    void whoLosesItsUpstreamIsPatientAnew() {
        planAt(0, withSpare("a", 8));
        assertThat(planAt(1_000, withSpare("b", 0))).hasSize(8).allMatch(move -> move.to() == null && !move.urgent());
        assertThat(planAt(1_299, withSpare("b", 0))).isEmpty();
        assertThat(planAt(1_300, withSpare("b", 0))).hasSize(8).allMatch(SubStreamPlan.Move::urgent);
    }

    @Test
    void whoDeclinesIsNotAskedForTheSameWithinASecond() {
        planAt(0, withSpare("a", 8));
        plan.declined("a", 5, null, 10 * MS);
        assertThat(plan.owner(5)).isNull();
        assertThat(planAt(10, withSpare("a", 8))).isEmpty();
        assertThat(planAt(200, withSpare("a", 8))).isEmpty();
        assertThat(planAt(250, withSpare("a", 8), withSpare("b", 1)))
                .containsExactly(new SubStreamPlan.Move(5, null, "b", true, false));
        plan.declined("b", 5, null, 260 * MS);
        assertThat(planAt(1_020, withSpare("a", 8), withSpare("b", 0)))
                .containsExactly(new SubStreamPlan.Move(5, null, "a", true, false));
    }

    /** It would rather wait for a place there than have none. */
    @Test
    void whoDeclinedIsAskedUrgentlyWhenThereIsNobodyElse() {
        planAt(0, withSpare("a", 8));
        plan.declined("a", 5, null, 10 * MS);
        planAt(10, withSpare("a", 0));
        assertThat(planAt(310, withSpare("a", 0))).containsExactly(new SubStreamPlan.Move(5, null, "a", true, true));
    }

    @Test
    void whoBroughtItGoesOnWhenTheNewOneDeclines() {
        planAt(0, withSpare("a", 8));
        List<SubStreamPlan.Move> moves =
                plan.moveAway("a", 0b1, List.of(withSpare("a", 0), withSpare("b", 1)), 6_000 * MS);
        assertThat(moves).containsExactly(new SubStreamPlan.Move(0, "a", "b", false, false));
        plan.declined("b", 0, "a", 6_010 * MS);
        assertThat(plan.owner(0)).isEqualTo("a");
        assertThat(planAt(6_010, withSpare("a", 0), withSpare("b", 1))).noneMatch(move -> move.subStream() == 0);
    }

    @Test
    void aLateDeclineChangesNothingForWhoHasTakenOver() {
        planAt(0, withSpare("a", 8));
        plan.declined("b", 0, "c", MS);
        assertThat(plan.owner(0)).isEqualTo("a");
    }

    @Test
    void movesAwayOnlyWhatOthersHaveUploadFor() {
        planAt(0, withSpare("a", 8));
        assertThat(plan.moveAway("a", -1, List.of(withSpare("a", 0), withSpare("b", 0)), MS))
                .isEmpty();
        assertThat(plan.moveAway("b", -1, List.of(withSpare("a", 0), withSpare("b", 9)), MS))
                .isEmpty();
        assertThat(plan.moveAway("a", 0b1110, List.of(withSpare("a", 0), withSpare("b", 2)), MS))
                .containsExactly(
                        new SubStreamPlan.Move(1, "a", "b", false, false),
                        new SubStreamPlan.Move(2, "a", "b", false, false));
        assertThat(plan.broughtBy("b")).isEqualTo(0b110);
    }

    @Test
    void doesNotReturnAtOnceToWhoAskedItToMove() {
        planAt(0, withSpare("a", 8));
        plan.moveAway("a", 0b1, List.of(withSpare("a", 0), withSpare("b", 1)), 0);
        assertThat(planAt(1_000, withSpare("a", 8)).stream().filter(move -> "a".equals(move.to())))
                .isEmpty();
        assertThat(planAt(5_000, withSpare("a", 8)).stream().filter(move -> "a".equals(move.to())))
                .hasSize(1);
    }

    @Test
    void anUrgentOneHasTimeToGetAPlace() {
        planAt(0, withSpare("a", 0));
        planAt(300, withSpare("a", 0));
        List<SubStreamPlan.Candidate> both = List.of(withSpare("a", 0), withSpare("b", 8));
        assertThat(plan.plan(both, 0b1, 1_800 * MS)).isEmpty();
        assertThat(plan.plan(both, 0b1, 1_801 * MS)).containsExactly(new SubStreamPlan.Move(0, "a", "b", true, false));
    }

    @Test
    void aStuckOneMovesUrgentlyWhenNobodyElseHasUpload() {
        planAt(0, withSpare("a", 8));
        List<SubStreamPlan.Candidate> both = List.of(withSpare("a", 8), withSpare("b", 0));
        assertThat(plan.plan(both, 0b1, 1_500 * MS)).isEmpty();
        assertThat(plan.plan(both, 0b1, 1_501 * MS)).containsExactly(new SubStreamPlan.Move(0, "a", "b", true, true));
    }

    @Test
    void whoFailedItGetsItBackNeitherForBeingBetterNorOnRequest() {
        planAt(0, withSpare("a", 8));
        plan.plan(List.of(candidate("a", 0), candidate("b", 0)), 0b1, 1_000 * MS);
        assertThat(plan.owner(0)).isEqualTo("b");
        List<SubStreamPlan.Candidate> better = List.of(candidate("a", 0), candidate("b", 900));
        for (long at = 1_500; at < 11_000; at += 500) {
            plan.plan(better, NONE, at * MS);
            assertThat(plan.moveAway("b", 0b1, better, at * MS)).isEmpty();
            assertThat(plan.owner(0)).isEqualTo("b");
        }
        assertThat(plan.plan(better, NONE, 11_000 * MS))
                .containsExactly(new SubStreamPlan.Move(0, "b", "a", false, false));
    }

    private static long fewBits(Random random) {
        return random.longs(3).reduce(-1, (a, b) -> a & b);
    }

    /** Whatever happens: nobody gets more than it has upload for, and the order in which upstreams are named is all one. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void twoPlansOfTheSameAreTheSame(long seed) {
        Random random = new Random(seed);
        SubStreamPlan other = new SubStreamPlan(8);
        long nowNs = 0;
        for (int step = 0; step < 3_000; step++) {
            nowNs += random.nextInt(400) * MS;
            List<SubStreamPlan.Candidate> present = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                if (random.nextInt(5) > 0) {
                    long delayNs = random.nextInt(4) * 100L * MS;
                    present.add(new SubStreamPlan.Candidate(
                            "p" + i, ~fewBits(random), random.nextInt(4), -1, 0, random.nextInt(8) == 0, n -> delayNs));
                }
            }
            List<SubStreamPlan.Candidate> shuffled = new ArrayList<>(present);
            Collections.shuffle(shuffled, random);
            String at = "seed " + seed + ", step " + step;
            String name = "p" + random.nextInt(6);
            int subStream = random.nextInt(8);
            List<SubStreamPlan.Move> moves;
            switch (random.nextInt(6)) {
                case 0 -> {
                    plan.declined(name, subStream, null, nowNs);
                    other.declined(name, subStream, null, nowNs);
                    continue;
                }
                case 1 -> {
                    plan.lost(name);
                    other.lost(name);
                    continue;
                }
                case 2 -> {
                    long some = random.nextLong();
                    moves = plan.moveAway(name, some, present, nowNs);
                    assertThat(other.moveAway(name, some, shuffled, nowNs))
                            .as(at)
                            .isEqualTo(moves);
                    assertThat(moves).as(at).allMatch(move -> name.equals(move.from()) && !move.urgent());
                }
                default -> {
                    long stuck = fewBits(random);
                    moves = plan.plan(present, stuck, nowNs);
                    assertThat(other.plan(shuffled, stuck, nowNs)).as(at).isEqualTo(moves);
                }
            }
            for (SubStreamPlan.Candidate one : present) {
                assertThat(moves.stream().filter(move -> one.name().equals(move.to()) && !move.urgent()))
                        .as(at)
                        .hasSizeLessThanOrEqualTo(one.spare());
            }
            for (SubStreamPlan.Move move : moves) {
                assertThat(plan.owner(move.subStream())).as(at).isEqualTo(move.to());
                assertThat(move.to() == null
                                || present.stream()
                                        .anyMatch(
                                                one -> one.name().equals(move.to()) && one.mayBring(move.subStream())))
                        .as(at)
                        .isTrue();
                boolean askedAgain = move.atOnce() && move.urgent();
                assertThat(askedAgain || !Objects.equals(move.from(), move.to()))
                        .as(at)
                        .isTrue();
            }
        }
    }

    @Test
    void takesOnlyWhatIsWanted() {
        plan.want(0b0000_1111);
        List<SubStreamPlan.Candidate> both = List.of(candidate("a", 0), candidate("b", 0));
        plan.plan(both, NONE, 0);
        assertThat(plan.broughtBy("a") | plan.broughtBy("b")).isEqualTo(0b0000_1111);
        assertThat(share("a")).isEqualTo(2);
        assertThat(plan.isSettled(0b0000_1111)).isTrue();
        assertThat(plan.isSettled(0b0000_0111)).isFalse();
        assertThat(plan.plan(both, 0b1111_0000, 1_000 * MS)).isEmpty(); // what is not wanted need not make progress
    }

    @Test
    void stopsAtOnceWhatIsWantedNoMoreAndTakesItAgain() {
        List<SubStreamPlan.Candidate> one = List.of(candidate("a", 0));
        plan.plan(one, NONE, 0);
        plan.want(0b1111_1110);
        assertThat(plan.isSettled(-1)).isFalse();
        assertThat(plan.plan(one, NONE, MS)).containsExactly(new SubStreamPlan.Move(0, "a", null, true, false));
        assertThat(plan.owner(0)).isNull();
        assertThat(plan.isSettled(0b1111_1110)).isTrue();
        plan.want(-1);
        assertThat(plan.isSettled(0b1111_1110)).isFalse();
        assertThat(plan.plan(one, NONE, 2 * MS)).singleElement().satisfies(move -> {
            assertThat(move.subStream()).isZero();
            assertThat(move.to()).isEqualTo("a");
        });
    }

    @Test
    void aWishForNothingIsSettledWithNothing() {
        plan.want(0);
        assertThat(plan.isSettled(0)).isTrue();
        assertThat(plan.plan(List.of(candidate("a", 0)), -1, 0)).isEmpty();
        assertThat(share("a")).isZero();
    }
}
