package io.swarmflux.transport.multicast;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/** 128 random bits that only one answer fits. */
record Nonce(long high, long low) {
    static final int BYTES = 16;

    static Nonce of(byte[] random) {
        ByteBuffer bytes = ByteBuffer.wrap(random);
        return new Nonce(bytes.getLong(), bytes.getLong());
    }

    static Nonce read(ByteBuf from) {
        return new Nonce(from.readLong(), from.readLong());
    }

    void write(ByteBuf to) {
        to.writeLong(high).writeLong(low);
    }
}
