package io.swarmflux.samples.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.swarmflux.samples.run.Interrupt;
import io.swarmflux.samples.run.Life;
import io.swarmflux.samples.run.Outcome;
import io.swarmflux.samples.run.Report;
import io.swarmflux.samples.run.Swarm;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What a running command tells, while it runs and at the end. */
final class ReportOptions {
    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    @Option(names = "--report", paramLabel = "FILE", description = "Write one JSON object there at the end.")
    private @Nullable Path report;

    @Option(
            names = "--status",
            paramLabel = "TIME",
            converter = Units.Time.class,
            description = "Write a line of JSON each so often, for example 1s.")
    private @Nullable Duration status;

    /** Refuses what could not be written at the end. */
    void check() {
        if (status != null && status.compareTo(Duration.ofMillis(10)) < 0) {
            throw usage("--status is at least 10ms, for example 1s");
        }
        if (report != null) {
            Path directory = report.toAbsolutePath().getParent();
            if (Files.isDirectory(report) || directory == null || !Files.isWritable(directory)) {
                throw usage("--report: cannot write " + report + "; give a file in a directory that exists");
            }
        }
    }

    /** Runs to the end or to an interrupt, tells, and answers the exit code. */
    int run(Life life, boolean dials, PrintStream results) {
        try (Interrupt interrupt = Interrupt.calls(life::leave)) {
            Disposable lines = status(life, results);
            Outcome outcome = Objects.requireNonNull(life.toTheEnd().block());
            lines.dispose();
            write(Report.json(outcome).toString());
            results.println(Report.line(outcome));
            results.flush();
            if (outcome.failure() != null) {
                SwarmFlux.say(outcome.failure());
            }
            return interrupt.exits(ExitCode.of(outcome, dials));
        }
    }

    /** Writes the report, when one is wanted. */
    void write(String json) {
        if (report != null) {
            try {
                Files.writeString(report, json + "\n");
            } catch (IOException e) {
                throw usage("--report: cannot write " + report + ": " + e.getMessage());
            }
        }
    }

    private Disposable status(Life life, PrintStream results) {
        return lines(life.now().map(Report::json), results);
    }

    /** Whether lines of JSON are wanted while it runs. */
    boolean tells() {
        return status != null;
    }

    /** How everybody stands, each so often, until it is disposed of. */
    Disposable status(Swarm swarm, PrintStream results) {
        return lines(Mono.defer(swarm::now).map(Report::json), results);
    }

    private Disposable lines(Mono<ObjectNode> now, PrintStream results) {
        if (status == null) {
            return () -> {};
        }
        return Flux.interval(status)
                .onBackpressureDrop()
                .concatMap(tick -> now.onErrorComplete(), 1)
                .subscribe(results::println, SwarmFlux::say);
    }

    private ParameterException usage(String text) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), text);
    }
}
