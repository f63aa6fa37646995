package io.swarmflux.swarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmflux.swarm.Claims.Change;
import io.swarmflux.swarm.Claims.Step;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The states of a claim, one member's view at a time. */
class ClaimsTest {
    private static final long MS = 1_000_000L;
    private static final long ME = 1;
    private static final long ALL = 0b1111;
    private static final int K = 4;

    private Claims claims = claims(ME);

    /** From now on in a member that has been there for a while. */
    private void pastTheBeginning() {
        claims = new Claims(ME, 2, K, -4_000 * MS);
        passes(-4_000, 0);
    }

    private void passes(long fromMs, long untilMs) {
        for (long at = fromMs; at < untilMs; at += 20) {
            assertThat(steps(at)).isEmpty();
        }
    }

    private static Claims claims(long me) {
        return new Claims(me, 2, K, 0);
    }

    /** A member that says each 20 ms what it could bring, and claims what is told, at its edge. */
    private void says(long member, long could, long mask, long term, long edge, long fromMs, long untilMs) {
        for (long at = fromMs; at < untilMs; at += 20) {
            claims.couldBring(member, could, at * MS);
            for (int i = 0; i < K; i++) {
                if ((mask & 1L << i) != 0) {
                    claims.claimed(member, i, term, edge, at * MS);
                }
            }
            claims.plan(at * MS);
        }
    }

    private List<Step> steps(long atMs) {
        return claims.plan(atMs * MS).stream().map(Change::step).toList();
    }

