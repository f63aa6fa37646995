package io.swarmflux.samples.simulate;

import io.swarmflux.topology.Simulation;
import io.swarmflux.topology.Topology;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Simulates a topology with each of its seeds. */
public final class Simulator {
    private final Topology topology;
    private final Consumer<String> progress;

    /**
     * Prepares a simulation.
     *
     * @param topology what to simulate, and how
     * @param progress told a line now and then
     */
    public Simulator(Topology topology, Consumer<String> progress) {
        this.topology = topology;
        this.progress = progress;
    }

    /**
     * What came out of all runs.
     *
     * @param runs one for each seed, in the order of the file
     * @param goals what was expected
     */
    public record Outcome(List<Figures> runs, Simulation.Goals goals) {
        /** Copies the list. */
        public Outcome {
            runs = List.copyOf(runs);
        }

        /**
         * The figures as a table.
         *
         * @return lines
         */
        public List<String> table() {
            return Results.table(runs);
        }

        /**
         * What is not as it should be: goals that were missed, and without any goals gaps; damage, and figures of nothing, always.
         *
         * @return one line for each; empty when all is well
         */
        public List<String> faults() {
            List<String> faults = new ArrayList<>();
            for (Figures run : runs) {
                List<String> missed = new ArrayList<>(run.missed(goals));
                if (!run.measured()) {
                    missed.add("nothing was due; simulate longer, or measure from an earlier moment");
                }
                if (goals.equals(Simulation.Goals.NONE) && run.skipped() > 0) {
                    missed.add(run.skipped() + " segments were skipped");
                }
                if (run.damaged() > 0) {
                    missed.add(run.damaged() + " segments were damaged");
                }
                missed.forEach(what -> faults.add("seed " + run.seed() + ": " + what));
            }
            return faults;
        }

        /**
         * Writes figures.json, runs.csv and peers.csv, and draws spread.png, hops.png, continuity.png and upload.png.
         *
         * @param directory made when it is not there
         * @param file the name of the topology file
         * @throws IOException when it cannot be written
         */
        public void write(Path directory, String file) throws IOException {
            Results.write(directory, file, runs);
            Plots.draw(directory, file, runs);
        }
    }

    /**
     * Runs with every seed, one after the other.
     *
     * @return what came out
     * @throws IllegalArgumentException when the topology holds what cannot be simulated; the message names it
     */
    public Outcome run() {
        Simulation simulation = topology.simulation().orElse(Simulation.DEFAULT);
        List<Figures> runs = new ArrayList<>();
        for (long seed : simulation.seeds()) {
            long startNs = System.nanoTime();
            SimulatedSwarm swarm = SimulatedSwarm.of(topology, seed);
            long[] toldNs = {startNs};
            Run run = swarm.run(at -> tell(seed, at, startNs, toldNs));
            double seconds = (System.nanoTime() - startNs) / 1e9;
            progress.accept(String.format(
                    Locale.ROOT,
                    "seed %d: %.1f s simulated in %.1f s, %,d tasks",
                    seed,
                    run.endNs() / 1e9,
                    seconds,
                    run.tasks()));
            runs.add(Figures.of(seed, run));
        }
        return new Outcome(runs, simulation.goals());
    }

    private void tell(long seed, Duration at, long startNs, long[] toldNs) {
        long nowNs = System.nanoTime();
        if (nowNs - toldNs[0] > 5_000_000_000L) {
            toldNs[0] = nowNs;
            progress.accept(String.format(
                    Locale.ROOT,
                    "seed %d: at %d s of the simulation after %.0f s",
                    seed,
                    at.toSeconds(),
                    (nowNs - startNs) / 1e9));
        }
    }
}
