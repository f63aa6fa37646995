package io.swarmflux.samples.command;

import io.swarmflux.topology.TopologyException;
import java.io.PrintWriter;
import java.util.List;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The top of the command line. */
@Command(
        name = "swarmflux",
        mixinStandardHelpOptions = true,
        versionProvider = SwarmFlux.Version.class,
        description = "Peer-to-peer live streaming.",
        subcommands = {
            SeedCommand.class,
            PeerCommand.class,
            IslandCommand.class,
            DirectoryCommand.class,
            TopologyCommand.class,
            SimulateCommand.class,
            BenchCommand.class,
            DemoCommand.class,
            GenerateCompletion.class
        },
        footer = {
            "",
            "Sizes take k, M and G, rates kbit, Mbit and Gbit, durations ms, s, min and h.",
            "Exit codes: 0 done and consistent, 1 finished with gaps or damage,",
            "2 bad usage or bad file, 3 could not reach or listen."
        })
public final class SwarmFlux {
    private SwarmFlux() {}

    /**
     * Runs one command.
     *
     * @param args what was typed
     * @return the exit code
     */
    public static int execute(String... args) {
        return line().execute(args.length == 0 ? new String[] {"--help"} : args);
    }

    /** The command line, whose output and errors can still be sent elsewhere. */
    static CommandLine line() {
        CommandLine line = new CommandLine(new SwarmFlux());
        return withUnits(line)
                .setExecutionStrategy(new CommandLine.RunLast())
                .setParameterExceptionHandler(SwarmFlux::badUsage)
                .setExecutionExceptionHandler((e, command, parsed) -> failed(e, command));
    }

    static CommandLine withUnits(CommandLine line) {
        return line.registerConverter(Integer.class, new Units.Count())
                .registerConverter(int.class, new Units.Count())
                .registerConverter(Long.class, new Units.Whole())
                .registerConverter(long.class, new Units.Whole());
    }

    /** Says on standard error, in one line, what ended the command. */
    static void say(Throwable failure) {
        System.err.println("swarmflux: " + oneLine(failure));
    }

    private static int badUsage(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        StringBuilder text = new StringBuilder("swarmflux: ").append(oneLine(e));
        if (e instanceof UnmatchedArgumentException unmatched) {
            List<String> near = unmatched.getSuggestions();
            text.append(near.isEmpty() ? "" : "; did you mean " + String.join(" or ", near) + "?");
        }
        if (e instanceof UnmatchedArgumentException || e instanceof MissingParameterException) {
            text.append("; see '")
                    .append(command.getCommandSpec().qualifiedName())
                    .append(" --help'");
        }
        PrintWriter err = command.getErr();
        err.println(text);
        err.flush();
        return ExitCode.BAD_USAGE;
    }

    private static int failed(Exception e, CommandLine command) {
        if (e instanceof ParameterException usage) {
            return badUsage(usage, new String[0]);
        }
        if (e instanceof TopologyException wrong) {
            wrong.problems().forEach(problem -> command.getErr().println(problem));
            command.getErr().flush();
            return ExitCode.BAD_USAGE;
        }
        PrintWriter err = command.getErr();
        err.println("swarmflux: " + oneLine(e));
        err.flush();
        return ExitCode.of(e);
    }

    private static String oneLine(Throwable e) {
        String text = e.getMessage() == null ? e.toString() : e.getMessage();
        return text.lines()
                .map(String::strip)
                .reduce((one, next) -> one + " " + next)
                .orElse(e.toString());
    }

    /** The version of the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = SwarmFlux.class.getPackage().getImplementationVersion();
            return new String[] {"swarmflux " + (version == null ? "(not packaged)" : version)};
        }
    }
}
