package io.swarmflux.flux;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.reactivestreams.Processor;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.reactivestreams.tck.IdentityProcessorVerification;
import org.testng.annotations.AfterClass;
import reactor.core.publisher.Flux;

/** A hub between its upstream and its readers that wait is a processor. */
public class HubProcessorTckTest extends IdentityProcessorVerification<Integer> {
    private static final int BUFFER = 16;

    private final ExecutorService executor = Executors.newFixedThreadPool(4);

    public HubProcessorTckTest() {
        super(Tck.environment(), 500, BUFFER);
    }

    /** An element and the number that the hub orders it by. */
    private record Numbered(long number, Integer value) {}

    /** Numbers what comes, and forgets the numbers of what goes. */
    private static final class HubProcessor implements Processor<Integer, Integer> {
        private final StreamHub<Numbered> hub;
        private final Subscribed<Numbered> inlet;
        private final Flux<Integer> outlet;
        private long next;

        HubProcessor(int buffer) {
            hub = StreamHub.create(MergeSpec.of(Numbering.of(Numbered::number))
                    .window(buffer)
                    .taking(buffer, 1)
                    .startingAt(StartPolicy.at(0)));
            hub.begin(0, 0);
            inlet = hub.subscriber("upstream", true);
            hub.loop().execute(() -> hub.loop().upstreams.expect(1));
            outlet = Flux.defer(() -> hub.flux(Tck.LOSSLESS.joinAt(place()))
                    .map(Numbered::value)
                    .doFinally(signal -> hub.loop().execute(() -> {
                        if (hub.loop().readers.isEmpty()) {
                            inlet.dispose(); // the last to go cancels
                        }
                    })));
        }

        /** The first gets everything; those who come later get what comes later. */
        private Join place() {
            return hub.loop().readers.isEmpty() ? Join.oldest() : Join.liveEdge();
        }

        @Override
        public void subscribe(Subscriber<? super Integer> subscriber) {
            outlet.subscribe(subscriber);
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            inlet.onSubscribe(subscription);
        }

        @Override
        public void onNext(Integer value) {
            if (value == null) {
                throw new NullPointerException("an element is not null");
            }
            inlet.onNext(new Numbered(next++, value));
        }

        @Override
        public void onError(Throwable failure) {
            inlet.onError(failure);
        }

        @Override
        public void onComplete() {
            inlet.onComplete();
        }
    }

    @Override
    public Processor<Integer, Integer> createIdentityProcessor(int bufferSize) {
        return new HubProcessor(bufferSize);
    }

    @Override
    public Publisher<Integer> createFailedPublisher() {
        HubProcessor failed = new HubProcessor(BUFFER);
        failed.hub.loop().fail(new IllegalStateException("failed on purpose"));
        return failed;
    }

    @AfterClass
    void stopExecutor() {
        executor.shutdown();
    }

    @Override
    public ExecutorService publisherExecutorService() {
        return executor;
    }

    @Override
    public Integer createElement(int element) {
        return element;
    }

    @Override
    public boolean doesCoordinatedEmission() {
        return true; // the slowest reader holds the window
    }
}
