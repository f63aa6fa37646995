package io.swarmflux.transport.multicast;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.concurrent.ScheduledFuture;
import io.swarmflux.link.Inbox;
import io.swarmflux.link.Link;
import io.swarmflux.link.LinkException;
import io.swarmflux.transport.multicast.MulticastCounts.Dropped;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * A link on two channels of one event loop: one is bound to the group and receives, the other is bound to the interface and sends.
 */
final class GroupLink implements MulticastLink, Envelope.Wire {
    /** What is kept for a receiver that has not come yet. */
    private static final int HELD_BYTES = 64 << 10;

    private static final Logger log = Loggers.getLogger(MulticastTransport.class);

    private final String remote;
    private final MulticastInterface at;
    private final int maxFrameBytes;
    private final int receiveBufferBytes;
    private final Channel sending;
    private final Channel receiving;
    private final Envelope envelope;
    private final Tally tally;
    private final Inbox inbox;
    private final Outbox outbox;
    private final Sinks.Empty<Void> closed = Sinks.empty();
    private volatile long rate;
    private volatile boolean sendingEnded;
    private boolean ended;

    /** What a link is made of, once both channels are bound. */
    record Parts(
            String remote,
            MulticastInterface at,
            Channel sending,
            Channel receiving,
            int receiveBufferBytes,
            Envelope envelope,
            Tally tally) {}

    /** On the event loop. */
    GroupLink(Parts parts, Outbox outbox, long rate) {
        this.remote = parts.remote();
        this.at = parts.at();
        this.maxFrameBytes = at.longestDatagram() - parts.envelope().overheadBytes();
        this.receiveBufferBytes = parts.receiveBufferBytes();
        this.sending = parts.sending();
        this.receiving = parts.receiving();
        this.envelope = parts.envelope();
        this.tally = parts.tally();
        this.outbox = outbox;
        this.rate = rate;
        this.inbox = new Inbox(loop(), HELD_BYTES);
        receiving.pipeline().addLast(new Reader());
        sending.pipeline().addLast(new Writability());
        receiving.closeFuture().addListener(done -> ended());
        sending.closeFuture().addListener(done -> ended());
    }

    /** The group is joined: says hello, where the envelope must. On the event loop. */
    void start() {
        envelope.start(this);
    }

    private EventLoop loop() {
        return sending.eventLoop();
    }

    /** Takes in what comes from the group. */
    private final class Reader extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            DatagramPacket packet = (DatagramPacket) message;
            try {
                received(packet);
            } finally {
                packet.release();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            // One datagram is lost; the channel reads on.
            log.warn(GroupLink.this + ": receiving failed: " + cause, cause);
        }
    }

    /** Sends on when the system takes more. */
    private final class Writability extends ChannelInboundHandlerAdapter {
        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            outbox.drain();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            log.warn(GroupLink.this + ": sending failed: " + cause, cause);
        }
    }

    private void received(DatagramPacket packet) {
        ByteBuf datagram = packet.content();
        Dropped trouble = Datagram.trouble(datagram);
        if (trouble != null) {
            tally.dropped(trouble);
            return;
        }
        ByteBuffer frame = envelope.open(datagram, packet.sender().getAddress());
        if (frame == null) {
            return;
        }
        int size = frame.remaining();
        if (inbox.offer(frame)) {
            tally.received(size);
        } else {
            tally.dropped(Dropped.NOT_RECEIVED);
        }
    }

    @Override
    public void send(ByteBuf datagram) {
        if (sending.isActive()) {
            outbox.sendNow(datagram);
        } else {
            datagram.release();
        }
    }

    @Override
    public ByteBufAllocator allocator() {
        return sending.alloc();
    }

    @Override
    public void after(long delayMs, Runnable task) {
        ScheduledFuture<?> unused = loop().schedule(task, delayMs, TimeUnit.MILLISECONDS);
    }

    @Override
    public String remote() {
        return remote;
    }

    @Override
    public boolean dialled() {
        return true;
    }

    @Override
    public int maxFrameBytes() {
        return maxFrameBytes;
    }

    @Override
    public Flux<ByteBuffer> receive() {
        return inbox.frames();
    }

    @Override
    public boolean send(ByteBuffer... parts) {
        int size = Link.frameBytes(maxFrameBytes, parts);
        if (sendingEnded) {
            return false;
        }
        outbox.send(size, parts);
        return true;
    }

    @Override
    public long unsentBytes() {
        return outbox.unsentBytes();
    }

    @Override
    public long droppedFrames() {
        return counts().droppedReceived();
    }

    @Override
    public MulticastCounts counts() {
        return tally.now();
    }

    @Override
    public MulticastInterface networkInterface() {
        return at;
    }

    @Override
    public int receiveBufferBytes() {
        return receiveBufferBytes;
    }

    @Override
    public long rate() {
        return rate;
    }

    @Override
    public void rate(long bitsPerSecond) {
        MulticastTransport.checkRate(bitsPerSecond);
        rate = bitsPerSecond;
        onLoop(() -> outbox.rate(bitsPerSecond));
    }

    @Override
    public Mono<Void> onClose() {
        return closed.asMono();
    }

    @Override
    public Mono<Void> close() {
        return Mono.defer(() -> {
            if (!sendingEnded) {
                sendingEnded = true;
                onLoop(this::finish);
            }
            return onClose();
        });
    }

    private void finish() {
        ScheduledFuture<?> impatience = loop().schedule(this::cut, CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        sending.closeFuture().addListener(done -> {
            boolean unused = impatience.cancel(false);
        });
        outbox.whenEmpty(this::cut);
    }

    @Override
    public boolean isDisposed() {
        return sendingEnded;
    }

    @Override
    public void dispose() {
        sendingEnded = true;
        onLoop(this::cut);
    }

    /** The interface does not serve any more: the link is over; from any thread. */
    void deviceFails(String why) {
        sendingEnded = true;
        onLoop(() -> {
            inbox.fail(new LinkException(remote, why, null));
            cut();
        });
    }

    private void cut() {
        envelope.stop();
        inbox.complete();
        Joining.close(sending);
        Joining.close(receiving);
    }

    /** One of the channels is closed; on the event loop. */
    private void ended() {
        sendingEnded = true;
        cut();
        if (!ended && !sending.isOpen() && !receiving.isOpen()) {
            ended = true;
            outbox.discard();
            closed.tryEmitEmpty();
        }
    }

    private void onLoop(Runnable task) {
        try {
            loop().execute(task);
        } catch (RejectedExecutionException loopIsShutDown) {
            // The event loop has closed its channels before it stopped.
            closed.tryEmitEmpty();
        }
    }

    @Override
    public String toString() {
        return "link to " + remote;
    }
}
