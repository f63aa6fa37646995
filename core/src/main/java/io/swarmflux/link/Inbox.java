package io.swarmflux.link;

import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The receiving half of a {@link Link}, for those who write a {@link Transport}: it keeps what comes in before
 * somebody receives, and passes the rest on without a copy.
 *
 * <p>Everything happens on the one thread, or serial executor, that the transport reads on: {@link #offer},
 * {@link #complete} and {@link #fail} are called there, and {@link #frames()} moves the subscription there. So a view
 * of the transport's own buffer can be handed out and taken back when {@code offer} returns.
 */
public final class Inbox {
    private final Sinks.Many<ByteBuffer> frames =
            Sinks.unsafe().many().unicast().onBackpressureBuffer();
    private final Scheduler reader;
    private final int heldLimitBytes;
    private int heldBytes;
    private boolean flowing;
    private boolean ended;

    /**
     * An empty inbox.
     *
     * @param reader runs what it is given one after the other, on the thread the transport reads on
     * @param heldLimitBytes how much is kept for a receiver that has not come yet
     */
    public Inbox(Executor reader, int heldLimitBytes) {
        if (heldLimitBytes <= 0) {
            throw new IllegalArgumentException("heldLimitBytes must be positive, was " + heldLimitBytes);
        }
        this.reader = Schedulers.fromExecutor(reader);
        this.heldLimitBytes = heldLimitBytes;
    }

    /**
     * What {@link Link#receive()} returns.
     *
     * @return emits what was offered, on the reader; ends as {@link #complete} or {@link #fail} say; one subscriber,
     *     whose demand must be unbounded, or it gets an {@link IllegalArgumentException}
     */
    public Flux<ByteBuffer> frames() {
        return frames.asFlux().doOnRequest(this::flow).subscribeOn(reader);
    }

    private void flow(long demand) {
        if (flowing) {
            // More on top of everything, as filter() asks for.
            return;
        }
        if (demand == Long.MAX_VALUE) {
            flowing = true;
            heldBytes = 0;
        } else if (!ended) {
            ended = true;
            frames.tryEmitError(new IllegalArgumentException("the demand of a link's receiver must be unbounded, was "
                    + demand + ": frames are views that cannot be queued; copy them in onNext"));
        }
    }

    /**
     * Passes a frame on, or keeps a copy when nobody receives yet.
     *
     * @param frame read-only, and the transport's again when this returns
     * @return false when nobody receives and too much is kept already; the link should be closed
     */
    public boolean offer(ByteBuffer frame) {
        if (ended) {
            return true;
        }
        if (flowing) {
            // Refused only when the receiver has cancelled: then nobody wants it.
            frames.tryEmitNext(frame);
            return true;
        }
        if (frame.remaining() > heldLimitBytes - heldBytes) {
            return false;
        }
        heldBytes += frame.remaining();
        ByteBuffer copy = ByteBuffer.allocate(frame.remaining()).put(frame).flip();
        frames.tryEmitNext(copy.asReadOnlyBuffer());
        return true;
    }

    /** Ends the frames: the link was closed by either side. */
    public void complete() {
        if (!ended) {
            ended = true;
            frames.tryEmitComplete();
        }
    }

    /**
     * Ends the frames: the link broke.
     *
     * @param reason what the receiver is told
     */
    public void fail(LinkException reason) {
        if (!ended) {
            ended = true;
            frames.tryEmitError(reason);
        }
    }
}
