package io.swarmflux.flux;

import java.util.List;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import reactor.core.publisher.Flux;

/** The merge with gaps in band is a publisher. */
public class MergeSignalsTckTest extends PublisherVerification<StreamSignal<Long>> {
    public MergeSignalsTckTest() {
        super(Tck.environment());
    }

    @Override
    public Publisher<StreamSignal<Long>> createPublisher(long elements) {
        return SequencedFlux.mergeSignals(Tck.SPEC, List.of(MergeTckTest.longs(elements)));
    }

    @Override
    public Publisher<StreamSignal<Long>> createFailedPublisher() {
        return SequencedFlux.mergeSignals(
                Tck.SPEC, List.of(Flux.error(new IllegalStateException("failed on purpose"))));
    }
}
