package io.swarmflux.flux;

import java.util.concurrent.atomic.AtomicLong;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.reactivestreams.tck.SubscriberWhiteboxVerification;

/** The hub's side of an upstream is a subscriber. The puppet asks for nothing: the prefetch does. */
public class SubscribedTckTest extends SubscriberWhiteboxVerification<Long> {
    private final AtomicLong next = new AtomicLong();

    public SubscribedTckTest() {
        super(Tck.environment());
    }

    @Override
    public Subscriber<Long> createSubscriber(WhiteboxSubscriberProbe<Long> probe) {
        StreamHub<Long> hub = StreamHub.create(Tck.SPEC);
        hub.begin(0, 0);
        Subscribed<Long> inlet = hub.subscriber("upstream", false);
        return new Subscriber<>() {
            @Override
            public void onSubscribe(Subscription subscription) {
                inlet.onSubscribe(subscription);
                probe.registerOnSubscribe(new SubscriberPuppet() {
                    @Override
                    public void triggerRequest(long elements) {
                        hub.loop().drain();
                    }

                    @Override
                    public void signalCancel() {
                        inlet.dispose();
                    }
                });
            }

            @Override
            public void onNext(Long element) {
                inlet.onNext(element);
                probe.registerOnNext(element);
            }

            @Override
            public void onError(Throwable failure) {
                inlet.onError(failure);
                probe.registerOnError(failure);
            }

            @Override
            public void onComplete() {
                inlet.onComplete();
                probe.registerOnComplete();
            }
        };
    }

    @Override
    public Long createElement(int element) {
        return next.getAndIncrement();
    }
}
