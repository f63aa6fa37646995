package io.swarmflux.flux;

import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;

/** {@link StreamHub#arrivals} is a publisher, when its readers hold the window. */
public class HubArrivalsTckTest extends PublisherVerification<Long> {
    public HubArrivalsTckTest() {
        super(Tck.environment());
    }

    @Override
    public Publisher<Long> createPublisher(long elements) {
        StreamHub<Long> hub = StreamHub.create(Tck.SPEC);
        hub.begin(0, 0);
        return Tck.untilTheLastLeaves(hub, elements, hub.arrivals(Tck.LOSSLESS));
    }

    @Override
    public Publisher<Long> createFailedPublisher() {
        StreamHub<Long> hub = StreamHub.create(Tck.SPEC);
        hub.loop().fail(new IllegalStateException("failed on purpose"));
        return hub.arrivals(Tck.LOSSLESS);
    }
}
