package io.swarmflux.flux;

import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;

/** {@link StreamHub#signals} is a publisher, when its readers hold the window. */
public class HubSignalsTckTest extends PublisherVerification<StreamSignal<Long>> {
    public HubSignalsTckTest() {
        super(Tck.environment());
    }

    @Override
    public Publisher<StreamSignal<Long>> createPublisher(long elements) {
        StreamHub<Long> hub = StreamHub.create(Tck.SPEC);
        hub.begin(0, 0);
        return Tck.untilTheLastLeaves(hub, elements, hub.signals(Tck.LOSSLESS));
    }

    @Override
    public Publisher<StreamSignal<Long>> createFailedPublisher() {
        StreamHub<Long> hub = StreamHub.create(Tck.SPEC);
        hub.loop().fail(new IllegalStateException("failed on purpose"));
        return hub.signals(Tck.LOSSLESS);
    }
}
