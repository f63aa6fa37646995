package io.swarmflux.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.swarm.NakPlan.Asks;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A stream of two sub-streams in a group whose round trip is 10 ms; everybody always waits 5 ms before an ask. */
class NakPlanTest {
    private static final long MS = 1_000_000L;
    private static final int SIZE = 1_000;
    private static final long GATEWAY = 77;

    private NakPlan plan = planOf(NakPlan.MAX_LOSSES);
    private final Set<Long> there = new HashSet<>();
    private final Map<Long, List<Piece>> partly = new HashMap<>();
    private RepairPlan.TimeLeft left = RepairPlan.TimeLeft.ENDLESS;
    private long frame;

    private static NakPlan planOf(int maxLosses) {
        NakPlan plan = new NakPlan(2, maxLosses, 2 * MS, (uniform, members, roundTripNs) -> 5 * MS, () -> 0.5);
        plan.group(10, 10 * MS);
        return plan;
    }

    /** A whole segment in one chunk. */
    private void heard(long sequence, long atMs) {
        chunk(sequence, 0, SIZE, atMs);
        there.add(sequence);
        plan.present(sequence);
    }

    private void chunk(long sequence, int from, int until, long atMs) {
        plan.chunk(GATEWAY, frame++, sequence, from, until - from, SIZE, false, atMs * MS);
    }

    private Asks asks(long atMs) {
        return plan.plan(
                sequence -> there.contains(sequence)
                        ? List.of()
                        : partly.getOrDefault(sequence, List.of(Piece.whole(sequence))),
                left,
                atMs * MS);
    }

    private List<Piece> pieces(long atMs) {
        return asks(atMs).pieces();
    }

