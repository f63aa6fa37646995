package io.swarmflux.samples.run;

import io.swarmflux.flux.ReaderSpec;
import io.swarmflux.flux.StreamSignal;
import io.swarmflux.media.source.CounterSource;
import io.swarmflux.peer.PeerCounts;
import io.swarmflux.peer.PeerEvent;
import io.swarmflux.peer.PeerSnapshot;
import io.swarmflux.peer.RunningPeer;
import io.swarmflux.peer.StreamMetricsRecorder;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.StreamId;
import java.util.List;
import java.util.Map;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** A peer without a swarm: it plays what it is given, and is done when it is told to leave. */
public final class FakePeer implements RunningPeer {
    private static final StreamId NEWS = StreamId.of("news");

    private final String name;
    private final Flux<StreamSignal<Segment>> stream;
    private final Sinks.Empty<Void> done = Sinks.empty();
    private long finalSequence = -2;
    private Flux<PeerEvent> happened = Flux.empty();

    FakePeer(String name, Flux<StreamSignal<Segment>> stream) {
        this.name = name;
        this.stream = stream;
    }

    /** Integers 0 to count - 1 of epoch 1. */
    static Flux<StreamSignal<Segment>> integers(int count) {
        return CounterSource.of(count)
                .cuts(0)
                .index((sequence, cut) -> new StreamSignal.Element<>(Segment.of(NEWS, 1, sequence, cut, 0)));
    }

    FakePeer endingAt(long sequence) {
        finalSequence = sequence;
        return this;
    }

    FakePeer happening(PeerEvent... events) {
        happened = Flux.just(events);
        return this;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public StreamId stream() {
        return NEWS;
    }

    @Override
    public List<String> addresses() {
        return List.of();
    }

    @Override
    public Flux<Segment> segments() {
        return Flux.error(new UnsupportedOperationException());
    }

    @Override
    public Flux<StreamSignal<Segment>> signals(ReaderSpec spec) {
        return stream;
    }

    @Override
    public Disposable attach(String upstreamName, Publisher<Segment> upstream) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Mono<PeerSnapshot> snapshot() {
        return Mono.fromSupplier(() -> new PeerSnapshot(
                name,
                NEWS,
                false,
                1,
                finalSequence,
                new PeerSnapshot.Window(0, 10, 10, 10, 80, 10, 10, 0, 12, 0, 0),
                new PeerSnapshot.Progress(0, 10, 0, new PeerSnapshot.Missed(0, 0, -1)),
                List.of(new PeerSnapshot.Upstream(
                        "seed", "127.0.0.1:9000", true, 10, 390, 12, new PeerSnapshot.Now(List.of(0, 3), 8000, 0, 1))),
                List.of(new PeerSnapshot.Downstream("p2", true, 10, 390, 10, List.of(5), 4000)),
                new PeerSnapshot.Repair(4, 3, 1),
                0,
                0,
                List.of(),
                new PeerCounts(Map.of(), Map.of(), Map.of(), Map.of(), Map.of()),
                null));
    }

    @Override
    public Disposable record(StreamMetricsRecorder recorder) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Flux<PeerEvent> events() {
        return happened.concatWith(Flux.never());
    }

    @Override
    public Mono<Void> onDone() {
        return finalSequence == -2 ? done.asMono() : Mono.empty();
    }

    @Override
    public Mono<Void> leave() {
        return Mono.fromRunnable(this::dispose);
    }

    @Override
    public void dispose() {
        done.emitEmpty(Sinks.EmitFailureHandler.FAIL_FAST);
    }
}
