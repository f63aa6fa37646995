package io.swarmflux.peer;

import io.swarmflux.segment.Segment;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/**
 * Reads old segments from a source that can be read again, one ahead, for a downstream that wants what has left the window.
 * Inside the strand, but for the signals of the source.
 */
final class CatchUp extends BaseSubscriber<Segment> {
    private final Strand strand;
    private final Runnable available;
    private long at;
    private @Nullable Segment ready;
    private boolean over;

    CatchUp(Strand strand, long from, Runnable available) {
        this.strand = strand;
        this.at = from;
        this.available = available;
    }

    /** The next sequence that it will give. */
    long at() {
        return at;
    }

    /** Whether it will give nothing more. */
    boolean isOver() {
        return over && ready == null;
    }

    @Nullable
    Segment poll(long sequenceLimit, long maxBytes) {
        Segment segment = ready;
        if (segment == null || segment.sequence() >= sequenceLimit || segment.encodedBytes() > maxBytes) {
            return null;
        }
        ready = null;
        at = segment.sequence() + 1;
        request(1);
        return segment;
    }

    /** Whether only the limits keep what it has read. */
    boolean isHeldBack(long sequenceLimit, long maxBytes) {
        Segment segment = ready;
        return segment != null && (segment.sequence() >= sequenceLimit || segment.encodedBytes() > maxBytes);
    }

    void stop() {
        over = true;
        ready = null;
        dispose();
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
        subscription.request(1);
    }

    @Override
    protected void hookOnNext(Segment segment) {
        strand.execute(() -> {
            if (!over) {
                ready = segment;
                available.run();
            }
        });
    }

    @Override
    protected void hookOnComplete() {
        end();
    }

    @Override
    protected void hookOnError(Throwable failure) {
        end(); // what cannot be read again is gone, which the window says
    }

    private void end() {
        strand.execute(() -> {
            over = true;
            available.run();
        });
    }
}
