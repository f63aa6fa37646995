package io.swarmflux.samples.command;

import io.swarmflux.samples.demo.Demo;
import io.swarmflux.samples.run.Interrupt;
import io.swarmflux.samples.run.Log;
import io.swarmflux.samples.run.Report;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import reactor.core.Disposable;

/** The whole story on one machine. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Streams a clip from one seeder to seven peers in a mesh over TCP on this machine, shows how far"
                + " they are, and checks that each got every byte.")
final class DemoCommand implements Callable<Integer> {
    private static final Duration LONGEST = Duration.ofHours(1);

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--for",
            paramLabel = "TIME",
            converter = Units.Time.class,
            description = "Show the clip over and over for so long, 1s to 1h. Default: once, about 12 s.")
    private @Nullable Duration time;

    @Option(names = "--no-browser", description = "Open no browser. There is nothing to open yet.")
    @SuppressWarnings("unused") // accepted so that a script written for the page works today
    private boolean noBrowser;

    @Mixin
    private ReportOptions reports = new ReportOptions();

    @Override
    public Integer call() {
        reports.check();
        if (time != null && (time.compareTo(Duration.ofSeconds(1)) < 0 || time.compareTo(LONGEST) > 0)) {
            throw new ParameterException(
                    Objects.requireNonNull(spec).commandLine(), "--for is 1s to 1h, for example 20s");
        }
        Log.onlyWarnings();
        try (Demo demo = new Demo(time);
                Interrupt interrupt = Interrupt.calls(demo::leave)) {
            Disposable lines = reports.status(demo.swarm(), System.out);
            Demo.Result result = demo.run(!reports.tells());
            lines.dispose();
            reports.write(Report.json(result.outcomes(), result.equal()).toString());
            return interrupt.exits(result.equal() ? ExitCode.CONSISTENT : ExitCode.INCONSISTENT);
        }
    }
}
