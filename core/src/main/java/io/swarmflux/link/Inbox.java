package io.swarmflux.link;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * The receiving half of a {@link Link}, for those who write a {@link Transport}: it keeps what comes in before
 * somebody receives, and passes the rest on without a copy.
 *
 * <p>Everything happens on the one thread, or serial executor, that the transport reads on: {@link #offer},
 * {@link #complete} and {@link #fail} are called there, and {@link #frames()} emits there. So a view
 * of the transport's own buffer can be handed out and taken back when {@code offer} returns.
 */
public final class Inbox {
    private final Executor reader;
    private final int heldLimitBytes;

    /** Whether somebody has subscribed. */
    private final AtomicBoolean taken = new AtomicBoolean();

    // on the reader only

    private final Deque<ByteBuffer> held = new ArrayDeque<>();
    private int heldBytes;
    private boolean ended;
    private @Nullable Throwable failure;

    /** Who receives, once it has asked for everything; nobody again after the end. */
    private @Nullable Receiving receiver;

    /** Whether what was held is being passed on. */
    private boolean passing;

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
        this.reader = reader;
        this.heldLimitBytes = heldLimitBytes;
    }

    /**
     * What {@link Link#receive()} returns.
     *
     * @return emits what was offered, on the reader; ends as {@link #complete} or {@link #fail} say; one subscriber,
     *     whose demand must be unbounded, or it gets an {@link IllegalArgumentException}
     */
    public Flux<ByteBuffer> frames() {
        return new Frames();
    }

    /** The frames, for one subscriber. */
    private final class Frames extends Flux<ByteBuffer> {
        @Override
        public void subscribe(CoreSubscriber<? super ByteBuffer> subscriber) {
            if (taken.compareAndSet(false, true)) {
                subscriber.onSubscribe(new Receiving(subscriber));
            } else {
                Operators.error(
                        subscriber, new IllegalStateException("a link has one receiver, and it is there already"));
            }
        }
    }

    /** Whoever receives. */
    private final class Receiving implements Subscription {
        private final CoreSubscriber<? super ByteBuffer> subscriber;
        private volatile boolean cancelled;

        /** Whether everything was asked for: more on top of that, as filter() asks for, is no news. */
        private volatile boolean unbounded;

        Receiving(CoreSubscriber<? super ByteBuffer> subscriber) {
            this.subscriber = subscriber;
        }

        @Override
        public void request(long demand) {
            if (!cancelled && !unbounded) {
                unbounded = demand == Long.MAX_VALUE;
                onReader(() -> flow(this, demand));
            }
        }

        @Override
        public void cancel() {
            cancelled = true;
        }

        /** Runs it there; when nothing runs there any more, nothing will come. */
        private void onReader(Runnable task) {
            try {
                reader.execute(task);
            } catch (RejectedExecutionException stopped) {
                if (!cancelled) {
                    cancelled = true;
                    subscriber.onError(Operators.onRejectedExecution(stopped, subscriber.currentContext()));
                }
            }
        }

        void next(ByteBuffer frame) {
            if (!cancelled) {
                subscriber.onNext(frame);
            }
        }

        void over() {
            if (!cancelled) {
                cancelled = true;
                if (failure == null) {
                    subscriber.onComplete();
                } else {
                    subscriber.onError(failure);
                }
            }
        }
    }

    private void flow(Receiving who, long demand) {
        if (receiver != null || who.cancelled) {
            return;
        }
        if (demand != Long.MAX_VALUE) {
            held.clear();
            ended = true;
            failure = new IllegalArgumentException("the demand of a link's receiver must be unbounded, was " + demand
                    + ": frames are views that cannot be queued; copy them in onNext");
            who.over();
            return;
        }
        receiver = who;
        passing = true;
        try {
            for (ByteBuffer frame = held.poll(); frame != null; frame = held.poll()) {
                heldBytes -= frame.remaining();
                who.next(frame);
            }
        } finally {
            passing = false;
        }
        if (ended) {
            who.over();
        }
    }

    /**
     * Passes a frame on, or keeps a copy when nobody receives yet.
     *
     * @param frame read-only, and the transport's again when this returns
     * @return false when nobody receives and too much is kept already; the link should be closed
     */
    public boolean offer(ByteBuffer frame) {
        Receiving to = receiver;
        if (ended) {
            return true;
        }
        if (to != null && !passing) {
            to.next(frame);
            return true;
        }
        if (frame.remaining() > heldLimitBytes - heldBytes) {
            return false;
        }
        heldBytes += frame.remaining();
        ByteBuffer copy = ByteBuffer.allocate(frame.remaining()).put(frame).flip();
        held.add(copy.asReadOnlyBuffer());
        return true;
    }

    /** Ends the frames: the link was closed by either side. */
    public void complete() {
        end(null);
    }

    /**
     * Ends the frames: the link broke.
     *
     * @param reason what the receiver is told
     */
    public void fail(LinkException reason) {
        end(reason);
    }

    private void end(@Nullable Throwable reason) {
        if (!ended) {
            ended = true;
            failure = reason;
            if (receiver != null && !passing) {
                receiver.over();
            }
        }
    }
}
