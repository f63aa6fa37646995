package io.swarmflux.flux;

import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Operators;
import reactor.core.publisher.SignalType;
import reactor.util.context.Context;

/** Counts what a reader is given and what its hub discards, and sees whether signals overlap. */
final class StressReader extends BaseSubscriber<Object> {
    final AtomicInteger elements = new AtomicInteger();
    final AtomicInteger gaps = new AtomicInteger();
    final AtomicInteger terminals = new AtomicInteger();
    final AtomicInteger discarded = new AtomicInteger();
    private final AtomicInteger inside = new AtomicInteger();
    volatile boolean broken;
    private long next;

    /** A hub with a small window and one epoch that has begun at 0. */
    StreamHub<Long> hub() {
        StreamHub<Long> hub = StreamHub.create(
                MergeSpec.of(Numbering.of(Long::longValue)).window(4).taking(2, 4),
                Operators.enableOnDiscard(Context.empty(), element -> discarded.incrementAndGet()));
        hub.begin(0, 0);
        return hub;
    }

    /** Reads everything from the beginning, and holds the window. */
    static ReaderSpec waiting() {
        return ReaderSpec.defaults().joinAt(Join.oldest()).onLag(LagPolicy.waiting());
    }

    @Override
    protected void hookOnSubscribe(org.reactivestreams.Subscription subscription) {
        // the test requests
    }

    @Override
    protected void hookOnNext(Object signal) {
        broken |= inside.getAndIncrement() != 0;
        if (signal instanceof StreamSignal.Missing<?> missing) {
            gaps.incrementAndGet();
            broken |= missing.gap().from() != next;
            next = missing.gap().until();
        } else {
            elements.incrementAndGet();
            long sequence = signal instanceof StreamSignal.Element<?> element ? (Long) element.value() : (Long) signal;
            broken |= sequence < next;
            next = sequence + 1;
        }
        inside.getAndDecrement();
    }

    @Override
    protected void hookOnError(Throwable failure) {
        // counted in the end
    }

    @Override
    protected void hookFinally(SignalType type) {
        terminals.incrementAndGet();
    }

    /** How many were given, plus 100 when signals overlapped or came in the wrong order. */
    int given() {
        return elements.get() + (broken ? 100 : 0);
    }
}
