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
import reactor.util.concurrent.Queues;

/**
 * The sending half of a link: what was accepted from any thread, and the one task on the event loop that writes it.
 *
 * <p>Frames wait here, as references to the caller's bytes, and not in Netty: only one batch at a time is copied into network
 * buffers, many small frames into one, and the next when the socket has taken that. So a thousand links that wait for the same
 * segment hold it once. A batch grows while the socket takes all of it at once, because then it is the calls that cost, and shrinks
 * when it does not. The task is scheduled by the first frame it has not seen and writes a few batches; while there is more to write
 * it schedules itself again, so that a busy sender does not keep the other links of its event loop waiting.
 */
final class Outbox {
    /** So much of small frames goes into one network buffer: as much as Netty keeps for a thread to use again. */
    private static final int BUFFER_BYTES = 32 << 10;

    /** A frame counts as so much at least: of tiny ones a batch is not full for long, and takes time all the same. */
    private static final int FRAME_COST_BYTES = 256;

    private static final int LEAST_BATCH_BYTES = 128 << 10;
    private static final int MOST_BATCH_BYTES = 512 << 10;

    /** How many batches a task writes before it leaves the event loop to others. */
    private static final int ROUNDS = 4;

    private final Queue<Frame> frames = Queues.<Frame>unboundedMultiproducer().get();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final AtomicLong unsentBytes = new AtomicLong();
    private final ChannelHandlerContext context;
    private final Runnable whenFinished;
    private boolean draining;

    /** Whether the socket has not taken the last batch yet. */
    private boolean writing;

    private int batchBytes = LEAST_BATCH_BYTES;
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

    /** Writes some batches, and leaves the next to a turn of its own: the loop has other links. On the event loop. */
    void drain() {
        if (!context.channel().isActive()) {
            discard();
            return;
        }
        if (draining) {
            return;
        }
        draining = true;
        for (int round = 0; round < ROUNDS && !writing && writeSome(); round++) {
            context.flush();
            batchBytes = writing ? LEAST_BATCH_BYTES : Math.min(MOST_BATCH_BYTES, 2 * batchBytes);
        }
        draining = false;
        if (!writing && !frames.isEmpty()) {
            drainNextTurn();
        }
        if (finishing && !finished && frames.isEmpty()) {
            finished = true;
            context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> whenFinished.run());
        }
    }

    /** Writes a batch; false when there was nothing. */
    private boolean writeSome() {
        Frame frame = frames.poll();
        if (frame == null) {
            return false;
        }
        ByteBuf buffer = bufferFor(frame);
        int bytes = 0;
        int cost = 0;
        while (frame != null) {
            if (buffer.writableBytes() < FrameReader.HEADER_BYTES + frame.size) {
                // Its failure reaches the handler as an exception.
                ChannelFuture unused = context.write(buffer, context.voidPromise());
                buffer = bufferFor(frame);
            }
            append(frame, buffer);
            bytes += frame.size;
            cost += Math.max(FRAME_COST_BYTES, frame.size);
            frame = cost < batchBytes ? frames.poll() : null;
        }
        int all = bytes;
        writing = true;
        // Writes complete in order, so the last one speaks for all.
        context.write(buffer).addListener(done -> written(all));
        return true;
    }

    private void written(int bytes) {
        writing = false;
        unsentBytes.addAndGet(-bytes);
        drain();
    }

    /** Room for a frame, and when that is small for those behind it as well. */
    private ByteBuf bufferFor(Frame frame) {
        int needed = FrameReader.HEADER_BYTES + frame.size;
        int room =
                needed > BUFFER_BYTES / 2 ? needed : (int) Math.max(needed, Math.min(BUFFER_BYTES, unsentBytes.get()));
        return context.alloc().directBuffer(room);
    }

    /** One copy into a network buffer, which saves Netty from making it. */
    private static void append(Frame frame, ByteBuf buffer) {
        buffer.writeMedium(frame.size);
        for (ByteBuffer part : frame.parts) {
            buffer.writeBytes(part);
        }
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
