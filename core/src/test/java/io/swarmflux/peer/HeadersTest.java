package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.peer.SwarmBench.Counter;
import io.swarmflux.peer.SwarmBench.Playing;
import io.swarmflux.segment.CodecHeaders;
import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.SegmentSource;
import io.swarmflux.segment.StreamId;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** Codec headers find everybody, whenever they join and over however many hops. */
class HeadersTest {
    private static final int SAME_FOR = 1_000;

    private final SwarmBench bench = new SwarmBench();

    /** Others after each thousand segments, from version 1 on. */
    private record Changing(Counter counter) implements SegmentSource {
        @Override
        public Flux<Cut> cuts(long from) {
            return counter.cuts(from).map(cut -> new Cut(cut.payload(), cut.mediaTimeUs(), cut.flags(), headers(cut)));
        }

        private static CodecHeaders headers(Cut cut) {
            int version = 1 + (int) (ByteBuffer.wrap(cut.payload()).getLong() / SAME_FOR);
            return new CodecHeaders(version, new byte[] {(byte) version, 42});
        }

        @Override
        public boolean rereadable() {
            return counter.rereadable();
        }
    }

    @Test
    void everySegmentFindsItsHeadersWhoeverJoinsWhenever() {
        bench.start(bench.seeder(
                new Changing(new Counter(1_000_000, 100, false)),
                bench.options("seed").waitingFor(1)));
        RunningPeer early = bench.start(bench.peer(bench.options("early"), "seed"));
        Playing first = bench.play(early);
        bench.run(2_500);
        RunningPeer late = bench.start(bench.peer(bench.options("late"), "early"));
        Playing second = bench.play(late);
        bench.run(2_000);
        RunningPeer last = bench.start(bench.peer(bench.options("last"), "late", "seed"));
        Playing third = bench.play(last);
        bench.run(3_000);

        assertThat(second.first()).isBetween(2_000L, 2_999L);
        finds(early, first);
        finds(late, second);
        finds(last, third);
    }

    @Test
    void whoGetsALosslessStreamFromTheStartFindsThoseOfThatTime() {
        PeerOptions.Window tiny = new PeerOptions.Window(16_384, 2 << 20, Duration.ofSeconds(10));
        bench.start(bench.seeder(
                        new Changing(new Counter(6_000, 4_000, true)),
                        bench.options("seed").waitingFor(1).within(tiny))
                .at(Pace.none()));
        Playing first = bench.play(bench.start(bench.peer(bench.options("early").within(tiny), "seed")), 4_000);
        bench.run(3_000);
        RunningPeer late = bench.start(bench.peer(bench.bare("late").within(tiny), "seed"));
        Playing second = bench.play(late);
        bench.run(100);
        first.request(Long.MAX_VALUE);
        bench.run(Duration.ofSeconds(20));

        second.hasExactly(0, 6_000);
        finds(late, second);
    }

    private static void finds(RunningPeer peer, Playing playing) {
        assertThat(playing.sequences).hasSizeGreaterThan(1_000);
        for (long sequence : playing.sequences) {
            int version = 1 + (int) (sequence / SAME_FOR);
            Segment segment =
                    Segment.of(StreamId.of("s"), playing.epochs.get(0), sequence, new Cut(new byte[0], 0, 0), version);
            assertThat(peer.headers(segment)).as("segment %d", sequence).containsExactly(version, 42);
        }
    }
}
