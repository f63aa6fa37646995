package io.swarmflux.samples.command;

import io.swarmflux.samples.bench.Bench;
import io.swarmflux.samples.bench.Feed;
import io.swarmflux.samples.run.Log;
import io.swarmflux.segment.Segment;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How fast this machine is with swarmflux. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = {
            "Measures on this machine, over TCP: throughput, latency, CPU and memory, beside what its sockets can do at all.",
            "Exit code 0: everything came; 1: something is missing; 2: bad usage."
        })
final class BenchCommand implements Callable<Integer> {
    private static final double SHORTEST = 0.01;
    private static final double LONGEST = 600;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            converter = Units.Size.class,
            description = "Bytes of each segment, 25 to 256k. Default: 1316.")
    private long size = 1316;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "How long each of the ten measurements takes, 0.01 to 600. Default: 5.")
    private double seconds = 5;

    @Override
    public Integer call() throws Exception {
        if (size < Feed.LEAST_BYTES || size > Segment.MAX_PAYLOAD_BYTES) {
            throw usage("--size is " + Feed.LEAST_BYTES + " to 256k bytes, for example 16k; was " + size);
        }
        if (!(seconds >= SHORTEST && seconds <= LONGEST)) {
            throw usage("--seconds is 0.01 to 600, for example 5; was " + seconds);
        }
        Log.onlyWarnings();
        Bench.Table table = new Bench((int) size, Duration.ofNanos((long) (seconds * 1e9))).run();
        table.lines().forEach(System.out::println);
        return table.missing() == 0 ? ExitCode.CONSISTENT : ExitCode.INCONSISTENT;
    }

    private ParameterException usage(String text) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), text);
    }
}
