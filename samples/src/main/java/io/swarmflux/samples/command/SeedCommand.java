package io.swarmflux.samples.command;

import io.swarmflux.media.player.ConsistencyCheck;
import io.swarmflux.media.segmenter.MediaFormat;
import io.swarmflux.media.source.CounterSource;
import io.swarmflux.peer.Discovery;
import io.swarmflux.peer.Island;
import io.swarmflux.peer.Pace;
import io.swarmflux.peer.RunningPeer;
import io.swarmflux.peer.Seeder;
import io.swarmflux.samples.run.Life;
import io.swarmflux.samples.run.Log;
import io.swarmflux.segment.Description;
import io.swarmflux.segment.SegmentSource;
import io.swarmflux.segment.StreamId;
import io.swarmflux.topology.Quantity;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a stream of an input and serves it. */
@Command(name = "seed", mixinStandardHelpOptions = true, description = "Makes a stream of an input and serves it.")
final class SeedCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--stream",
            required = true,
            paramLabel = "NAME",
            converter = Units.StreamName.class,
            description = "The stream's name.")
    private @Nullable StreamId stream;

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            converter = Units.Address.class,
            description =
                    "Where downstreams dial. Port 0 takes a free one and says which. Needed; with --directory the default is a"
                            + " free port on all addresses.")
    private @Nullable String listen;

    @Option(
            names = "--counter",
            paramLabel = "N",
            description = "Source: the integer stream of N segments, 100 for each second of media time.")
    private @Nullable Long counter;

    @Option(
            names = "--input",
            paramLabel = "INPUT",
            description = "Source: a file; - for standard input; http://HOST[:PORT]/PATH, https://...;"
                    + " udp://@GROUP:PORT[?interface=NAME], udp://ADDRESS:PORT for an MPEG transport stream in"
                    + " datagrams; 'ffmpeg:ARGUMENTS', such as 'ffmpeg:-i rtsp://...', for whatever ffmpeg reads."
                    + " MPEG-TS, fragmented MP4, Ogg, WAV, AAC and MP3 are cut where a player may"
                    + " start; anything else is raw bytes. A URL that breaks off is told and tried again.")
    private @Nullable String input;

    @Parameters(arity = "0..1", paramLabel = "-", description = "Source: standard input.")
    private @Nullable String standardInput;

    @Option(
            names = "--segment-size",
            paramLabel = "SIZE",
            converter = Units.Size.class,
            description =
                    "Bytes in a segment of --input, 1 to 256k; in one of media at most about so many, 1k to 256k. Default: 16k.")
    private @Nullable Long segmentSize;

    @Option(
            names = "--pace",
            paramLabel = "PACE",
            description = "realtime (by media time), a rate such as 2Mbit, or none. none makes the stream lossless, any"
                    + " other pace makes it live. Default: realtime, for --counter and for media; raw bytes need another."
                    + " A segment of --counter has 8 bytes only.")
    private @Nullable String pace;

    @Option(names = "--loop", description = "Begin --input FILE again at its end, without end.")
    private boolean loop;

    @Option(names = "--epoch", paramLabel = "N", description = "The epoch's number. Default: milliseconds since 1970.")
    private @Nullable Long epoch;

    @Option(
            names = "--sub-streams",
            paramLabel = "K",
            description = "The number of sub-streams, 4 to 64. Default: ${DEFAULT-VALUE}.")
    private int subStreams = Description.DEFAULT_SUB_STREAMS;

    /** What the input is; known once the source is made. */
    private MediaFormat format = MediaFormat.RAW;

    @Mixin
    private DirectoryOptions directories = new DirectoryOptions();

    @Mixin
    private IslandOptions islands = new IslandOptions();

    @Mixin
    private ServeOptions serve = new ServeOptions();

    @Mixin
    private TlsOptions tls = new TlsOptions();

    @Mixin
    private ReportOptions reports = new ReportOptions();

    @Override
    public Integer call() {
        reports.check();
        Seeder seeder = seeder();
        RunningPeer running = Objects.requireNonNull(seeder.start().block());
        running.addresses().forEach(address -> Log.info(running.name(), "seeds " + stream + " on " + address));
        return reports.run(new Life(running, List.of(ConsistencyCheck.create())), false, System.out);
    }

    /** The seeder that was asked for. */
    Seeder seeder() {
        try {
            SegmentSource source = source();
            Discovery discovery = directories.discovery(tls);
            String at = serve.listen(listen, directories.any());
            if (at == null) {
                throw usage("--listen HOST:PORT is missing: where downstreams dial, for example --listen 0.0.0.0:9000;"
                        + " see swarmflux seed --help");
            }
            if (epoch != null && epoch < 0) {
                throw usage("--epoch is not negative, was " + epoch);
            }
            if (subStreams < 4 || subStreams > 64) {
                throw usage("--sub-streams is 4 to 64, was " + subStreams);
            }
            Seeder seeder = Seeder.of(Objects.requireNonNull(stream), source)
                    .at(pace())
                    .dividedInto(subStreams)
                    .with(serve.over(tls.transport(), at));
            seeder = discovery == null ? seeder : seeder.discovering(discovery);
            Island island = islands.island();
            seeder = island == null ? seeder : seeder.island(island);
            return epoch == null ? seeder : seeder.inEpoch(epoch);
        } catch (IllegalArgumentException e) {
            throw usage(Objects.requireNonNullElse(e.getMessage(), e.toString()));
        }
    }

    private SegmentSource source() {
        String from = standardInput == null ? input : standardInput;
        if (standardInput != null && !standardInput.equals("-")) {
            throw usage("found '" + standardInput + "', expected - for standard input; a file is --input FILE");
        }
        int sources = (counter == null ? 0 : 1) + (input == null ? 0 : 1) + (standardInput == null ? 0 : 1);
        if (sources != 1) {
            throw usage((sources == 0 ? "there is no source" : "there are several sources")
                    + "; give one of --counter N, --input INPUT and -");
        }
        if (counter != null || from == null) {
            return counted();
        }
        Input.Opened opened = new Input(
                        from,
                        pace,
                        segmentSize,
                        notice -> Log.warn(Objects.requireNonNull(stream).name(), notice))
                .open(loop);
        format = opened.format();
        return opened.source();
    }

    private SegmentSource counted() {
        if (segmentSize != null || loop) {
            throw usage((loop ? "--loop" : "--segment-size") + " is for --input FILE; leave it out with --counter");
        }
        if (Objects.requireNonNull(counter) < 0) {
            throw usage("--counter is not negative, was " + counter);
        }
        return CounterSource.of(counter);
    }

    private Pace pace() {
        if (counter != null || format != MediaFormat.RAW) {
            return paceOr("realtime");
        }
        if (pace == null || Input.pacedByClock(pace)) {
            throw usage("--pace " + (pace == null ? "is missing" : pace + " needs a clock") + ": "
                    + (input == null ? "standard input" : input)
                    + " is empty or of no format that is known, and raw bytes have no clock; give a rate such as"
                    + " --pace 2Mbit, or --pace none");
        }
        return paceOr(pace);
    }

    private Pace paceOr(String otherwise) {
        String text = pace == null ? otherwise : pace;
        try {
            return switch (text) {
                case "realtime" -> Pace.realtime();
                case "none" -> Pace.none();
                default -> Pace.rate(Quantity.bitsPerSecond(text));
            };
        } catch (IllegalArgumentException e) {
            throw usage("--pace is realtime, none or a rate such as 2Mbit, was '" + text + "'");
        }
    }

    private ParameterException usage(String text) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), text);
    }
}
