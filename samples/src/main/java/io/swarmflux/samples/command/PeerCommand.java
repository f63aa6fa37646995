package io.swarmflux.samples.command;

import io.swarmflux.media.player.ConsistencyCheck;
import io.swarmflux.media.player.OnTime;
import io.swarmflux.media.player.PayloadWriter;
import io.swarmflux.media.player.Player;
import io.swarmflux.media.playout.Playout;
import io.swarmflux.peer.Discovery;
import io.swarmflux.peer.Island;
import io.swarmflux.peer.Peer;
import io.swarmflux.peer.PeerOptions;
import io.swarmflux.peer.RunningPeer;
import io.swarmflux.samples.run.Life;
import io.swarmflux.samples.run.Log;
import io.swarmflux.samples.watch.Watch;
import io.swarmflux.segment.StreamId;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Joins a stream, plays it and serves it on. */
@Command(name = "peer", mixinStandardHelpOptions = true, description = "Joins a stream, plays it and serves it on.")
final class PeerCommand implements Callable<Integer> {
    private static final Duration TOO_LATE = Duration.ofMillis(500);

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
            converter = Units.AddressOrNone.class,
            description =
                    "Where downstreams dial; none for nowhere. Default: nowhere, with --directory a free port on all"
                            + " addresses.")
    private @Nullable String listen;

    @Option(
            names = "--upstream",
            paramLabel = "HOST:PORT",
            converter = Units.Target.class,
            description =
                    "Whom to take the stream from, again and again until it answers. Repeatable. Needed where there is no"
                            + " --directory and no --island.")
    private List<String> upstreams = List.of();

    @Option(
            names = "--play",
            paramLabel = "PLAYER",
            description =
                    "check (counts and checks), FILE or - (writes the payload), http:PORT (a page to watch on, on this"
                            + " machine; http:0.0.0.0:PORT for everybody; 0 takes a free port and says which). Repeatable."
                            + " Default: relay only.")
    private List<String> plays = List.of();

    @Option(
            names = "--playout-delay",
            paramLabel = "TIME",
            converter = Units.Time.class,
            description = "How far behind the first segment's arrival a player plays, on media time: 2s, 500ms."
                    + " A hole is passed at its playout deadline, and not asked for again when it cannot come before."
                    + " Default: plays what comes at once.")
    private @Nullable Duration playoutDelay;

    @Option(
            names = "--in-sync",
            description =
                    "Play each segment at the same moment as everybody with the same --playout-delay, by the stream's clock, and"
                            + " skip what is too late to where a player may start. Default: by a clock of its own.")
    private boolean inSync;

    @Option(names = "--lossless", description = "In a live stream, wait for a hole until no known peer has it.")
    private boolean lossless;

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
        checkPlays();
        if (inSync && playoutDelay == null) {
            throw usage("--in-sync needs --playout-delay TIME beside it, the same for everybody");
        }
        Peer peer = peer();
        List<Function<RunningPeer, Player>> makers =
                plays.stream().map(this::player).toList();
        RunningPeer running = Objects.requireNonNull(peer.start().block());
        List<Player> players = makers.stream()
                .map(maker -> onTime(maker.apply(running), running))
                .toList();
        running.addresses().forEach(address -> Log.info(running.name(), "serves " + stream + " on " + address));
        return reports.run(new Life(running, players), true, plays.contains("-") ? System.err : System.out);
    }

    /** The peer that was asked for. */
    Peer peer() {
        Island island = islands.island();
        Discovery discovery = directories.discovery(tls);
        if (island == null && discovery == null && upstreams.isEmpty()) {
            throw usage(
                    "nobody to take the stream from; give --upstream HOST:PORT, --directory URL or --island GROUP:PORT,"
                            + " see swarmflux peer --help");
        }
        try {
            Peer peer =
                    Peer.of(Objects.requireNonNull(stream)).lossless(lossless).with(options());
            for (String upstream : upstreams) {
                peer = peer.upstream(upstream);
            }
            peer = discovery == null ? peer : peer.discovering(discovery);
            return island == null ? peer : peer.island(island);
        } catch (IllegalArgumentException e) {
            throw usage(Objects.requireNonNullElse(e.getMessage(), e.toString()));
        }
    }

    /** What it was told, and how far behind it plays: nobody is asked for what cannot come in time. A relay plays nothing. */
    private PeerOptions options() {
        PeerOptions options = serve.over(tls.transport(), serve.listen(listen, directories.any()));
        return playoutDelay == null || plays.isEmpty() ? options : options.playoutDelay(playoutDelay);
    }

    /** Two players would write over each other. */
    private void checkPlays() {
        Set<String> outputs = new HashSet<>();
        for (String play : plays) {
            if (!play.equals("check") && !outputs.add(play)) {
                throw usage("--play " + play + " is there twice; give each player an output of its own");
            }
        }
    }

    private Player onTime(Player player, RunningPeer running) {
        if (playoutDelay == null) {
            return player;
        }
        Playout playout = Playout.of(playoutDelay);
        return OnTime.of(player, inSync ? playout.inSync(running::streamTimeUs).skipping(TOO_LATE) : playout);
    }

    /** What makes the player that was asked for, once the peer is there; what is wrong with it is said now. */
    private Function<RunningPeer, Player> player(String play) {
        if (play.equals("check")) {
            return peer -> ConsistencyCheck.create();
        }
        if (play.equals("-")) {
            return peer -> PayloadWriter.to("standard output", new FileOutputStream(FileDescriptor.out))
                    .headers(peer::headers);
        }
        if (Watch.is(play)) {
            try {
                Watch watch = Watch.parse(play);
                return peer -> Objects.requireNonNull(
                        watch.on(peer).doOnError(e -> peer.dispose()).block());
            } catch (IllegalArgumentException e) {
                throw usage("--play: " + e.getMessage());
            }
        }
        Path file = Path.of(play);
        Path directory = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file) || directory == null || !Files.isWritable(directory)) {
            throw usage(
                    "--play: cannot write " + play + "; give a file in a directory that exists, check, - or http:PORT");
        }
        return peer -> PayloadWriter.toFile(file).headers(peer::headers);
    }

    private ParameterException usage(String text) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), text);
    }
}
