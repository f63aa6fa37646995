package io.swarmflux.media.playout;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.flux.Join;
import io.swarmflux.flux.ReaderSpec;
import io.swarmflux.flux.StreamSignal;
import io.swarmflux.link.LoopbackTransport;
import io.swarmflux.media.source.CounterSource;
import io.swarmflux.peer.Peer;
import io.swarmflux.peer.PeerOptions;
import io.swarmflux.peer.RunningPeer;
import io.swarmflux.peer.Seeder;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.StreamId;
import io.swarmflux.testing.Acceptance;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Two players of one stream, one of them late, and when each of them plays what. */
class InSyncTest {
    private static final StreamId STREAM = StreamId.of("s");
    private static final Duration DELAY = Duration.ofSeconds(1);

    private final PeerOptions options = PeerOptions.defaults().over(LoopbackTransport.create());

    @Test
    void whoJoinsLatePlaysTheSame() {
        Map<Long, Long> apart = apart(Duration.ofSeconds(3), Duration.ofMillis(700));

        long first = apart.keySet().stream().min(Long::compare).orElseThrow();
        assertThat(apart).containsOnlyKeys(LongStream.range(first, 300).boxed().toList());
    }

    @Test
    @Tag("acceptance")
    void playsWithin50Ms() {
        Map<Long, Long> apart = apart(Duration.ofSeconds(62), Duration.ofSeconds(2));
        assertThat(apart).hasSizeGreaterThan(5_000);
        long worstNs = apart.values().stream().mapToLong(Math::abs).max().orElse(Long.MAX_VALUE);

        Acceptance.atMost(
                6,
                "Two players on two peers for 60 s, one joins late: farthest apart, of all segments that both played",
                50,
                worstNs / 1e6,
                "ms");
    }

    /** How much later the second one played each segment that both did, in nanoseconds. */
    private Map<Long, Long> apart(Duration lasts, Duration lateBy) {
        Map<Long, Long> first = new ConcurrentHashMap<>();
        Map<Long, Long> second = new ConcurrentHashMap<>();
        CounterSource source = CounterSource.of(lasts.toMillis() / 10);
        RunningPeer seed = started(Seeder.of(STREAM, source)
                .with(options.named("seed").listeningOn("loop:seed").waitingFor(1))
                .start());
        RunningPeer early = started(Peer.of(STREAM)
                .upstream("loop:seed")
                .with(options.named("early").listeningOn("loop:early"))
                .start());
        Mono<Void> earlyPlays = played(early, (sequence, atNs) -> first.put(sequence, atNs));
        Mono<Void> latePlays = Mono.delay(lateBy)
                .then(Peer.of(STREAM)
                        .upstream("loop:early")
                        .with(options.named("late"))
                        .start())
                .flatMap(late -> played(late, (sequence, atNs) -> second.put(sequence, atNs)));
        Mono.when(earlyPlays, latePlays).block(lasts.plusSeconds(30));
        seed.dispose();
        early.dispose();
        Map<Long, Long> apart = new HashMap<>();
        second.forEach((sequence, atNs) -> {
            Long before = first.get(sequence);
            if (before != null) {
                apart.put(sequence, atNs - before);
            }
        });
        return apart;
    }

    private interface Played {
        void at(long sequence, long atNs);
    }

    private static Mono<Void> played(RunningPeer peer, Played played) {
        Playout playout = Playout.of(DELAY).inSync(peer::streamTimeUs);
        ReaderSpec spec = playout.reader(ReaderSpec.defaults().joinAt(Join.oldest()));
        return peer.signals(spec)
                .transform(playout)
                .ofType(StreamSignal.Element.class)
                .doOnNext(element -> played.at(((Segment) element.value()).sequence(), System.nanoTime()))
                .then();
    }

    private static RunningPeer started(Mono<RunningPeer> peer) {
        return Objects.requireNonNull(peer.block());
    }
}
