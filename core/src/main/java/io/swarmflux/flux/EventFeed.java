package io.swarmflux.flux;

import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import reactor.core.publisher.BufferOverflowStrategy;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.util.concurrent.Queues;

/**
 * Events from any thread to any number of subscribers, none of which can hold up the others: each has a buffer of its own
 * that forgets its oldest events when it is full. Nothing is kept for those who come later, but for the first, if the feed is made so; an
 * event that nobody will ever hear is not even made.
 *
 * @param <E> the event
 */
public final class EventFeed<E> {
    private static final int BUFFER = 1024;

    private final Sinks.Many<E> sink = Sinks.unsafe().many().multicast().directBestEffort();
    private final Queue<E> queue = Queues.<E>unboundedMultiproducer().get();
    private final AtomicInteger wip = new AtomicInteger();
    private final AtomicInteger room;

    /** Whether there was a first subscriber, or nothing is kept for it. */
    private volatile boolean open;

    private volatile boolean ended;

    /** A feed without subscribers, which keeps nothing for the first. */
    public EventFeed() {
        this(0);
    }

    /**
     * A feed whose first subscriber is told what happened before it came.
     *
     * @param kept how many events are kept for it, the first ones
     */
    public EventFeed(int kept) {
        room = new AtomicInteger(kept);
        open = kept == 0;
    }

    /**
     * Tells everyone who listens.
     *
     * @param event makes the event, when somebody listens
     */
    public void emit(Supplier<? extends E> event) {
        if (!ended && (open ? sink.currentSubscriberCount() > 0 : room.get() > 0 && room.getAndDecrement() > 0)) {
            queue.add(event.get());
            drain();
        }
    }

    /** Ends the feed; what was told before is still delivered. */
    public void end() {
        ended = true;
        drain();
    }

    /**
     * What happens from the subscription on; for the first subscriber what is kept, too.
     *
     * @return emits events, one at a time, on the threads they happen on; ends with the feed, never fails; any number of
     *     subscribers; one that lags by more than 1,024 events misses the oldest
     */
    public Flux<E> events() {
        Flux<E> heard = sink.asFlux().onBackpressureBuffer(BUFFER, BufferOverflowStrategy.DROP_OLDEST);
        return Flux.from(subscriber -> {
            heard.subscribe(subscriber);
            if (!open) {
                open = true;
                drain();
            }
        });
    }

    private void drain() {
        if (!open || wip.getAndIncrement() != 0) {
            return; // before it is open nobody is there; who opens it looks again
        }
        int missed = 1;
        do {
            boolean last = ended;
            for (E event = queue.poll(); event != null; event = queue.poll()) {
                // zero subscribers or a feed that ended meanwhile: nobody is left to tell
                Sinks.EmitResult unheard = sink.tryEmitNext(event);
                assert unheard != Sinks.EmitResult.FAIL_NON_SERIALIZED;
            }
            if (last) {
                Sinks.EmitResult again = sink.tryEmitComplete();
                assert again != Sinks.EmitResult.FAIL_NON_SERIALIZED;
            }
            missed = wip.addAndGet(-missed);
        } while (missed != 0);
    }
}
