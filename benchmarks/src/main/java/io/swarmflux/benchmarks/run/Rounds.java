package io.swarmflux.benchmarks.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.swarmflux.benchmarks.hub.HubBenchmark;
import io.swarmflux.benchmarks.hub.Sharing;
import io.swarmflux.benchmarks.merge.MergeBenchmark;
import io.swarmflux.benchmarks.merge.Merger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs what happens in one process: in each round everybody in turn, in a JVM of its own, so that what the machine does meanwhile is
 * shared out equally. Writes {@code benchmarks.json} and a table, {@code benchmarks.md}.
 */
public final class Rounds {
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private final int rounds;
    private final int seconds;
    private final Map<String, Score> scores = new LinkedHashMap<>();

    private Rounds(int rounds, int seconds) {
        this.rounds = rounds;
        this.seconds = seconds;
    }

    /** One benchmark with one contender. */
    private record Entry(Class<?> benchmark, String method, Map<String, String> parameters, String contender) {
        String work() {
            StringBuilder text = new StringBuilder(
                    benchmark.getSimpleName().replace("Benchmark", "").toLowerCase(Locale.ROOT));
            text.append(' ').append(method);
            parameters.forEach((name, value) -> {
                if (!value.equals(contender)) {
                    text.append(", ").append(name).append(' ').append(value);
                }
            });
            return text.toString();
        }
    }

    /**
     * Runs all: {@code full}, five rounds of two seconds each, takes 20 minutes; {@code quick}, one round of one second, three minutes.
     *
     * @param args the folder to write to, and {@code full} or {@code quick}
     * @throws IOException when that fails
     * @throws RunnerException when a benchmark does
     */
    public static void main(String[] args) throws IOException, RunnerException {
        boolean quick = args.length == 2 && args[1].equals("quick");
        if (args.length != 2 || !(quick || args[1].equals("full"))) {
            System.err.println("give the folder to write to, and full or quick: Rounds FOLDER full|quick");
            System.exit(2);
        }
        Path unused =
                measured(quick ? new Rounds(1, 1) : full(), Path.of(args[0])).folder();
    }

    /** Five rounds of two seconds. */
    static Rounds full() {
        return new Rounds(5, 2);
    }

    /** What was measured, and where it was written to. */
    record Measured(Path folder, Map<String, Score> scores) {
        /** The score of a contender at some work. */
        Score of(String work, String contender) {
            return Objects.requireNonNull(scores.get(work + "|" + contender), work + " by " + contender);
        }

        /** How much faster ours is at some work, by the medians. */
        double ratio(String work, String contender) {
            return Score.median(of(work, "SWARMFLUX").perSecond())
                    / Score.median(of(work, contender).perSecond());
        }
    }

    /** Runs all, and writes what it brought. */
    static Measured measured(Rounds rounds, Path folder) throws IOException, RunnerException {
        rounds.run();
        rounds.write(folder);
        return new Measured(folder, rounds.scores);
    }

    private static List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        for (String method : List.of("duplicates", "striped", "duplicatesOnThreads", "stripedOnThreads")) {
            for (Merger merger : Merger.values()) {
                boolean onThreads = method.endsWith("OnThreads");
                boolean loses = merger == Merger.MERGE_FILTER && method.equals("stripedOnThreads");
                if (!loses && (!onThreads || merger.isForThreads())) {
                    entries.add(
                            new Entry(MergeBenchmark.class, method, Map.of("merger", merger.name()), merger.name()));
                }
            }
        }
        for (String demand : List.of("64", "0")) {
            for (String readers : List.of("1", "8", "64", "512")) {
                for (Sharing sharing : Sharing.values()) {
                    Map<String, String> parameters = new LinkedHashMap<>();
                    parameters.put("sharing", sharing.name());
                    parameters.put("readers", readers);
                    parameters.put("demand", demand);
                    entries.add(new Entry(HubBenchmark.class, "deliveries", parameters, sharing.name()));
                }
            }
        }
        return entries;
    }

    private void run() throws RunnerException {
        for (int round = 1; round <= rounds; round++) {
            for (Entry entry : entries()) {
                ChainedOptionsBuilder options = new OptionsBuilder()
                        .include("\\." + entry.benchmark().getSimpleName() + "\\." + entry.method() + "$")
                        .forks(1)
                        .warmupIterations(1)
                        .warmupTime(TimeValue.seconds(1))
                        .measurementIterations(seconds)
                        .measurementTime(TimeValue.seconds(1))
                        .addProfiler(GCProfiler.class)
                        .shouldFailOnError(true)
                        .verbosity(VerboseMode.SILENT);
                entry.parameters().forEach(options::param);
                for (RunResult result : new Runner(options.build()).run()) {
                    note(entry, result);
                }
            }
        }
    }

    private void note(Entry entry, RunResult result) {
        Score score = scores.computeIfAbsent(
                entry.work() + "|" + entry.contender(),
                key -> new Score(entry.work(), entry.contender(), new ArrayList<>(), new ArrayList<>()));
        score.perSecond().add(result.getPrimaryResult().getScore());
        score.bytesPerOperation()
                .add(Objects.requireNonNull(result.getSecondaryResults().get(ALLOCATED), ALLOCATED)
                        .getScore());
        System.err.printf(
                "%s, %s: %.1f M/s%n",
                entry.work(), entry.contender(), result.getPrimaryResult().getScore() / 1e6);
    }

    private void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        new ObjectMapper()
                .writerWithDefaultPrettyPrinter()
                .writeValue(folder.resolve("benchmarks.json").toFile(), scores.values());
        Files.write(
                folder.resolve("benchmarks.md"),
                Stream.concat(
                                Stream.of(
                                        "| work | contender | M/s, least / median / most | ours ÷ theirs | bytes allocated |",
                                        "|---|---|---|---|---|"),
                                scores.values().stream().map(this::row))
                        .toList());
    }

    private String row(Score score) {
        Score ours = scores.get(score.work() + "|SWARMFLUX");
        double ratio = ours == null ? Double.NaN : Score.median(ours.perSecond()) / Score.median(score.perSecond());
        return String.format(
                Locale.ROOT,
                "| %s | %s | %.1f / %.1f / %.1f | %s | %.1f |",
                score.work(),
                score.contender(),
                Score.least(score.perSecond()) / 1e6,
                Score.median(score.perSecond()) / 1e6,
                Score.most(score.perSecond()) / 1e6,
                score.contender().equals("SWARMFLUX") ? "" : String.format(Locale.ROOT, "%.2f", ratio),
                Score.median(score.bytesPerOperation()));
    }
}
