package io.swarmflux.samples.command;

import io.swarmflux.media.player.ConsistencyCheck;
import io.swarmflux.media.segmenter.MediaFormat;
import io.swarmflux.media.segmenter.MediaSegmenter;
import io.swarmflux.media.source.CounterSource;
import io.swarmflux.media.source.FileSource;
import io.swarmflux.media.source.InputSource;
import io.swarmflux.media.source.Looped;
import io.swarmflux.media.source.MediaFile;
import io.swarmflux.media.source.RawSegmenter;
import io.swarmflux.peer.Discovery;
import io.swarmflux.peer.Island;
import io.swarmflux.peer.Pace;
import io.swarmflux.peer.RunningPeer;
import io.swarmflux.peer.Seeder;
import io.swarmflux.samples.run.Life;
import io.swarmflux.samples.run.Log;
import io.swarmflux.segment.Description;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.SegmentSource;
import io.swarmflux.segment.Segmenter;
import io.swarmflux.segment.StreamId;
import io.swarmflux.topology.Quantity;
import java.io.BufferedInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
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

/** Generates a stream and serves it. */
@Command(name = "seed", mixinStandardHelpOptions = true, description = "Generates a stream and serves it.")
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
            paramLabel = "FILE",
            description =
                    "Source: a file. - is standard input. An MPEG transport stream (H.264, HEVC, AAC, MP3, ...) is cut where"
                            + " a player may start; anything else is raw bytes.")
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
            description =
                    "realtime (by media time), a rate such as 2Mbit, or none. none makes the stream lossless, any"
                            + " other pace makes it live. Default: realtime, for --counter and for media; raw bytes need another.")
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
                    + "; give one of --counter N, --input FILE and -");
        }
        if (counter != null || from == null) {
            return counted();
        }
        return from.equals("-") ? piped() : file(from);
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

    private SegmentSource piped() {
        if (loop) {
            throw usage("--loop needs a source that can be read again; give --input FILE");
        }
        InputStream in = new BufferedInputStream(System.in, MediaFormat.HEAD_BYTES);
        format = hasClock() ? InputSource.formatOf(in) : MediaFormat.RAW;
        return InputSource.of("standard input", in).cutBy(segmenter());
    }

    /** Raw bytes need a rate; who gives none says that they are not raw. */
    private boolean hasClock() {
        return pace == null || pace.equals("realtime");
    }

    private Segmenter segmenter() {
        if (format == MediaFormat.RAW) {
            return new RawSegmenter(segmentBytes());
        }
        MediaSegmenter cut = MediaSegmenter.of(format)
                .segmentBytes(segmentBytes())
                .telling(notice -> Log.warn(Objects.requireNonNull(stream).name(), notice));
        return "none".equals(pace) ? cut.exact() : cut;
    }

    private SegmentSource file(String name) {
        if (name.contains("://")) {
            throw usage("--input takes a file or -, and no URL such as " + name + "; pipe it in");
        }
        Path path = Path.of(name);
        if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
            String why = !Files.exists(path) ? "there is no such file" : "it is not a readable file";
            throw usage("--input: cannot read " + name + ": " + why + "; give a file, or - to pipe it in");
        }
        format = MediaFile.formatOf(path);
        SegmentSource source = segmenter() instanceof MediaSegmenter media
                ? MediaFile.of(path, media)
                : FileSource.of(path).segmentBytes(segmentBytes());
        return loop ? Looped.of(source) : source;
    }

    private int segmentBytes() {
        if (segmentSize == null) {
            return RawSegmenter.DEFAULT_SEGMENT_BYTES;
        }
        if (segmentSize < 1 || segmentSize > Segment.MAX_PAYLOAD_BYTES) {
            throw usage("--segment-size is 1 to 256k, was " + Quantity.bytes(segmentSize));
        }
        return segmentSize.intValue();
    }

    private Pace pace() {
        if (counter != null || format != MediaFormat.RAW) {
            return paceOr("realtime");
        }
        if (pace == null || hasClock()) {
            throw usage("--pace " + (pace == null ? "is missing" : pace + " needs a clock")
                    + ", and raw bytes have none; give a rate such as --pace 2Mbit, or --pace none");
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
