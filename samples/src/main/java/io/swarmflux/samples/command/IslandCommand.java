package io.swarmflux.samples.command;

import io.swarmflux.link.LinkException;
import io.swarmflux.samples.island.Findings;
import io.swarmflux.samples.island.Probe;
import io.swarmflux.samples.island.ProbeReport;
import io.swarmflux.samples.run.Log;
import io.swarmflux.topology.MulticastGroup;
import io.swarmflux.transport.multicast.MulticastInterface;
import io.swarmflux.transport.multicast.MulticastTransport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Islands: whether there can be one. */
@Command(name = "island", mixinStandardHelpOptions = true, description = "Looks at the multicast of a LAN.")
final class IslandCommand implements Runnable {
    private static final Duration SHORTEST = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofHours(1);

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        throw usage("say what to do: swarmflux island probe [GROUP:PORT@]INTERFACE");
    }

    @Command(
            name = "probe",
            mixinStandardHelpOptions = true,
            description = {
                "Says whether multicast works on an interface, from whom, with what loss, and what is wrong when it does not.",
                "Run it on two or more hosts at the same time: they hear each other and say so. Exit code 0: own probes came"
                        + " back and every other prober was heard both ways; 1: not so; 2: bad usage."
            })
    int probe(
            @Parameters(
                            paramLabel = "[GROUP:PORT@]INTERFACE",
                            description = "The interface, by name or address. Group and port, by default "
                                    + Probe.DEFAULT_GROUP + ", must be the same on all hosts.")
                    String where,
            @Option(
                            names = "--for",
                            paramLabel = "TIME",
                            defaultValue = "3s",
                            converter = Units.Time.class,
                            description = "Probe for so long, 500ms to 1h. Default: 3s.")
                    Duration time,
            @Option(
                            names = "--island-secret-file",
                            paramLabel = "FILE",
                            description = "The secret of the island, to probe with it. Default: none.")
                    @Nullable
                    Path secret) {
        if (time.compareTo(SHORTEST) < 0 || time.compareTo(LONGEST) > 0) {
            throw usage("--for is 500ms to 1h, for example 10s");
        }
        MulticastGroup group = group(where);
        MulticastTransport transport = transport(secret);
        String asked = group.networkInterface().orElseThrow();
        Optional<MulticastInterface> at = MulticastInterface.named(asked);
        if (at.isEmpty()) {
            throw usage(refusal(asked));
        }
        if (!at.get().trouble().isEmpty()) {
            System.out.println("! " + refusal(asked));
            System.out.println("does not work");
            return ExitCode.INCONSISTENT;
        }
        Log.nothing();
        try {
            Findings found =
                    Objects.requireNonNull(new Probe(transport, group).run(time).block());
            ProbeReport.of(found).forEach(System.out::println);
            return found.works() ? ExitCode.CONSISTENT : ExitCode.INCONSISTENT;
        } catch (LinkException e) {
            System.out.println("! " + e.getMessage());
            System.out.println("does not work");
            return ExitCode.INCONSISTENT;
        }
    }

    /** What the transport would say. */
    private static String refusal(String asked) {
        try {
            return "interface '" + MulticastInterface.choose(Optional.of(asked)).name() + "' has just changed";
        } catch (IllegalArgumentException e) {
            return Objects.requireNonNull(e.getMessage());
        }
    }

    private MulticastGroup group(String where) {
        try {
            String named = where.contains("@") ? where : Probe.DEFAULT_GROUP + "@" + where;
            MulticastGroup group = MulticastGroup.of(named);
            if (group.group().contains(":")) {
                throw new IllegalArgumentException("IPv6 groups are not carried, take an IPv4 group");
            }
            return group;
        } catch (IllegalArgumentException e) {
            throw usage("'" + where + "' is no [GROUP:PORT@]INTERFACE such as eth0 or 239.1.2.3:5000@eth0: "
                    + e.getMessage());
        }
    }

    private MulticastTransport transport(@Nullable Path secret) {
        try {
            MulticastTransport plain = MulticastTransport.create();
            return secret == null ? plain : plain.secret(secret);
        } catch (IllegalArgumentException e) {
            throw usage("--island-secret-file: " + e.getMessage());
        }
    }

    private ParameterException usage(String text) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), text);
    }
}
