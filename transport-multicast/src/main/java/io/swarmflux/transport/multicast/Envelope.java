package io.swarmflux.transport.multicast;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Makes datagrams of frames, and frames of datagrams. Everything happens on the event loop of one link. */
sealed interface Envelope permits PlainEnvelope, SealedEnvelope {
    /** What a datagram is longer than its frame. */
    int overheadBytes();

    /** Puts a frame into a datagram. */
    ByteBuf close(ByteBufAllocator allocator, int size, ByteBuffer... parts);

    /**
     * Takes the frame out of a datagram that has no {@linkplain Datagram#trouble trouble}. Counts what it does not believe.
     *
     * @return read-only and valid until the datagram is released or the next one is opened; null when there is no frame for anybody
     */
    @Nullable
    ByteBuffer open(ByteBuf datagram, InetAddress from);

    /** Says hello, where it must; what it sends goes there. */
    void start(Wire wire);

    /** Sends nothing any more. */
    void stop();

    /** Where an envelope sends datagrams of its own. */
    interface Wire {
        /** Sends at once. */
        void send(ByteBuf datagram);

        /** Buffers to send. */
        ByteBufAllocator allocator();

        /** Runs something on the event loop, after a while. */
        void after(long delayMs, Runnable task);
    }
}
