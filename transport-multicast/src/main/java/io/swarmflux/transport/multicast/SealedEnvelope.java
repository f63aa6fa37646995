package io.swarmflux.transport.multicast;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

final class SealedEnvelope implements Envelope {
    @Override
    public int overheadBytes() {
        return 0;
    }

    @Override
    public ByteBuf close(ByteBufAllocator allocator, int size, ByteBuffer... parts) {
        throw new UnsupportedOperationException();
    }

    @Override
    public @Nullable ByteBuffer open(ByteBuf datagram, InetAddress from) {
        return null;
    }

    @Override
    public void start(Wire wire) {}

    @Override
    public void stop() {}
}
