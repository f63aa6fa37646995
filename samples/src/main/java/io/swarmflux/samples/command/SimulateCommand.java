package io.swarmflux.samples.command;

import io.swarmflux.samples.run.Log;
import io.swarmflux.samples.simulate.Simulator;
import io.swarmflux.topology.Topology;
import io.swarmflux.topology.TopologyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A swarm in virtual time. */
@Command(
        name = "simulate",
        mixinStandardHelpOptions = true,
        description = "Runs a swarm of up to thousands of peers in virtual time, with the peers' own code, and writes"
                + " figures and plots. The same file and seed always give the same figures.")
final class SimulateCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(
            paramLabel = "FILE",
            description =
                    "A topology file; sections 'groups' and 'simulation' say who else is there and how it is run.")
    private Path file = Path.of("");

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where figures and plots go; made when it is not there. Default: simulation, in the current"
                    + " directory.")
    private Path out = Path.of("simulation");

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Run with this seed instead of those of the file; repeatable.")
    private List<Long> seeds = List.of();

    @Option(
            names = "--for",
            paramLabel = "TIME",
            description = "Simulate so much time, for example 60s, instead of what the file says.")
    private @Nullable String time;

    @Option(
            names = "--set",
            paramLabel = "WAY=VALUE",
            description = "Change one value of the file, for example groups.crowd.upload-limit=1.1Mbit; repeatable.")
    private Map<String, String> changes = new LinkedHashMap<>();

    @Override
    public Integer call() {
        Log.onlyWarnings();
        Simulator simulator = new Simulator(read(), System.err::println);
        Simulator.Outcome outcome;
        try {
            outcome = simulator.run();
        } catch (IllegalArgumentException e) {
            throw usage(file + ": " + e.getMessage());
        }
        outcome.table().forEach(System.out::println);
        List<String> faults = outcome.faults();
        faults.forEach(System.err::println);
        try {
            outcome.write(out, String.valueOf(file.getFileName()));
        } catch (IOException e) {
            throw usage("--out: cannot write to " + out + ": " + e.getMessage());
        }
        System.err.println("figures are in " + out);
        return faults.isEmpty() ? ExitCode.CONSISTENT : ExitCode.INCONSISTENT;
    }

    private Topology read() {
        if (Files.exists(out) && !Files.isDirectory(out)) {
            throw usage("--out: " + out + " is a file; give a directory");
        }
        Map<String, String> all = new LinkedHashMap<>(changes);
        if (!seeds.isEmpty()) {
            all.put("simulation.seeds", seeds.toString());
        }
        if (time != null) {
            all.put("simulation.for", time);
        }
        try {
            return TopologyFile.read(file, all);
        } catch (IOException e) {
            String why = e instanceof NoSuchFileException ? "there is no such file" : e.getMessage();
            throw usage("cannot read " + file + ": " + why);
        }
    }

    private ParameterException usage(String text) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), text);
    }
}
