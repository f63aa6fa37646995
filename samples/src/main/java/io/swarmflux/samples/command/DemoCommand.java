package io.swarmflux.samples.command;

import io.swarmflux.samples.demo.Demo;
import io.swarmflux.samples.demo.WebBrowser;
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
        description =
                "Streams a clip from one seeder to seven peers in a mesh over TCP and three on an island, all on this"
                        + " machine, and opens a page to watch it on: with who feeds whom, and buttons that stop and start peers.")
final class DemoCommand implements Callable<Integer> {
    private static final int MAX_PORT = 65_535;
    private static final Duration LONGEST = Duration.ofHours(1);

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--for",
            paramLabel = "TIME",
            converter = Units.Time.class,
            description = "Show the clip over and over for so long, 1s to 1h, and check then that each got every byte."
                    + " Default: until it is interrupted.")
    private @Nullable Duration time;

    @Option(names = "--no-browser", description = "Open no browser; say where the page is.")
    private boolean noBrowser;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Where the page is, on this machine only. Default: a free port.")
    private int port = 0;

    @Mixin
    private ReportOptions reports = new ReportOptions();

    @Override
    public Integer call() {
        reports.check();
        if (time != null && (time.compareTo(Duration.ofSeconds(1)) < 0 || time.compareTo(LONGEST) > 0)) {
            throw new ParameterException(
                    Objects.requireNonNull(spec).commandLine(), "--for is 1s to 1h, for example 20s");
        }
        if (port > MAX_PORT) {
            throw new ParameterException(
                    Objects.requireNonNull(spec).commandLine(), "--port is 0 to 65535, was " + port);
        }
        Log.onlyWarnings();
        try (Demo demo = new Demo(time, port);
                Interrupt interrupt = Interrupt.calls(demo::leave)) {
            if (!noBrowser) {
                WebBrowser.open(demo.address());
            }
            Disposable lines = reports.status(demo.swarm(), System.out);
            Demo.Result result = demo.run(!reports.tells());
            lines.dispose();
            reports.write(Report.json(result.outcomes(), result.equal()).toString());
            return interrupt.exits(result.equal() ? ExitCode.CONSISTENT : ExitCode.INCONSISTENT);
        }
    }
}
