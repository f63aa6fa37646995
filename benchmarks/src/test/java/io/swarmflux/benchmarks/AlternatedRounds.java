package io.swarmflux.benchmarks;

import io.swarmflux.samples.bench.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/**
 * Five rounds in one process, in each of which every contender has a turn, after one turn each that does not count.
 *
 * @param outcomes what each reached, round by round
 * @param <C> the contenders
 */
record AlternatedRounds<C>(Map<C, List<Outcome>> outcomes) {
    private static final int ROUNDS = 5;

    /** Has one contender run once; {@code first} for the turn that does not count. */
    @FunctionalInterface
    interface Turn<C> {
        Outcome run(C who, boolean first) throws Exception;
    }

    static <C> AlternatedRounds<C> of(List<C> contenders, Turn<? super C> turn) throws Exception {
        Map<C, List<Outcome>> outcomes = new LinkedHashMap<>();
        for (int round = 0; round <= ROUNDS; round++) {
            for (C who : contenders) {
                Outcome outcome = turn.run(who, round == 0);
                if (round > 0) {
                    outcomes.computeIfAbsent(who, each -> new ArrayList<>()).add(outcome);
                }
            }
        }
        return new AlternatedRounds<>(outcomes);
    }

    private double nth(C who, ToDoubleFunction<Outcome> of, int n) {
        return Objects.requireNonNull(outcomes.get(who)).stream()
                .mapToDouble(of)
                .sorted()
                .skip(n)
                .findFirst()
                .orElseThrow();
    }

    double median(C who, ToDoubleFunction<Outcome> of) {
        return nth(who, of, ROUNDS / 2);
    }

    double least(C who, ToDoubleFunction<Outcome> of) {
        return nth(who, of, 0);
    }

    /** The median of one in that of another. */
    double ratio(C who, C beside, ToDoubleFunction<Outcome> of) {
        return median(who, of) / median(beside, of);
    }

    long missing(C who) {
        return Objects.requireNonNull(outcomes.get(who)).stream()
                .mapToLong(Outcome::missing)
                .sum();
    }

    /** Segments a second, least, median and most. */
    String spread(C who) {
        return String.format(
                Locale.ROOT,
                "%,.0f / %,.0f / %,.0f",
                least(who, Outcome::perSecond),
                median(who, Outcome::perSecond),
                nth(who, Outcome::perSecond, ROUNDS - 1));
    }
}
