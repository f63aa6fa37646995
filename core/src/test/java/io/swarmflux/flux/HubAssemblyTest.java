package io.swarmflux.flux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.Scannable;
import reactor.core.observability.DefaultSignalListener;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.SignalType;
import reactor.test.StepVerifier;

/** What Reactor's own tools see of the operators. */
class HubAssemblyTest {
    private static final MergeSpec<Long> SPEC =
            MergeSpec.of(Numbering.of(Long::longValue)).startingAt(StartPolicy.at(0));

    private final StreamHub<Long> hub = StreamHub.create(SPEC);

    @AfterEach
    void resetHooks() {
        Hooks.resetOnEachOperator();
        Hooks.resetOnOperatorDebug();
    }

    private List<Flux<?>> all() {
        return List.of(
                SequencedFlux.merge(SPEC, Flux.just(0L), Flux.just(1L)),
                SequencedFlux.merge(SPEC, Flux.just(Flux.just(0L))),
                SequencedFlux.mergeSignals(SPEC, List.of(Flux.just(0L))),
                Flux.just(0L).transform(SequencedFlux.resequence(SPEC)),
                hub.flux(),
                hub.signals(ReaderSpec.defaults()),
                hub.arrivals(ReaderSpec.defaults()));
    }

    @Test
    void onEachOperatorSeesEveryAssembly() {
        List<Publisher<?>> seen = new ArrayList<>();
        Hooks.onEachOperator("seen", publisher -> {
            seen.add(publisher);
            return publisher;
        });
        assertThat(all()).allSatisfy(flux -> assertThat(seen).contains(flux));
    }

    @Test
    void onOperatorDebugNamesTheAssembly() {
        Hooks.onOperatorDebug();
        assertThat(all()).allSatisfy(flux -> assertThat(Scannable.from(flux).scan(Scannable.Attr.ACTUAL_METADATA))
                .isTrue());
        StepVerifier.create(SequencedFlux.merge(SPEC, Flux.<Long>error(new IllegalStateException("boom"))))
                .verifyErrorSatisfies(error -> assertThat(error.getSuppressed()[0])
                        .hasMessageContaining("HubAssemblyTest")
                        .hasMessageContaining("FluxMerge.of"));
    }

    @Test
    void namesAndTagsAreFound() {
        for (Flux<?> flux : all()) {
            Scannable named =
                    Scannable.from(flux.name("mine").tag("kind", "live").hide());
            assertThat(named.name()).isEqualTo("mine");
            Set<String> tags =
                    named.tags().map(tag -> tag.getT1() + "=" + tag.getT2()).collect(Collectors.toSet());
            assertThat(tags).containsExactly("kind=live");
        }
        assertThat(Scannable.from(
                                hub.flux(ReaderSpec.defaults().named("viewer")).map(n -> n))
                        .name())
                .isEqualTo("viewer");
        Flux<Long> inner = Flux.just(0L).name("source").transform(SequencedFlux.resequence(SPEC));
        assertThat(Scannable.from(inner.map(n -> n)).name()).isEqualTo("source");
    }

    /** Notes what passes. */
    private static final class Signals extends DefaultSignalListener<Long> {
        final List<String> seen = new ArrayList<>();

        @Override
        public void doOnRequest(long requested) {
            seen.add("request " + requested);
        }

        @Override
        public void doOnNext(Long value) {
            seen.add("next " + value);
        }

        @Override
        public void doOnComplete() {
            seen.add("complete");
        }

        @Override
        public void doFinally(SignalType type) {
            seen.add("finally " + type);
        }
    }

    @Test
    void tapSeesEverySignal() {
        Signals merged = new Signals();
        StepVerifier.create(
                        SequencedFlux.merge(SPEC, Flux.just(0L, 2L), Flux.just(1L))
                                .tap(() -> merged),
                        3)
                .expectNext(0L, 1L, 2L)
                .verifyComplete();
        assertThat(merged.seen)
                .containsExactly("request 3", "next 0", "next 1", "next 2", "complete", "finally onComplete");
        Signals read = new Signals();
        hub.begin(0, 0);
        StepVerifier.create(hub.flux().tap(() -> read), 2)
                .then(() -> hub.intake("a").offer(0L))
                .expectNext(0L)
                .thenCancel()
                .verify();
        assertThat(read.seen).containsExactly("request 2", "next 0", "finally cancel");
    }
}
