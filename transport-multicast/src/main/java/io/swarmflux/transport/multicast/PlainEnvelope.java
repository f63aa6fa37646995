package io.swarmflux.transport.multicast;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.swarmflux.transport.multicast.MulticastCounts.Dropped;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** No secret: frames go as they are, and whoever sends one is believed. */
final class PlainEnvelope implements Envelope {
    private final long session;
    private final Tally tally;
    private long number;

    PlainEnvelope(long session, Tally tally) {
        this.session = session;
        this.tally = tally;
    }

    @Override
    public int overheadBytes() {
        return Datagram.HEADER_BYTES;
    }

    @Override
    public ByteBuf close(ByteBufAllocator allocator, int size, ByteBuffer... parts) {
        ByteBuf datagram = allocator.directBuffer(Datagram.HEADER_BYTES + size);
        new Datagram(Datagram.PLAIN, session, number++, size).write(datagram);
        for (ByteBuffer part : parts) {
            datagram.writeBytes(part);
        }
        return datagram;
    }

    @Override
    public @Nullable ByteBuffer open(ByteBuf datagram, InetAddress from) {
        Datagram header = Datagram.read(datagram);
        if (header.session() == session) {
            tally.own();
            return null;
        }
        if (header.kind() != Datagram.PLAIN) {
            tally.dropped(Dropped.OTHER_SECURITY);
            return null;
        }
        return datagram.nioBuffer().asReadOnlyBuffer();
    }

    @Override
    public void start(Wire wire) {}

    @Override
    public void stop() {}
}
