package io.swarmflux.media.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.swarmflux.flux.Join;
import io.swarmflux.flux.ReaderSpec;
import io.swarmflux.link.LoopbackTransport;
import io.swarmflux.media.player.PayloadWriter;
import io.swarmflux.media.player.PlayReport;
import io.swarmflux.media.segmenter.MediaSegmenter;
import io.swarmflux.media.source.MediaFile;
import io.swarmflux.peer.Pace;
import io.swarmflux.peer.Peer;
import io.swarmflux.peer.PeerOptions;
import io.swarmflux.peer.RunningPeer;
import io.swarmflux.peer.Seeder;
import io.swarmflux.segment.SegmentSource;
import io.swarmflux.segment.StreamId;
import io.swarmflux.testing.Needed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Real media through a seeder and peers, judged by a real decoder. */
class RealMediaTest {
    private static final StreamId NEWS = StreamId.of("news");

    /** Never needed where there is something to run on. */
    private static final Duration WAIT = Duration.ofSeconds(30);

    private final PeerOptions options = PeerOptions.defaults().over(LoopbackTransport.create());
    private final List<RunningPeer> running = new ArrayList<>();
    private final List<String> told = new ArrayList<>();

    /** What was made once is used by all tests. */
    @TempDir
    static Path inputs = Path.of("");

    @TempDir
    Path directory = Path.of("");

    @BeforeAll
    static void needsFfmpeg() throws InterruptedException {
        Needed.ffmpeg();
    }

    @AfterEach
    void close() {
        running.forEach(RunningPeer::dispose);
    }

    @ParameterizedTest
    @EnumSource
    void losslessIsTheInputToTheByte(Sample sample) throws Exception {
        Path input = made(sample);
        Path output = directory.resolve("output." + sample.suffix);
        assertThat(MediaFile.formatOf(input)).isEqualTo(sample.format);
        start(Seeder.of(NEWS, MediaFile.of(input, segmenter(sample).exact()))
                .at(Pace.none())
                .with(options.named("seed").listeningOn("loop:seed").waitingFor(1)));
        RunningPeer peer = start(peer("loop:seed").with(options.named("peer")));

        PlayReport report = played(peer, output).get(WAIT.toSeconds(), TimeUnit.SECONDS);

        assertThat(report.gaps()).isEmpty();
        assertThat(Files.mismatch(input, output)).isEqualTo(-1);
        assertThat(told).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void whoJoinsALiveStreamInTheMiddleCanPlayIt(Sample sample) throws Exception {
        Path input = made(sample);
        Path fromTheStart = directory.resolve("start." + sample.suffix);
        Path fromTheMiddle = directory.resolve("middle." + sample.suffix);
        SegmentSource source = MediaFile.of(input, segmenter(sample));
        long pieces = Objects.requireNonNull(source.cuts(0).count().block());
        Sinks.Empty<Void> goOn = Sinks.empty();
        start(Seeder.of(NEWS, new Paused(source, pieces * 2 / 3, goOn.asMono()))
                .with(options.named("seed").listeningOn("loop:seed").waitingFor(1)));
        RunningPeer early = start(peer("loop:seed").with(options.named("early").listeningOn("loop:early")));
        CompletableFuture<PlayReport> earlyPlays = played(early, fromTheStart);
        early.segments()
                .filter(segment -> segment.sequence() == pieces * 2 / 3 - 1)
                .next()
                .block(WAIT);
        RunningPeer late = start(peer("loop:early").with(options.named("late")));
        CompletableFuture<PlayReport> latePlays = played(late, fromTheMiddle);
        late.segments().next().block(WAIT);
        goOn.tryEmitEmpty().orThrow();

        assertThat(earlyPlays.get(WAIT.toSeconds(), TimeUnit.SECONDS).gaps()).isEmpty();
        PlayReport report = latePlays.get(WAIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(report.gaps()).isEmpty();
        assertThat(report.firstSequence()).isPositive();
        assertThat(Ffmpeg.complaints(fromTheStart)).isEmpty();
        assertThat(Ffmpeg.complaints(fromTheMiddle))
                .as("from %d of %d", report.firstSequence(), pieces)
                .isEmpty();
        long all = Ffmpeg.packets(input);
        assertThat(Ffmpeg.packets(fromTheStart)).isEqualTo(all);
        assertThat(Ffmpeg.packets(fromTheMiddle)).isBetween(all / 4, all * 7 / 10);
        assertThat(told).isEmpty();
    }

    private Path made(Sample sample) {
        Path input = inputs.resolve(sample + "." + sample.suffix);
        if (!Files.exists(input)) {
            assumeTrue(Ffmpeg.encodes(sample.encoder), "no real media: ffmpeg has no encoder " + sample.encoder);
            Ffmpeg.make(input, sample.options());
        }
        return input;
    }

    private MediaSegmenter segmenter(Sample sample) {
        return MediaSegmenter.of(sample.format).segmentBytes(4096).telling(told::add);
    }

    /** One that waits for what a busy machine brings late. */
    private static Peer peer(String upstream) {
        return Peer.of(NEWS).upstream(upstream).lossless(true);
    }

    private RunningPeer start(Seeder seeder) {
        return kept(seeder.start());
    }

    private RunningPeer start(Peer peer) {
        return kept(peer.start());
    }

    private RunningPeer kept(Mono<RunningPeer> start) {
        RunningPeer peer = Objects.requireNonNull(start.block());
        running.add(peer);
        return peer;
    }

    private static CompletableFuture<PlayReport> played(RunningPeer peer, Path file) {
        return PayloadWriter.toFile(file)
                .headers(peer::headers)
                .play(peer.signals(ReaderSpec.defaults().joinAt(Join.oldest())))
                .toFuture();
    }
}
