package io.swarmflux.media.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.media.segmenter.MediaFormat;
import io.swarmflux.media.segmenter.MediaSegmenter;
import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import io.swarmflux.testing.Needed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.test.StepVerifier;

/** Real processes; skipped where there is no ffmpeg. */
class FfmpegFeedTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    private final List<String> told = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void needsFfmpeg() throws Exception {
        Needed.ffmpeg();
    }

    @Test
    void playsAnythingToItsEnd() {
        LiveSource source = source("-f lavfi -i testsrc=size=128x96:rate=10 -f lavfi -i sine -t 3");
        assertThat(source.format().block(SOON)).isEqualTo(MediaFormat.MPEG_TS);

        List<Cut> cuts = Objects.requireNonNull(source.cuts(0).collectList().block(SOON));

        assertThat(cuts.stream().filter(cut -> (cut.flags() & Segment.RANDOM_ACCESS) != 0))
                .as("a player may start each second")
                .hasSizeBetween(3, 4);
        assertThat(cuts.get(cuts.size() - 1).mediaTimeUs()).isBetween(2_500_000L, 3_500_000L);
        assertThat(told).isEmpty();
    }

    @Test
    void startsAgainWhatIsKilled() {
        StepVerifier.create(
                        source("-re -f lavfi -i testsrc=size=130x98:rate=10").cuts(0))
                .expectNextCount(2)
                .then(() -> process("130x98").destroyForcibly())
                .thenConsumeWhile(cut -> (cut.flags() & Segment.DISCONTINUITY) == 0)
                .expectNextCount(2)
                .thenCancel()
                .verify(SOON);

        assertThat(told).hasSize(2);
        assertThat(told.get(0))
                .startsWith("ffmpeg -re -f lavfi -i testsrc=size=130x98:rate=10: it ended with signal 9")
                .endsWith("; trying again in 0.2 s");
        assertThat(told.get(1)).contains(": is back after ");
    }

    @Test
    void endsTheProcessWithTheReading() throws Exception {
        Disposable reading =
                source("-re -f lavfi -i testsrc=size=132x98:rate=10").cuts(0).subscribe(cut -> told.add("a piece"));
        ProcessHandle process = process("132x98");
        reading.dispose();

        process.onExit().get(SOON.toSeconds(), TimeUnit.SECONDS);
        assertThat(processes("132x98")).isEmpty();
    }

    @Test
    void saysWhatFfmpegSaysLast() {
        LiveSource source = source("-i /no/such/film.mkv");
        Disposable reading = source.cuts(0).subscribe();
        while (told.isEmpty() && !reading.isDisposed()) {
            Thread.onSpinWait();
        }
        reading.dispose();

        assertThat(told.get(0))
                .isEqualTo("ffmpeg -i /no/such/film.mkv: it ended with code 1: /no/such/film.mkv: No such file or"
                        + " directory; trying again in 0.2 s");
    }

    @Test
    void startsAgainWhatStandsStill() {
        // the second picture comes after an hour
        LiveSource source = source("-re -itsoffset 0 -f lavfi -i testsrc=size=134x98:rate=1/3600")
                .patience(Duration.ofMillis(500));
        Disposable reading = source.cuts(0).subscribe();
        ProcessHandle first = process("134x98");
        first.onExit().orTimeout(SOON.toSeconds(), TimeUnit.SECONDS).join();
        reading.dispose();

        assertThat(told.get(0)).contains(": nothing has come for 1.5 s; trying again");
    }

    @Test
    void saysWhatToInstall() {
        StepVerifier.create(FfmpegFeed.of("no-such-ffmpeg", "-i x").look(SOON))
                .expectErrorSatisfies(e -> assertThat(e)
                        .hasMessageContaining("no-such-ffmpeg")
                        .hasMessageContaining("No such file")
                        .hasMessageContaining("apt install ffmpeg"))
                .verify(SOON);
    }

    private LiveSource source(String arguments) {
        return LiveSource.of("ffmpeg:" + arguments)
                .cutBy(MediaSegmenter.of(MediaFormat.MPEG_TS))
                .telling(told::add);
    }

    /** The one process that was started with an argument like this, once it is there. */
    private static ProcessHandle process(String marker) {
        long deadline = System.nanoTime() + SOON.toNanos();
        while (System.nanoTime() < deadline) {
            List<ProcessHandle> found = processes(marker).toList();
            if (found.size() == 1) {
                return found.get(0);
            }
            Thread.onSpinWait();
        }
        throw new AssertionError("no process with " + marker);
    }

    private static Stream<ProcessHandle> processes(String marker) {
        return ProcessHandle.current()
                .children()
                .filter(child -> child.isAlive()
                        && Arrays.stream(child.info().arguments().orElse(new String[0]))
                                .anyMatch(argument -> argument.contains(marker)));
    }
}
