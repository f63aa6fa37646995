package io.swarmflux.flux;

import java.util.List;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/** The merge of three sources, one of which has everything, is a publisher. */
public class MergeTckTest extends PublisherVerification<Long> {
    public MergeTckTest() {
        super(Tck.environment());
    }

    /** On a thread of its own, as one verification asks for 2^31 elements before it cancels. */
    static Flux<Long> longs(long count) {
        return syncLongs(count).subscribeOn(Schedulers.boundedElastic());
    }

    static Flux<Long> syncLongs(long count) {
        return Flux.generate(() -> 0L, (next, sink) -> {
            if (next == count) {
                sink.complete();
            } else {
                sink.next(next);
            }
            return next + 1;
        });
    }

    @Override
    public Publisher<Long> createPublisher(long elements) {
        return SequencedFlux.merge(
                Tck.SPEC, List.of(longs(elements).filter(n -> n % 2 == 0), longs(elements), longs(elements)));
    }

    @Override
    public Publisher<Long> createFailedPublisher() {
        return SequencedFlux.merge(Tck.SPEC, List.of(Flux.error(new IllegalStateException("failed on purpose"))));
    }
}
