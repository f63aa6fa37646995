package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.link.LoopbackTransport;
import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.SegmentSource;
import io.swarmflux.segment.StreamId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

class SwarmTest {
    private static final StreamId NEWS = StreamId.of("news");

    /** The integers from 0, one each millisecond of media time. */
    record Counter(long count) implements SegmentSource {
        @Override
        public Flux<Cut> cuts(long from) {
            return Flux.generate(() -> from, (n, sink) -> {
                if (n >= count) {
                    sink.complete();
                } else {
                    sink.next(new Cut(ByteBuffer.allocate(8).putLong(n).array(), n * 1000, Segment.RANDOM_ACCESS));
                }
                return n + 1;
            });
        }

        @Override
        public boolean rereadable() {
            return true;
        }
    }

    private static RunningPeer started(Mono<RunningPeer> start) {
        return java.util.Objects.requireNonNull(start.block());
    }

    @Test
    void twoUpstreamsBringALosslessStreamOnceAndInOrder() {
        LoopbackTransport net = LoopbackTransport.create();
        PeerOptions options = PeerOptions.defaults().over(net).lingering(Duration.ofSeconds(2));
        RunningPeer seeder = started(Seeder.of(NEWS, new Counter(20_000))
                .at(Pace.none())
                .with(options.named("seed").listeningOn("loop:seed").waitingFor(2))
                .start());
        RunningPeer player = started(Peer.of(NEWS)
                .upstream("loop:seed")
                .upstream("loop:relay")
                .with(options.named("player"))
                .start());
        // reads before the seeder, which waits for two, begins: nothing is kept for who is not there
        CompletableFuture<List<Long>> played = player.segments()
                .publishOn(Schedulers.boundedElastic())
                .map(Segment::sequence)
                .collectList()
                .toFuture();
        RunningPeer relay = started(Peer.of(NEWS)
                .upstream("loop:seed")
                .with(options.named("relay").listeningOn("loop:relay").waitingFor(1))
                .start());
        assertThat(played)
                .succeedsWithin(Duration.ofSeconds(20))
                .isEqualTo(LongStream.range(0, 20_000).boxed().toList());
        Mono.when(seeder.onDone(), relay.onDone(), player.onDone()).block(Duration.ofSeconds(10));
    }
}
