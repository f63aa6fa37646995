package io.swarmflux.flux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import org.reactivestreams.tck.TestEnvironment;
import reactor.core.publisher.Flux;

/** How long the verifications of Reactive Streams wait, and how the elements they see are numbered. */
final class Tck {
    static final MergeSpec<Long> SPEC =
            MergeSpec.of(Numbering.of(Long::longValue)).window(64).startingAt(StartPolicy.at(0));

    /** Holds the window and starts with the first element. */
    static final ReaderSpec LOSSLESS =
            ReaderSpec.defaults().joinAt(Join.oldest()).onLag(LagPolicy.waiting());

    private Tck() {}

    static TestEnvironment environment() {
        return new TestEnvironment(500, 50);
    }

    /** Attaches the source with the first reader, and disposes the hub with the last. */
    static <R> Flux<R> untilTheLastLeaves(StreamHub<Long> hub, long elements, Flux<R> readers) {
        AtomicBoolean first = new AtomicBoolean(true);
        return readers.doOnSubscribe(s -> {
                    if (first.getAndSet(false)) {
                        hub.loop().execute(() -> {
                            Upstream source = hub.subscribe("source", MergeTckTest.longs(elements), true);
                            assertThat(source.name()).isEqualTo("source");
                            hub.loop().upstreams.expect(1);
                        });
                    }
                })
                .doFinally(signal -> hub.loop().execute(() -> {
                    if (hub.loop().readers.isEmpty()) {
                        hub.dispose();
                    }
                }));
    }
}
