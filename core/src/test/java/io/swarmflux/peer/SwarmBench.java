package io.swarmflux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmflux.link.ImpairedTransport;
import io.swarmflux.link.LinkConditions;
import io.swarmflux.link.LoopbackTransport;
import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import io.swarmflux.segment.SegmentSource;
import io.swarmflux.segment.StreamId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.test.scheduler.VirtualTimeScheduler;

/** A swarm on loopback links in virtual time: each peer listens on its name and dials through a transport that can be made bad. */
final class SwarmBench {
    static final StreamId NEWS = StreamId.of("news");

    final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    final LoopbackTransport net = LoopbackTransport.create(time, LoopbackTransport.DEFAULT_MAX_FRAME_BYTES);
    final Map<String, ImpairedTransport> ways = new LinkedHashMap<>();
    final Map<String, List<PeerEvent>> events = new LinkedHashMap<>();

    /** The numbers from 0, one each millisecond of media time, each in a payload of a given size. */
    record Counter(long count, int bytes, boolean rereadable) implements SegmentSource {
        @Override
        public Flux<Cut> cuts(long from) {
            return Flux.generate(() -> from, (n, sink) -> {
                if (n >= count) {
                    sink.complete();
                } else {
                    int flags = n % 10 == 0 ? Segment.RANDOM_ACCESS : 0;
                    sink.next(new Cut(ByteBuffer.allocate(bytes).putLong(n).array(), n * 1000, flags));
                }
                return n + 1;
            });
        }
    }

    static String at(String name) {
        return "loop:" + name;
    }

    /** Options of a peer that listens on its own name. */
    PeerOptions options(String name) {
        return bare(name).listeningOn(at(name));
    }

    /** Options of a peer that only dials. */
    PeerOptions bare(String name) {
        return PeerOptions.defaults().named(name).over(way(name)).timed(time, name.hashCode());
    }

    /** What a peer dials and listens with. */
    ImpairedTransport way(String name) {
        return ways.computeIfAbsent(name, n -> {
            ImpairedTransport made = ImpairedTransport.of(net.named(at(n)), time, n.hashCode());
            made.conditions(LinkConditions.perfect().delay(Duration.ofMillis(1), Duration.ZERO));
            return made;
        });
    }

    Seeder seeder(SegmentSource source, PeerOptions options) {
        return Seeder.of(NEWS, source).with(options);
    }

    Peer peer(PeerOptions options, String... upstreams) {
        Peer peer = Peer.of(NEWS).with(options);
        for (String upstream : upstreams) {
            peer = peer.upstream(at(upstream));
        }
        return peer;
    }

    RunningPeer start(Peer peer) {
        return started(peer.start());
    }

    RunningPeer start(Seeder seeder) {
        return started(seeder.start());
    }

    private RunningPeer started(Mono<RunningPeer> start) {
        AtomicReference<@Nullable RunningPeer> got = new AtomicReference<>();
        AtomicReference<@Nullable Throwable> failed = new AtomicReference<>();
        start.subscribe(
                running -> {
                    running.events().subscribe(event -> told(running.name()).add(event));
                    got.set(running);
                },
                failed::set);
        assertThat(failed.get()).isNull();
        return Objects.requireNonNull(got.get(), "listening on loopback takes no time");
    }

    /** What a peer told since its first start. */
    List<PeerEvent> told(String name) {
        return events.computeIfAbsent(name, n -> new ArrayList<>());
    }

    <E extends PeerEvent> List<E> told(String name, Class<E> kind) {
        return told(name).stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    void run(Duration duration) {
        time.advanceTimeBy(duration);
    }

    void run(long millis) {
        run(Duration.ofMillis(millis));
    }

    PeerSnapshot look(RunningPeer peer) {
        return Objects.requireNonNull(peer.snapshot().block(Duration.ZERO.plusSeconds(1)));
    }

    static boolean isDone(RunningPeer peer) {
        boolean[] done = {false};
        peer.onDone()
                .subscribe(nothing -> {}, failure -> {}, () -> done[0] = true)
                .dispose();
        return done[0];
    }

    Playing play(RunningPeer peer) {
        return play(peer, Long.MAX_VALUE);
    }

    /** Plays with a demand that the test controls. */
    Playing play(RunningPeer peer, long demand) {
        Playing playing = new Playing(demand);
        peer.segments().subscribe(playing);
        return playing;
    }

    /** What one player got. */
    static final class Playing extends BaseSubscriber<Segment> {
        final List<Long> sequences = new ArrayList<>();
        final List<Long> epochs = new ArrayList<>();
        final long demand;
        boolean corrupt;
        boolean over;

        @Nullable
        Throwable failure;

        Playing(long demand) {
            this.demand = demand;
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            if (demand > 0) {
                subscription.request(demand);
            }
        }

        @Override
        protected void hookOnNext(Segment segment) {
            sequences.add(segment.sequence());
            if (epochs.isEmpty() || epochs.get(epochs.size() - 1) != segment.epoch()) {
                epochs.add(segment.epoch());
            }
            corrupt |= segment.payload().getLong() != segment.sequence();
        }

        @Override
        protected void hookOnError(Throwable error) {
            failure = error;
        }

        @Override
        protected void hookFinally(SignalType type) {
            over = true;
        }

        long last() {
            return sequences.isEmpty() ? -1 : sequences.get(sequences.size() - 1);
        }

        long first() {
            return sequences.isEmpty() ? -1 : sequences.get(0);
        }

        void hasExactly(long from, long until) {
            assertThat(corrupt).isFalse();
            assertThat(failure).isNull();
            assertThat(sequences.size() + " from " + first() + " to " + last())
                    .isEqualTo((until - from) + " from " + from + " to " + (until - 1));
            assertThat(sequences)
                    .isEqualTo(LongStream.range(from, until).boxed().toList());
        }
    }
}
