package io.swarmflux.benchmarks.run;

import java.util.List;

/**
 * What one contender reached in a piece of work, round by round.
 *
 * @param work the benchmark and its parameters
 * @param contender who did it
 * @param perSecond operations a second, one for each round
 * @param bytesPerOperation what was allocated for an operation, one for each round
 */
record Score(String work, String contender, List<Double> perSecond, List<Double> bytesPerOperation) {
    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    static double least(List<Double> values) {
        return values.stream().mapToDouble(one -> one).min().orElse(Double.NaN);
    }

    static double most(List<Double> values) {
        return values.stream().mapToDouble(one -> one).max().orElse(Double.NaN);
    }
}
