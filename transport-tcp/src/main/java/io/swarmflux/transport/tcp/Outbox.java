package io.swarmflux.transport.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import reactor.util.concurrent.Queues;

/**
 * The sending half of a link: what was accepted from any thread, and the one task on the event loop that writes it.
 *
 * <p>Frames wait here, as references to the caller's bytes, and not in Netty: only what fits under the channel's
 * high-water mark is copied into network buffers. So a thousand links that wait for the same segment hold it once.
 * The task is scheduled by the first frame it has not seen, writes what fits and flushes once; while there is more to
 * write it schedules itself again, so that a busy sender does not keep the other links of its event loop waiting.
 */
final class Outbox {
    private final Queue<Frame> frames = Queues.<Frame>unboundedMultiproducer().get();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final AtomicLong unsentBytes = new AtomicLong();
    private final ChannelHandlerContext context;
    private final Runnable whenFinished;
    private boolean draining;
    private boolean finishing;
    private boolean finished;

    /** A frame that waits. */
    private static final class Frame {
        private final int size;
        private final ByteBuffer[] parts;

        Frame(int size, ByteBuffer... parts) {
            this.size = size;
            this.parts = parts;
        }
    }

    Outbox(ChannelHandlerContext context, Runnable whenFinished) {
        this.context = context;
        this.whenFinished = whenFinished;
    }

    long unsentBytes() {
        return unsentBytes.get();
    }

    /** Accepts a frame; from any thread. */
    void send(int size, ByteBuffer... parts) {
        // The caller may move the parts' positions once send has returned.
        ByteBuffer[] own = new ByteBuffer[parts.length];
        for (int i = 0; i < parts.length; i++) {
            own[i] = parts[i].duplicate();
        }
        unsentBytes.addAndGet(size);
        frames.add(new Frame(size, own));
        if (scheduled.compareAndSet(false, true)) {
            try {
                context.executor().execute(this::scheduledDrain);
            } catch (RejectedExecutionException loopIsShutDown) {
                // The event loop has closed its channels and runs nothing any more: this frame goes with them.
                unsentBytes.addAndGet(-size);
            }
        }
    }

    /** Goes on after the loop has looked at its sockets: what is executed runs before, what is scheduled after. */
    private void drainNextTurn() {
        if (scheduled.compareAndSet(false, true)) {
            ScheduledFuture<?> unused = context.executor().schedule(this::scheduledDrain, 0, TimeUnit.NANOSECONDS);
        }
    }

    private void scheduledDrain() {
        // Before looking at the queue: a frame that comes later schedules the next drain.
        scheduled.set(false);
        drain();
    }

    /** Sends what was accepted, then says so; on the event loop. */
    void finish() {
        finishing = true;
        drain();
    }

    /** Writes a batch, and leaves the next to a turn of its own: the loop has other links. On the event loop. */
    void drain() {
        if (!context.channel().isActive()) {
            discard();
            return;
        }
        if (draining) {
            return;
        }
        draining = true;
        if (context.channel().isWritable() && writeSome()) {
            context.flush();
        }
        draining = false;
        if (context.channel().isWritable() && !frames.isEmpty()) {
            drainNextTurn();
        }
        if (finishing && !finished && frames.isEmpty()) {
            finished = true;
            context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> whenFinished.run());
        }
    }

    /** Writes until the queue is empty or the channel is full; false when there was nothing. */
    private boolean writeSome() {
        Frame frame = frames.poll();
        if (frame == null) {
            return false;
        }
        int batchBytes = 0;
        while (frame != null) {
            ByteBuf bytes = encode(frame);
            batchBytes += frame.size;
            frame = writeNext(bytes, batchBytes);
        }
        return true;
    }

    private @Nullable Frame writeNext(ByteBuf bytes, int batchBytes) {
        Frame next = context.channel().isWritable() ? frames.poll() : null;
        if (next != null) {
            // Its failure reaches the handler as an exception.
            ChannelFuture unused = context.write(bytes, context.voidPromise());
        } else {
            // Writes complete in order, so the last one speaks for the batch.
            context.write(bytes).addListener(done -> unsentBytes.addAndGet(-batchBytes));
        }
        return next;
    }

    /** One copy into a network buffer, which saves Netty from making it. */
    private ByteBuf encode(Frame frame) {
        ByteBuf bytes = context.alloc().directBuffer(FrameReader.HEADER_BYTES + frame.size);
        bytes.writeMedium(frame.size);
        for (ByteBuffer part : frame.parts) {
            bytes.writeBytes(part);
        }
        return bytes;
    }

    /** Drops what waits; on the event loop, when the channel is closed. */
    void discard() {
        Frame frame = frames.poll();
        while (frame != null) {
            unsentBytes.addAndGet(-frame.size);
            frame = frames.poll();
        }
    }
}
