package io.swarmflux.flux;

import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import reactor.core.publisher.Flux;

/** The resequencer is a publisher: here of pairs that come in the wrong order. */
public class ResequenceTckTest extends PublisherVerification<Long> {
    public ResequenceTckTest() {
        super(Tck.environment());
    }

    @Override
    public Publisher<Long> createPublisher(long elements) {
        return MergeTckTest.longs(elements)
                .map(n -> (n ^ 1) < elements ? n ^ 1 : n)
                .transform(SequencedFlux.resequence(Tck.SPEC));
    }

    @Override
    public Publisher<Long> createFailedPublisher() {
        return Flux.<Long>error(new IllegalStateException("failed on purpose"))
                .transform(SequencedFlux.resequence(Tck.SPEC));
    }
}
