package io.swarmflux.samples.simulate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** How long segments took from the seeder to peers, in slots. */
final class Spread {
    private double[] delays = new double[1024];
    private int count;
    private boolean sorted;

    /** By the number of links: how many arrivals, and the sum of their delays. */
    private final List<double[]> byHops = new ArrayList<>();

    void add(double slots, int hops) {
        if (count == delays.length) {
            delays = Arrays.copyOf(delays, count * 2);
        }
        delays[count++] = slots;
        sorted = false;
        while (byHops.size() <= hops) {
            byHops.add(new double[2]);
        }
        byHops.get(hops)[0]++;
        byHops.get(hops)[1] += slots;
    }

    int count() {
        return count;
    }

    /** The delay that a share of all arrivals did not exceed; 0 when there was none. */
    double quantile(double share) {
        if (!sorted) {
            Arrays.sort(delays, 0, count);
            sorted = true;
        }
        return count == 0 ? 0 : delays[(int) Math.min(count - 1L, Math.max(0, (long) Math.ceil(share * count) - 1))];
    }

    double mean() {
        return count == 0 ? 0 : byHops.stream().mapToDouble(hop -> hop[1]).sum() / count;
    }

    /** The greatest number of links that a segment came over. */
    int mostHops() {
        return Math.max(0, byHops.size() - 1);
    }

    /** How many arrivals came over so many links. */
    long arrivals(int hops) {
        return (long) byHops.get(hops)[0];
    }

    /** The mean delay of what came over so many links; 0 when nothing did. */
    double mean(int hops) {
        double[] hop = byHops.get(hops);
        return hop[0] == 0 ? 0 : hop[1] / hop[0];
    }
}
