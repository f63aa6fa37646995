package io.swarmflux.flux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ArrivalCursorTest {
    private long looks;
    private final Numbering<Long> numbering = Numbering.of(n -> {
        looks++;
        return n;
    });
    private final Window<Long> window =
            new Window<>(numbering, 0, 0, 1024, new long[] {Alarm.NEVER}, () -> {}, discarded -> {});
    private final ArrivalCursor<Long> cursor = new ArrivalCursor<>(window, 0);

    private void store(long from, long until) {
        for (long n = from; n < until; n++) {
            window.store(n, n, 1, false, 0);
        }
    }

    private List<Long> poll(LongPredicate wanted) {
        List<Long> got = new ArrayList<>();
        for (Long next = next(wanted); next != null; next = next(wanted)) {
            got.add(next);
        }
        return got;
    }

    private @Nullable Long next(LongPredicate wanted) {
        LongPredicate counted = sequence -> {
            looks++;
            return wanted.test(sequence);
        };
        return cursor.poll(counted, Long.MAX_VALUE, Long.MAX_VALUE, numbering);
    }

    @Test
    void theWindowSaysOfEveryChangeThatAPollWouldSee() {
        long before = window.changes();
        store(0, 1);
        long atTheEdge = window.changes();
        window.notice(4, 0);
        long missing = window.changes();
        store(2, 3);
        long filled = window.changes();
        window.evictTo(1);
        assertThat(List.of(before, atTheEdge, missing, filled, window.changes()))
                .isSorted()
                .doesNotHaveDuplicates();
        cursor.skipTo(3);
        assertThat(poll(s -> true)).isEmpty();
        assertThat(window.changes()).isEqualTo(filled + 1);
    }

    @Test
    void looksAtEachSequenceOnceWhenOneOfEightIsWanted() {
        for (long n = 0; n < 1_000; n++) {
            store(n, n + 1);
            assertThat(poll(s -> s % 8 == 3)).hasSize(n % 8 == 3 ? 1 : 0);
        }
        assertThat(looks).isLessThanOrEqualTo(3 * 1_000);
    }

    @Test
    void looksAtEachSequenceOnceBehindAHole() {
        for (long n = 1; n < 1_000; n++) {
            store(n, n + 1);
            assertThat(poll(s -> s % 8 < 2)).hasSize(n % 8 < 2 ? 1 : 0);
            assertThat(cursor.firstPending()).isEqualTo(Long.MAX_VALUE);
        }
        assertThat(cursor.base()).isZero();
        assertThat(looks).isLessThanOrEqualTo(3 * 1_000);
    }

    @Test
    void goesBackForAHoleThatIsFilled() {
        store(1, 500);
        assertThat(poll(s -> true)).hasSize(499).startsWith(1L);
        window.store(0, 0L, 1, false, 0);
        looks = 0;
        assertThat(cursor.firstPending()).isZero();
        assertThat(poll(s -> true)).containsExactly(0L);
        assertThat(cursor.base()).isEqualTo(500);
        assertThat(looks).isLessThan(10);
    }

    @Test
    void looksAtEverythingAgainWhenItMissedTooManyFills() {
        store(1_000, 1_001);
        assertThat(poll(s -> true)).containsExactly(1_000L);
        for (long n = 999; n > 999 - 2L * Fills.LENGTH; n--) {
            store(n, n + 1);
        }
        assertThat(poll(s -> true)).hasSize(2 * Fills.LENGTH).isSorted();
    }

    @Test
    void staysWhereAnElementIsTooLarge() {
        store(0, 3);
        assertThat(cursor.poll(
                        s -> true, Long.MAX_VALUE, 0, Numbering.<Long>of(n -> n).sized(n -> 1)))
                .isNull();
        assertThat(cursor.poll(s -> true, 0, Long.MAX_VALUE, numbering)).isNull();
        assertThat(cursor.firstPending()).isZero();
        assertThat(poll(s -> true)).containsExactly(0L, 1L, 2L);
    }

    @Test
    void givesAgainWhatIsWantedAgain() {
        store(0, 100);
        assertThat(poll(s -> s % 4 == 0)).hasSize(25);
        cursor.wantAgain(50, s -> s % 4 == 1);
        assertThat(poll(s -> s % 4 < 2)).hasSize(12).startsWith(53L).endsWith(97L);
        cursor.skipTo(200);
        store(100, 201);
        assertThat(poll(s -> true)).containsExactly(200L);
    }

    @Test
    void tellsWhatLeftTheWindowAndGivesTheRestOnceInAnyOrder() {
        for (long seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            Window<Long> w = new Window<>(numbering, 0, 0, 256, new long[] {Alarm.NEVER}, () -> {}, discarded -> {});
            ArrivalCursor<Long> mine = new ArrivalCursor<>(w, 0);
            TreeSet<Long> here = new TreeSet<>();
            for (int step = 0; step < 2_000; step++) {
                long sequence = w.tail() + random.nextInt(200);
                if (random.nextInt(20) == 0) {
                    w.evictTo(Math.min(w.edge(), w.tail() + random.nextInt(50)));
                    here = new TreeSet<>(here.tailSet(w.tail()));
                } else if (w.peek(sequence) == null) {
                    w.store(sequence, sequence, 1, false, 0);
                    here.add(sequence);
                }
                if (random.nextInt(4) == 0) {
                    mine.catchUp(s -> true);
                    assertThat(mine.firstPending()).isEqualTo(here.isEmpty() ? Long.MAX_VALUE : here.first());
                    Long got = mine.poll(s -> true, Long.MAX_VALUE, Long.MAX_VALUE, numbering);
                    assertThat(got).as("seed %d step %d", seed, step).isEqualTo(here.pollFirst());
                }
            }
        }
    }
}
