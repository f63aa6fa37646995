package io.swarmflux.samples.command;

import io.swarmflux.link.Transport;
import io.swarmflux.peer.PeerOptions;
import io.swarmflux.peer.Serving;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What seeders and peers have in common. */
final class ServeOptions {
    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    @Option(
            names = "--name",
            paramLabel = "ID",
            description = "The peer's id, different from every other's. Default: a random one.")
    private @Nullable String name;

    @Option(
            names = "--advertise",
            paramLabel = "HOST:PORT",
            converter = Units.Address.class,
            description =
                    "Where others can dial it, when that is not where it listens, for example behind a router that passes a"
                            + " port on. Default: where it listens.")
    private @Nullable String advertise;

    @Option(
            names = "--wait-for",
            paramLabel = "N",
            description = "Take nothing until N downstreams are there. Default: ${DEFAULT-VALUE}.")
    private int waitFor = 0;

    @Option(
            names = "--linger",
            paramLabel = "TIME",
            converter = Units.Time.class,
            description = "Serve on after the end until every downstream has it, at most so long. Default: 5s.")
    private Duration linger = Duration.ofSeconds(5);

    @Option(
            names = "--upload-limit",
            paramLabel = "RATE",
            converter = Units.Rate.class,
            description = "The most to send over all links, for example 20Mbit. Default: no limit.")
    private long uploadLimit = 0;

    @Option(
            names = "--downstream-limit",
            paramLabel = "RATE",
            converter = Units.Rate.class,
            description = "The most to send to each downstream. Default: no limit.")
    private long downstreamLimit = 0;

    @Option(
            names = "--max-downstreams",
            paramLabel = "N",
            description = "The most downstreams to accept. Default: ${DEFAULT-VALUE}.")
    private int maxDownstreams = Serving.defaults().maxDownstreams();

    /** Where to listen; null for nowhere. Who is to be found in a directory listens somewhere. */
    @Nullable
    String listen(@Nullable String asked, boolean found) {
        if (asked == null) {
            return found ? "0.0.0.0:0" : null;
        }
        return asked.equals("none") ? null : asked;
    }

    PeerOptions over(Transport transport, @Nullable String listen) {
        if (waitFor > 0 && listen == null) {
            throw usage("--wait-for needs --listen HOST:PORT, for nobody can dial who listens nowhere");
        }
        if (waitFor > maxDownstreams) {
            throw usage("--wait-for " + waitFor + " is never reached with --max-downstreams " + maxDownstreams);
        }
        PeerOptions options = PeerOptions.defaults()
                .over(transport)
                .waitingFor(waitFor)
                .lingering(linger)
                .serving(new Serving(uploadLimit, downstreamLimit, maxDownstreams));
        options = name == null ? options : options.named(name);
        options = listen == null ? options : options.listeningOn(listen);
        return advertise == null ? options : options.advertising(advertise);
    }

    private ParameterException usage(String text) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), text);
    }
}