    @Test
    void nothingIsMissingWhenAllComesInOrder() {
        for (int i = 10; i < 100; i++) {
            heard(i, i);
        }
        assertThat(plan.watched()).isZero();
        assertThat(plan.nextNs()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void asksWhenTheSubStreamHasGoneOn() {
        heard(1, 0);
        heard(5, 10);
        assertThat(plan.nextNs()).isEqualTo(17 * MS); // after the allowance and the back-off
        assertThat(pieces(16)).isEmpty();
        assertThat(pieces(17)).containsExactly(Piece.whole(3));
        assertThat(pieces(18)).isEmpty();
    }

    @Test
    void asksAtOnceWhenTheNextFrameIsOfAnotherSubStream() {
        heard(1, 0);
        heard(2, 1);
        frame++; // 3
        heard(4, 2);
        assertThat(pieces(9)).containsExactly(Piece.whole(3));
    }

    @Test
    void aRepairThatHasNotComeForOthersIsNobodysLoss() {
        heard(1, 0);
        heard(2, 1);
        frame++; // a repair of something older
        heard(3, 2);
        heard(4, 3);
        assertThat(plan.watched()).isZero();
    }

    @Test
    void aSubStreamThatIsAlwaysBehindIsNotTakenForLost() {
        heard(101, 0);
        heard(2, 1);
        heard(103, 2);
        heard(4, 3);
        frame++; // 105
        heard(6, 4);
        heard(109, 5);
        assertThat(pieces(20)).containsExactly(Piece.whole(105), Piece.whole(107));
    }

    @Test
    void whatIsOnlyLateIsNotAskedFor() {
        heard(1, 0);
        heard(5, 10);
        heard(3, 11);
        assertThat(asks(17)).isEqualTo(new Asks(List.of(), List.of()));
        assertThat(plan.watched()).isZero();
    }

    @Test
    void asksForTheBytesBetweenAndNotForThoseThatAreStillToCome() {
        chunk(2, 0, 200, 0);
        chunk(2, 400, 600, 1);
        partly.put(2L, List.of(new Piece(2, 200, 400), new Piece(2, 600, SIZE)));
        assertThat(pieces(8)).containsExactly(new Piece(2, 200, 400));
        heard(4, 9); // and now the end is lost too
        assertThat(pieces(16)).containsExactly(new Piece(2, 600, SIZE));
    }

    @Test
    void asksForTheEndOfASegmentWhenAFrameIsLeftOutAndAnotherSegmentFollows() {
        chunk(2, 0, 600, 0);
        frame++;
        heard(3, 1);
        partly.put(2L, List.of(new Piece(2, 600, SIZE)));
        assertThat(pieces(8)).containsExactly(new Piece(2, 600, SIZE));
    }

    @Test
    void aHeartbeatTellsWhatNothingCameAfter() {
        heard(1, 0);
        heard(2, 0);
        plan.sent(1, 6, sequence -> sequence == 3, 10 * MS);
        plan.sent(0, 2, sequence -> false, 10 * MS); // nothing new
        assertThat(pieces(17)).containsExactly(Piece.whole(5));
        assertThat(pieces(30)).isEmpty();
    }

    @Test
    void whatTheSenderLackedItselfIsAskedForWhenItHasItAndItHasNotCome() {
        heard(1, 0);
        heard(5, 0);
        plan.sent(1, 6, sequence -> sequence == 3, 1 * MS);
        assertThat(plan.nextNs()).isEqualTo(7 * MS); // the one moment is known only as the earliest
        assertThat(pieces(7)).isEmpty();
        assertThat(plan.nextNs()).isEqualTo(Long.MAX_VALUE);
        plan.sent(1, 6, sequence -> false, 100 * MS);
        assertThat(pieces(107)).containsExactly(Piece.whole(3));
    }

    @Test
    void awaitsWhatItWasToldToFromTheBeginning() {
        plan.begin(0);
        heard(2, 0);
        heard(3, 0);
        assertThat(pieces(7)).containsExactly(Piece.whole(0), Piece.whole(1));
        plan.begin(1_000);
        heard(1_001, 10);
        heard(1_002, 10);
        assertThat(pieces(17)).containsExactly(Piece.whole(1_000));
    }

    @Test
    void nothingIsMissingAfterTheFinalSequence() {
        heard(1, 0);
        plan.ends(3);
        plan.sent(1, 100, sequence -> false, 0);
        assertThat(pieces(10)).containsExactly(Piece.whole(3));
    }

    @Test
    void doesNotAskForWhatAnotherHasAskedFor() {
        heard(1, 0);
        heard(7, 0);
        plan.othersNak(3, 0, 0, 6 * MS);
        assertThat(pieces(7)).containsExactly(Piece.whole(5));
        assertThat(plan.counts().suppressed()).isEqualTo(1);
        plan.present(5);
        assertThat(pieces(49)).isEmpty(); // 4 round trips from the ask, and the back-off
        assertThat(pieces(51)).containsExactly(Piece.whole(3));
    }

    @Test
    void asksForTheRestWhenAnotherHasAskedForAPart() {
        heard(1, 0);
        heard(5, 0);
        partly.put(3L, List.of(new Piece(3, 100, 500), new Piece(3, 700, 800)));
        plan.othersNak(3, 50, 200, 1 * MS);
        plan.othersNak(3, 600, SIZE, 1 * MS);
        assertThat(pieces(7)).containsExactly(new Piece(3, 200, 500));
    }

    @Test
    void anAskThatWasHeardBeforeTheLossWasNoticedCountsToo() {
        heard(1, 0);
        plan.othersNak(3, 0, 0, 9 * MS);
        heard(5, 10);
        assertThat(pieces(17)).isEmpty();
        assertThat(pieces(95)).containsExactly(Piece.whole(3));
    }

    @Test
    void asksSixTimesEachAfterTwiceAsLongAndAsksOutsideAfterTwo() {
        heard(1, 0);
        heard(5, 0);
        List<Long> asked = new ArrayList<>();
        List<Long> outside = new ArrayList<>();
        for (long ms = 0; ms < 3_000; ms++) {
            Asks asks = asks(ms);
            if (!asks.pieces().isEmpty()) {
                asked.add(ms);
            }
            if (!asks.outsideWanted().isEmpty()) {
                assertThat(asks.outsideWanted()).containsExactly(3L);
                outside.add(ms);
            }
        }
        assertThat(asked)
                .containsExactly(
                        7L, 52L, 137L, 302L, 627L, 1_272L); // 40, 80, 160 ms and so on, and 5 ms of back-off each
        assertThat(outside).containsExactly(137L);
        assertThat(plan.counts().givenUp()).isEqualTo(1);
        assertThat(plan.nextNs()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void whatWasGivenUpIsAskedForAnewWhenItIsMissed() {
        heard(1, 0);
        heard(5, 0);
        left = sequence -> 0;
        assertThat(pieces(7)).isEmpty();
        assertThat(plan.counts().givenUp()).isEqualTo(1);
        left = RepairPlan.TimeLeft.ENDLESS;
        plan.missed(3, 20 * MS);
        assertThat(pieces(27)).containsExactly(Piece.whole(3));
        plan.missed(3, 28 * MS);
        assertThat(pieces(60)).isEmpty(); // it is waited for
    }

    @Test
    void isNotWantedFromOutsideWhileTheGroupAnswers() {
        heard(1, 0);
        heard(5, 0);
        for (long ms = 0; ms < 500; ms++) {
            assertThat(asks(ms).outsideWanted()).isEmpty();
            plan.chunk(GATEWAY, frame++, 3, 0, 100, SIZE, true, ms * MS);
        }
    }

    @Test
    void asksForNothingThatCannotComeInTime() {
        heard(1, 0);
        heard(7, 0);
        left = sequence -> sequence == 3 ? 9 * MS : 10 * MS;
        Asks asks = asks(7);
        assertThat(asks.pieces()).containsExactly(Piece.whole(5));
        assertThat(asks.outsideWanted()).containsExactly(3L);
        left = sequence -> -1;
        assertThat(asks(1_000)).isEqualTo(new Asks(List.of(), List.of()));
    }

    @Test
    void whatIsDueWithinAMillisecondGoesIntoOneNakOfAtMostSixtyFourPieces() {
        heard(1, 0);
        heard(5, 0);
        heard(9, 1);
        assertThat(pieces(7)).containsExactly(Piece.whole(3), Piece.whole(7));
        heard(9 + 2 * 101, 2);
        assertThat(pieces(9)).hasSize(64);
        assertThat(plan.nextNs()).isLessThanOrEqualTo(9 * MS);
        assertThat(pieces(9)).hasSize(36);
        assertThat(pieces(9)).isEmpty();
    }

    @Test
    void dropsTheFarthestWhenThereIsTooMuch() {
        plan = planOf(3);
        heard(1, 0);
        heard(1_000_000_001L, 1);
        assertThat(plan.watched()).isEqualTo(3);
        assertThat(plan.counts().dropped()).isEqualTo(1);
        plan.missed(1, 1 * MS);
        there.clear();
        assertThat(pieces(8)).containsExactly(Piece.whole(1), Piece.whole(3), Piece.whole(5));
    }

    @Test
    void whatWasPassedIsNotMissed() {
        heard(1, 0);
        heard(9, 0);
        plan.passedBelow(6);
        assertThat(pieces(7)).containsExactly(Piece.whole(7));
        plan.passedBelow(1_000_000);
        heard(1_000_005, 10);
        assertThat(plan.watched()).isEqualTo(2); // 1,000,001 and 1,000,003
    }

    @Test
    void anotherEpochBeginsAnew() {
        heard(1, 0);
        heard(9, 0);
        plan.clear();
        there.clear();
        frame = 0;
        heard(0, 1);
        heard(1, 1);
        assertThat(plan.watched()).isZero();
        assertThat(plan.nextNs()).isEqualTo(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void whateverStrangersSayStaysWithinBounds(long seed) {
        Random random = new Random(seed);
        plan = planOf(50);
        long nowNs = random.nextLong() / 4;
        for (int i = 0; i < 20_000; i++) {
            long sequence =
                    switch (random.nextInt(8)) {
                        case 0 -> random.nextLong();
                        case 1 -> Long.MAX_VALUE - random.nextInt(10);
                        default -> i / 10 + random.nextInt(20);
                    };
            long number = random.nextInt(10) == 0 ? random.nextLong() : i;
            switch (random.nextInt(12)) {
                case 0 -> plan.sent(random.nextInt(2), sequence, lacked -> random.nextBoolean(), nowNs);
                case 1 -> plan.othersNak(sequence, random.nextInt(SIZE), 0, nowNs);
                case 2 -> plan.othersNak(sequence, 0, 1 + random.nextInt(SIZE), nowNs);
                case 3 -> plan.missed(sequence, nowNs);
                case 4 -> plan.present(sequence);
                case 5 -> plan.passedBelow(i / 10 - 20);
                case 6 -> {
                    if (random.nextInt(1_000) == 0) {
                        plan.clear();
                        plan.begin(sequence);
                    }
                }
                default ->
                    plan.chunk(random.nextInt(400), number, sequence, random.nextInt(SIZE), 1, SIZE, i % 5 == 0, nowNs);
            }
            nowNs += random.nextInt(1_000_000);
            if (nowNs >= plan.nextNs()) {
                Asks asks = plan.plan(lacking -> List.of(Piece.whole(lacking)), RepairPlan.TimeLeft.ENDLESS, nowNs);
                assertThat(asks.pieces()).as("seed %d", seed).hasSizeLessThanOrEqualTo(NakPlan.MAX_PIECES);
            }
            assertThat(plan.watched()).as("seed %d", seed).isLessThanOrEqualTo(50);
        }
        assertThat(plan.counts().asked()).as("seed %d", seed).isPositive();
    }
}