    /** Somebody who comes before this member, or after it, for a sub-stream. */
    private static long other(int subStream, boolean before) {
        return LongStream.range(2, 1_000)
                .filter(member -> {
                    Claims mine = claims(ME);
                    mine.claimed(ME, subStream, 1, 0, 0);
                    mine.claimed(member, subStream, 1, 0, 0);
                    return (mine.holder(subStream) == member) == before;
                })
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aloneItClaimsEverythingThatItCouldBring() {
        claims.outside(0b1011);
        assertThat(claims.plan(0)).extracting(Change::subStream).containsExactly(0, 1, 3);
        assertThat(claims.claimedBy(ME)).isEqualTo(0b1011);
        assertThat(claims.holder(2)).isEqualTo(Claims.NOBODY);
        assertThat(claims.term(0)).isEqualTo(1);
        assertThat(claims.fetches(0, 0)).isTrue();
        assertThat(claims.fetches(2, 0)).isFalse();
    }

    @Test
    void amongOthersAFirstClaimIsHeldBeforeItIsActedUpon() {
        claims.outside(1);
        long heavy = other(0, true);
        says(other(0, false), 0, 0, 0, 0, 0, 20);
        assertThat(claims.claimedBy(ME)).isEqualTo(1);
        assertThat(claims.fetches(0, 199 * MS)).isFalse();
        assertThat(claims.fetches(0, 200 * MS)).isTrue();
        assertThat(claims.claimed(heavy, 0, 1, 0, 200 * MS)).isTrue();
        assertThat(claims.fetches(0, 200 * MS)).isFalse();
        passes(20, 220);
        claims.left(heavy, 220 * MS);
        assertThat(steps(220)).containsExactly(Step.CLAIMED);
        assertThat(claims.fetches(0, 220 * MS)).isTrue(); // everybody knows by now who feeds: no time is lost
    }

    @Test
    void theFirstByWeightClaimsAtOnceAndTheNextATurnLater() {
        claims.outside(1);
        claims.couldBring(other(0, true), 1, 0);
        assertThat(steps(0)).isEmpty();
        assertThat(steps(59)).isEmpty();
        assertThat(steps(60)).containsExactly(Step.CLAIMED);
        Claims first = claims(ME);
        first.outside(1);
        first.couldBring(other(0, false), 1, 0);
        assertThat(first.plan(0)).containsExactly(new Change(0, Step.CLAIMED));
    }

    @Test
    void nobodyWaitsLongerThanForTurns() {
        claims.outside(1);
        for (long member = 2; member < 100; member++) {
            claims.couldBring(member, 1, 0);
        }
        passes(0, 240);
        assertThat(steps(240)).containsExactly(Step.CLAIMED);
    }

    @Test
    void withEqualTermsTheWeightDecidesWhoYields() {
        claims.outside(1);
        claims.plan(0);
        assertThat(claims.claimed(other(0, false), 0, 1, 7, MS)).isFalse();
        assertThat(claims.holder(0)).isEqualTo(ME);
        assertThat(claims.claimed(other(0, true), 0, 1, 7, MS)).isTrue();
        assertThat(claims.holder(0)).isEqualTo(other(0, true));
        assertThat(claims.edge(0)).isEqualTo(7);
    }

    @Test
    void whoWasLateWaitsForItsTurnAndForOthersAllTheSame() {
        claims.outside(1);
        for (long member = 2; member < 100; member++) {
            claims.couldBring(member, 1, 0);
        }
        assertThat(steps(0)).isEmpty();
        assertThat(steps(250)).isEmpty(); // it would have been its turn at 240
        passes(250, 390);
        assertThat(steps(390)).containsExactly(Step.CLAIMED);
        assertThat(steps(640)).isEmpty();
        assertThat(claims.fetches(0, 739 * MS)).isFalse(); // instead of 590
        assertThat(claims.fetches(0, 740 * MS)).isTrue();
    }

    @Test
    void theHigherTermWinsWhateverTheWeight() {
        claims.outside(1);
        claims.plan(0);
        long light = other(0, false);
        assertThat(claims.claimed(light, 0, 2, 0, MS)).isTrue();
        assertThat(claims.claimed(other(0, true), 0, 1, 0, MS)).isFalse();
        assertThat(claims.holder(0)).isEqualTo(light);
    }

    @Test
    void aLiveClaimIsNeverTaken() {
        claims.outside(ALL);
        for (long at = 0; at < 60_000; at += 100) {
            claims.couldBring(7, ALL, at * MS);
            for (int i = 0; i < K; i++) {
                claims.claimed(7, i, 1, at * K, at * MS);
            }
            claims.exists(at * K);
            assertThat(claims.plan(at * MS)).isEmpty();
        }
    }

    @Test
    void aClaimLapsesBySilence() {
        pastTheBeginning();
        claims.outside(1);
        says(7, 0, 1, 5, 0, 0, 200);
        passes(200, 480);
        assertThat(steps(480)).containsExactly(Step.CLAIMED);
        assertThat(claims.term(0)).isEqualTo(6);
    }

    @Test
    void inTheBeginningAClaimLapsesAfterTwiceTheTime() {
        claims.outside(1);
        says(7, 0, 1, 5, 0, 0, 200);
        passes(200, 780);
        assertThat(steps(780)).containsExactly(Step.CLAIMED);
    }

    @Test
    void whoLooksLateCountsLessOfItAsSilence() {
        pastTheBeginning();
        claims.outside(1);
        says(7, 0, 1, 5, 0, 0, 200);
        assertThat(steps(400)).isEmpty(); // 220 ms after its last look
        passes(420, 600);
        assertThat(steps(600)).containsExactly(Step.CLAIMED);
    }

    @Test
    void whoFeedsKeepsItsClaims() {
        claims.outside(1);
        says(7, 0, 1, 5, 0, 0, 100);
        for (long at = 100; at < 5_000; at += 250) {
            claims.feeds(7, at * MS);
            assertThat(steps(at)).isEmpty();
        }
    }

    @Test
    void whatAMemberSaysBesidesKeepsNoClaim() {
        pastTheBeginning();
        claims.outside(1);
        claims.claimed(7, 0, 5, 0, 0);
        for (long at = 0; at < 300; at += 50) {
            claims.couldBring(7, 0, at * MS); // a beacon
            assertThat(steps(at)).isEmpty();
        }
        assertThat(steps(300)).containsExactly(Step.CLAIMED);
    }

    @Test
    void beforeTheFirstClaimAllTakeTurnsWhoeverCouldBringIt() {
        claims.outside(1);
        claims.couldBring(other(0, true), 0, 0);
        assertThat(steps(0)).isEmpty();
        assertThat(steps(60)).containsExactly(Step.CLAIMED);
    }

    @Test
    void aClaimLapsesWhenItIsBehindWhatExists() {
        pastTheBeginning();
        claims.outside(1);
        claims.exists(40);
        says(7, 1, 1, 1, 36, 0, 800); // 36 exists, and it has not come to it
        assertThat(claims.holder(0)).isEqualTo(ME);
        assertThat(claims.term(0)).isEqualTo(2);
    }

    /** How long a member that says its claim and never comes further holds it. */
    private long heldMs(long member, long term, long fromMs) {
        claims.claimed(member, 0, term, 36, fromMs * MS);
        for (long at = fromMs; ; at += 20) {
            claims.claimed(member, 0, term, 36, at * MS);
            claims.plan(at * MS);
            if (claims.holder(0) != member) {
                return at - fromMs;
            }
        }
    }

    @Test
    void whoFollowsOneThatWasBehindIsGivenMoreTime() {
        pastTheBeginning();
        claims.exists(40); // and this member cannot bring it
        assertThat(heldMs(7, 1, 0)).isEqualTo(500);
        assertThat(heldMs(8, 2, 600)).isEqualTo(1_000);
        assertThat(heldMs(9, 3, 1_700)).isEqualTo(1_500);
        assertThat(heldMs(10, 4, 3_300)).as("no longer than that").isEqualTo(1_500);
        passes(4_820, 15_000);
        assertThat(heldMs(11, 5, 15_000)).as("10 s later").isEqualTo(500);
    }

    @Test
    void whoComesOnSlowlyIsNotBehind() {
        claims.outside(1);
        for (long at = 0; at < 5_000; at += 100) {
            claims.exists(1_000 + at);
            claims.claimed(7, 0, 1, at / 400 * 4, at * MS); // one segment each 400 ms
            assertThat(steps(at)).isEmpty();
        }
    }

    @Test
    void whoIsBehindIsNotBelievedAgainBeforeItComesFurther() {
        pastTheBeginning();
        claims.exists(40); // and this member cannot bring it
        says(7, 0, 1, 1, 36, 0, 540);
        assertThat(claims.holder(0)).isEqualTo(Claims.NOBODY);
        says(7, 0, 1, 9, 36, 540, 2_000);
        assertThat(claims.holder(0)).isEqualTo(Claims.NOBODY);
        says(7, 0, 1, 9, 37, 2_000, 2_100);
        assertThat(claims.holder(0)).isEqualTo(7);
    }

    @Test
    void resignsWhatItCannotBringWhenAnotherCouldAndRests() {
        claims.outside(1);
        claims.plan(0);
        claims.couldBring(7, 1, 0);
        claims.outside(0);
        assertThat(steps(100)).containsExactly(Step.RESIGNED);
        claims.outside(1);
        assertThat(claims.offers(101 * MS)).isZero();
        for (long at = 100; at < 10_100; at += 100) {
            assertThat(steps(at)).isEmpty();
        }
        assertThat(claims.offers(10_100 * MS)).isEqualTo(1);
        assertThat(steps(10_100)).containsExactly(Step.CLAIMED);
    }

    @Test
    void resignsWhenItIsBehindItself() {
        pastTheBeginning();
        claims.outside(1);
        claims.plan(0);
        claims.sent(0, 5);
        claims.exists(40);
        claims.couldBring(7, 1, 0);
        claims.plan(100 * MS);
        passes(120, 600);
        assertThat(steps(600)).containsExactly(Step.RESIGNED);
    }

    @Test
    void aloneItKeepsEverythingThoughItIsBehind() {
        claims.outside(ALL);
        claims.plan(0);
        claims.exists(40);
        for (long at = 0; at < 5_000; at += 100) {
            assertThat(steps(at)).isEmpty();
        }
        claims.outside(0);
        assertThat(steps(5_000)).isEmpty();
        assertThat(claims.claimedBy(ME)).isEqualTo(ALL);
    }

    @Test
    void leftFreesAtOnce() {
        claims.outside(1);
        claims.claimed(7, 0, 3, 0, 0);
        claims.claimed(8, 1, 3, 0, 0);
        claims.left(7, MS);
        assertThat(claims.holder(0)).isEqualTo(Claims.NOBODY);
        assertThat(claims.holder(1)).isEqualTo(8);
        assertThat(claims.plan(MS)).containsExactly(new Change(0, Step.CLAIMED));
    }

    @Test
    void whatAMemberDoesNotNameAnyMoreIsFree() {
        for (int i = 0; i < K; i++) {
            claims.claimed(i == 3 ? 8 : 7, i, 1, 0, 0);
        }
        claims.claimsOnly(7, 0b0010, MS);
        assertThat(claims.claimedBy(7)).isEqualTo(0b0010);
        assertThat(claims.claimedBy(8)).isEqualTo(0b1000);
    }

    @Test
    void whoFeedsWhatIsFreeIsBelievedThoughSomebodyElseHadAHigherTerm() {
        claims.claimed(7, 0, 5, 0, 0); // in the other half of a parted island
        claims.left(7, MS);
        claims.claimed(8, 0, 1, 0, 2 * MS);
        assertThat(claims.holder(0)).isEqualTo(8);
        claims.claimed(7, 0, 5, 0, 3 * MS);
        assertThat(claims.holder(0)).isEqualTo(7);
    }

    @Test
    void anOlderTermOfTheHolderChangesNothing() {
        claims.claimed(7, 0, 5, 100, 0);
        claims.claimed(7, 0, 4, 200, 0);
        assertThat(claims.term(0)).isEqualTo(5);
        assertThat(claims.edge(0)).isEqualTo(100);
    }

    @Test
    void whoReturnsTakesNothing() {
        claims.outside(ALL);
        claims.plan(0);
        // it sleeps; what it hears when it wakes is old, or comes after its first plan
        claims.feeds(7, 100 * MS);
        claims.claimed(7, 0, 2, 0, 100 * MS);
        for (long at = 4_000; at < 4_300; at += 20) {
            assertThat(steps(at)).isEmpty();
        }
        assertThat(claims.holder(0)).isEqualTo(7);
        assertThat(steps(4_300)).containsExactly(Step.CLAIMED); // it really was silent
    }

    @Test
    void sharesOutOneSubStreamEachFiveSecondsToWhoHasTwoFewer() {
        claims.outside(ALL);
        claims.plan(0);
        int sharedOut = 0;
        long lastMs = 0;
        for (long at = 0; at < 30_000; at += 100) {
            claims.couldBring(7, ALL, at * MS);
            claims.feeds(7, at * MS);
            for (Change change : claims.plan(at * MS)) {
                assertThat(change.step()).isEqualTo(Step.SHARED_OUT);
                assertThat(at - lastMs).isGreaterThanOrEqualTo(5_000);
                lastMs = at;
                sharedOut++;
                claims.claimed(7, change.subStream(), 2, 0, at * MS);
            }
        }
        assertThat(sharedOut).isBetween(1, 2);
        assertThat(Long.bitCount(claims.claimedBy(ME))).isEqualTo(K - sharedOut);
    }

    @Test
    void whoIsNotChosenGivesEverythingAwayOneByOne() {
        Claims one = new Claims(ME, 1, K, 0);
        one.outside(ALL);
        one.plan(0);
        int sharedOut = 0;
        for (long at = 0; at < 40_000; at += 100) {
            for (long member = 2; member < 6; member++) {
                one.couldBring(member, ALL, at * MS); // one of them is chosen
            }
            one.feeds(2, at * MS);
            for (Change change : one.plan(at * MS)) {
                sharedOut++;
                one.claimed(2, change.subStream(), 2, 0, at * MS);
            }
        }
        assertThat(sharedOut).isEqualTo(K);
    }

    @Test
    void aTermBeyondTheHighestIsNotBelieved() {
        claims.claimed(7, 0, Claims.MOST_TERM + 1, 0, 0);
        claims.claimed(7, 0, Long.MAX_VALUE, 0, 0);
        assertThat(claims.holder(0)).isEqualTo(Claims.NOBODY);
        claims.claimed(7, 0, Claims.MOST_TERM, 0, 0);
        claims.outside(1);
        claims.left(7, 0);
        assertThat(claims.plan(0)).hasSize(1);
        assertThat(claims.term(0)).isEqualTo(Claims.MOST_TERM);
    }

    @Test
    void namesWhatIsWrong() {
        assertThatThrownBy(() -> new Claims(0, 1, K, 0)).hasMessage("a member's number is not 0");
        assertThatThrownBy(() -> new Claims(1, 0, K, 0)).hasMessage("an island has at least 1 gateway, was 0");
    }
}
