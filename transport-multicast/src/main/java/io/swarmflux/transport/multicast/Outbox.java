package io.swarmflux.transport.multicast;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.concurrent.ScheduledFuture;
import io.swarmflux.transport.multicast.MulticastCounts.Dropped;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import reactor.util.concurrent.Queues;

/**
 * The sending half of a link: frames wait here, up to a bound in bytes, until the {@link Pacer} lets them go. Each is a datagram
 * and a write of its own; one that fails is counted and costs no other. Writes happen on the event loop, a batch at a time.
 */
final class Outbox {
    /** Then other links of the event loop have their turn. */
    private static final int BATCH = 64;

    private static final int IP_AND_UDP_BYTES = 28;
    /** Finer than that no event loop wakes up. */
    private static final long TICK_NS = 1_000_000;

    private final Queue<Frame> frames = Queues.<Frame>unboundedMultiproducer().get();
    /** A drain is under way to the event loop, or a timer will start one. */
    private final AtomicBoolean scheduled = new AtomicBoolean();

    private final AtomicLong unsentBytes = new AtomicLong();
    private final Channel channel;
    private final InetSocketAddress group;
    private final Envelope envelope;
    private final Pacer pacer;
    private final Tally tally;
    private final long limitBytes;
    private @Nullable Frame next;
    private long inFlight;
    private @Nullable Runnable whenEmpty;

    /** A frame that waits. */
    private static final class Frame {
        private final int size;
        private final ByteBuffer[] parts;

        Frame(int size, ByteBuffer... parts) {
            this.size = size;
            this.parts = parts;
        }
    }

    Outbox(Channel channel, InetSocketAddress group, Envelope envelope, Pacer pacer, Tally tally, long limitBytes) {
        this.channel = channel;
        this.group = group;
        this.envelope = envelope;
        this.pacer = pacer;
        this.tally = tally;
        this.limitBytes = limitBytes;
    }

    long unsentBytes() {
        return unsentBytes.get();
    }

    /** Accepts a frame, or drops and counts it when too much waits; from any thread. */
    void send(int size, ByteBuffer... parts) {
        if (unsentBytes.addAndGet(size) > limitBytes) {
            unsentBytes.addAndGet(-size);
            tally.dropped(Dropped.QUEUE_FULL);
            return;
        }
        // The caller may move the parts' positions once send has returned.
        ByteBuffer[] own = new ByteBuffer[parts.length];
        for (int i = 0; i < parts.length; i++) {
            own[i] = parts[i].duplicate();
        }
        frames.add(new Frame(size, own));
        if (scheduled.compareAndSet(false, true)) {
            try {
                channel.eventLoop().execute(this::scheduledDrain);
            } catch (RejectedExecutionException loopIsShutDown) {
                // The event loop has closed its channels and runs nothing any more: this frame goes with them.
                unsentBytes.addAndGet(-size);
            }
        }
    }

    /** Sends past the queue and the pace, for the few datagrams of the transport itself; on the event loop. */
    void sendNow(ByteBuf datagram) {
        channel.writeAndFlush(new DatagramPacket(datagram, group)).addListener(done -> {
            if (!done.isSuccess()) {
                tally.dropped(Dropped.WRITE_FAILED);
            }
        });
    }

    /** Changes the rate; on the event loop. */
    void rate(long bitsPerSecond) {
        pacer.rate(bitsPerSecond, System.nanoTime());
        drain();
    }

    /** Runs something when everything has left; on the event loop. */
    void whenEmpty(Runnable task) {
        whenEmpty = task;
        drain();
    }

    private void scheduledDrain() {
        // Before looking at the queue: a frame that comes later schedules the next drain.
        scheduled.set(false);
        drain();
    }

    /** Writes what may leave now, and comes back for the rest. On the event loop. */
    void drain() {
        if (!channel.isActive()) {
            discard();
            return;
        }
        int written = 0;
        long waitNs = 0;
        while (written < BATCH && channel.isWritable() && peek() != null) {
            Frame frame = take();
            if (frame == null) {
                waitNs = next == null ? 0 : Math.max(TICK_NS, pacer.waitNs(bytesOnWire(next)));
                break;
            }
            write(frame);
            written++;
        }
        if (written > 0) {
            channel.flush();
        }
        if (peek() != null && channel.isWritable()) {
            drainIn(waitNs);
        }
        finishIfEmpty();
    }

    private @Nullable Frame peek() {
        if (next == null) {
            next = frames.poll();
        }
        return next;
    }

    /** The next frame when the pace allows it. */
    private @Nullable Frame take() {
        Frame frame = next;
        if (frame == null || !pacer.tryTake(bytesOnWire(frame), System.nanoTime())) {
            return null;
        }
        next = null;
        return frame;
    }

    private int bytesOnWire(Frame frame) {
        return frame.size + envelope.overheadBytes() + IP_AND_UDP_BYTES;
    }

    private void write(Frame frame) {
        ByteBuf datagram = envelope.close(channel.alloc(), frame.size, frame.parts);
        inFlight++;
        channel.write(new DatagramPacket(datagram, group)).addListener(done -> {
            inFlight--;
            unsentBytes.addAndGet(-frame.size);
            if (done.isSuccess()) {
                tally.sent(frame.size);
            } else {
                tally.dropped(Dropped.WRITE_FAILED);
            }
            finishIfEmpty();
        });
    }

    private void drainIn(long delayNs) {
        if (scheduled.compareAndSet(false, true)) {
            ScheduledFuture<?> unused =
                    channel.eventLoop().schedule(this::scheduledDrain, delayNs, TimeUnit.NANOSECONDS);
        }
    }

    private void finishIfEmpty() {
        Runnable task = whenEmpty;
        if (task != null && inFlight == 0 && peek() == null) {
            whenEmpty = null;
            task.run();
        }
    }

    /** Drops what waits; on the event loop, when the channel is closed. */
    void discard() {
        for (Frame frame = peek(); frame != null; frame = peek()) {
            next = null;
            unsentBytes.addAndGet(-frame.size);
        }
        finishIfEmpty();
    }
}
