package io.swarmflux.samples.command;

import io.swarmflux.peer.Discovery;
import io.swarmflux.samples.draw.TopologySvg;
import io.swarmflux.samples.run.Interrupt;
import io.swarmflux.samples.run.Log;
import io.swarmflux.samples.run.Outcome;
import io.swarmflux.samples.run.Report;
import io.swarmflux.samples.run.Swarm;
import io.swarmflux.samples.run.Table;
import io.swarmflux.samples.topology.PlanFile;
import io.swarmflux.samples.topology.TopologySwarm;
import io.swarmflux.topology.Player;
import io.swarmflux.topology.Topology;
import io.swarmflux.topology.TopologyDot;
import io.swarmflux.topology.TopologyFile;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import reactor.core.Disposable;

/** Topology files: what is wrong with them, how they look, what they do. */
@Command(
        name = "topology",
        mixinStandardHelpOptions = true,
        description = "Checks, draws, runs and plans topology files.")
final class TopologyCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        throw usage("say what to do with it: swarmflux topology check FILE, draw FILE, run FILE or plan");
    }

    @Command(
            name = "check",
            mixinStandardHelpOptions = true,
            description = "Says what is wrong with a file: line, column, and what was expected.")
    int check(@Parameters(paramLabel = "FILE", description = "The topology file.") Path file) {
        Topology topology = read(file);
        System.out.printf(
                "%s: %d streams, %d seeders, %d peers, %d islands; nothing wrong%n",
                file,
                topology.streams().size(),
                topology.seeders().size(),
                topology.peers().size()
                        + topology.groups().stream()
                                .mapToInt(Topology.Group::peers)
                                .sum(),
                topology.islands().size());
        return ExitCode.CONSISTENT;
    }

    @Command(name = "draw", mixinStandardHelpOptions = true, description = "Prints a file as Graphviz DOT.")
    int draw(
            @Parameters(paramLabel = "FILE", description = "The topology file.") Path file,
            @Option(names = "--svg", description = "Print a picture in SVG instead.") boolean svg) {
        Topology topology = eachGroupAsOnePeer(read(file));
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        out.print(svg ? TopologySvg.of(topology) : TopologyDot.of(topology));
        out.flush();
        return ExitCode.CONSISTENT;
    }

    /** Groups as they are drawn: one peer for all, below the seeders. */
    private static Topology eachGroupAsOnePeer(Topology topology) {
        List<Topology.Peer> peers = new ArrayList<>(topology.peers());
        Map<String, String> drawnAs = new HashMap<>();
        for (Topology.Group group : topology.groups()) {
            Topology.Peer each = group.each();
            List<String> upstreams = new ArrayList<>(each.upstreams());
            topology.seeders().stream()
                    .filter(seeder -> group.neighbours() > 0 && seeder.stream().equals(each.stream()))
                    .map(Topology.Seeder::name)
                    .filter(name -> !upstreams.contains(name))
                    .forEach(upstreams::add);
            String name = group.name() + ": " + group.peers() + " peers, " + group.neighbours() + " neighbours each";
            drawnAs.put(group.name(), name);
            peers.add(new Topology.Peer(name, each.stream(), upstreams, each.playing(), each.serving(), each.host()));
        }
        return new Topology(
                topology.streams(),
                topology.seeders(),
                peers,
                List.of(),
                topology.links(),
                topology.islands().stream()
                        .map(island -> new Topology.Island(
                                island.name(),
                                island.group(),
                                island.members().stream()
                                        .map(name -> drawnAs.getOrDefault(name, name))
                                        .toList(),
                                island.gateways(),
                                island.secretFile(),
                                island.condition()))
                        .toList(),
                topology.simulation());
    }

    @Command(
            name = "run",
            mixinStandardHelpOptions = true,
            description =
                    "Builds a file on this machine, over TCP, or over impaired links in this process where the file"
                            + " gives conditions, runs it to its end and reports on every peer.")
    int run(
            @Parameters(paramLabel = "FILE", description = "The topology file.") Path file,
            @Option(
                            names = "--seed",
                            paramLabel = "N",
                            defaultValue = "1",
                            description = "Of what is left to chance on impaired links. Default: 1.")
                    long seed,
            @Mixin ReportOptions reports) {
        reports.check();
        Topology topology = read(file);
        Swarm swarm = swarm(topology, file, seed);
        Log.onlyWarnings();
        boolean piped = topology.peers().stream()
                .anyMatch(peer -> peer.playing().players().contains(new Player.ToStandardOutput()));
        PrintStream results = piped ? System.err : System.out;
        try (Interrupt interrupt = Interrupt.calls(swarm::leave)) {
            Disposable lines = reports.status(swarm, results);
            Map<String, Outcome> outcomes = Objects.requireNonNull(swarm.run().block());
            lines.dispose();
            Map<String, String> expected = expected(topology, outcomes);
            Table.of(outcomes, expected).forEach(results::println);
            outcomes.forEach((name, outcome) -> {
                if (outcome.failure() != null) {
                    Log.warn(name, String.valueOf(outcome.failure().getMessage()));
                }
            });
            boolean good = Table.allGood(outcomes, expected);
            reports.write(Report.json(outcomes, good).toString());
            return interrupt.exits(good ? ExitCode.CONSISTENT : ExitCode.INCONSISTENT);
        }
    }

    @Command(
            name = "plan",
            mixinStandardHelpOptions = true,
            description =
                    "Prints the topology file that a strategy builds when peers come one after the other, for draw and"
                            + " simulate.")
    int plan(
            @Option(
                            names = "--strategy",
                            required = true,
                            paramLabel = "NAME",
                            converter = Units.StrategyName.class,
                            description =
                                    "Whom each peer chooses of those it knows: random, bandwidth (the strong near the"
                                            + " source), forest (one of each tree), nearby, islands (one of each island).")
                    Discovery.Strategy strategy,
            @Option(
                            names = "--peers",
                            required = true,
                            paramLabel = "N",
                            description = "How many peers there are beside the seeder, 1 to 9999.")
                    int peers,
            @Option(
                            names = "--upstreams",
                            paramLabel = "N",
                            defaultValue = "5",
                            description = "How many each has, 1 to 64. Default: 5.")
                    int upstreams,
            @Option(
                            names = "--rate",
                            paramLabel = "RATE",
                            defaultValue = "1Mbit",
                            converter = Units.Rate.class,
                            description = "Of the stream. Default: 1Mbit.")
                    long rate,
            @Option(
                            names = "--upload",
                            paramLabel = "RATE",
                            split = ",",
                            converter = Units.Rate.class,
                            defaultValue = "1250kbit",
                            description = "What peers can send; several with commas between are given in turn. Default:"
                                    + " 1250kbit.")
                    List<Long> uploads,
            @Option(
                            names = "--island-size",
                            paramLabel = "N",
                            defaultValue = "0",
                            description = "Every second N peers are an island. Default: 0, no islands.")
                    int islandSize,
            @Option(
                            names = "--regions",
                            paramLabel = "N",
                            defaultValue = "1",
                            description = "In how many places peers are; each place further costs 20 ms. Default: 1.")
                    int regions,
            @Option(
                            names = "--seed",
                            paramLabel = "N",
                            defaultValue = "1",
                            description = "Of what is left to chance. Default: 1.")
                    long seed) {
        try {
            System.out.print(new PlanFile(strategy, peers, upstreams, rate, uploads, islandSize, regions, seed).text());
            System.out.flush();
            return ExitCode.CONSISTENT;
        } catch (IllegalArgumentException e) {
            throw usage(Objects.requireNonNullElse(e.getMessage(), e.toString()));
        }
    }

    private Swarm swarm(Topology topology, Path file, long seed) {
        try {
            return TopologySwarm.of(topology, seed);
        } catch (IllegalArgumentException e) {
            throw usage(file + ": " + e.getMessage());
        }
    }

    /** Whoever began at the beginning should have played what the seeder sent. */
    private static Map<String, String> expected(Topology topology, Map<String, Outcome> outcomes) {
        Map<String, String> expected = new HashMap<>();
        topology.seeders().forEach(seeder -> {
            @Nullable Outcome sent = outcomes.get(seeder.name());
            outcomes.forEach((name, outcome) -> {
                if (sent != null
                        && outcome.snapshot().stream().equals(seeder.stream())
                        && outcome.first().firstSequence() == 0) {
                    expected.put(name, sent.first().sha256());
                }
            });
        });
        return expected;
    }

    private Topology read(Path file) {
        try {
            return TopologyFile.read(file);
        } catch (IOException e) {
            String why = e instanceof NoSuchFileException ? "there is no such file" : e.getMessage();
            throw usage("cannot read " + file + ": " + why);
        }
    }

    private ParameterException usage(String text) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), text);
    }
}
