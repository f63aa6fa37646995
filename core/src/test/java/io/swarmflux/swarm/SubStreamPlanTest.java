package io.swarmflux.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

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
}
