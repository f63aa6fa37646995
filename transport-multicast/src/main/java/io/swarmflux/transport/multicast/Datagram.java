package io.swarmflux.transport.multicast;

import io.netty.buffer.ByteBuf;
import io.swarmflux.transport.multicast.MulticastCounts.Dropped;
import org.jspecify.annotations.Nullable;

/**
 * The first bytes of every datagram:
 *
 * <pre>
 *  offset  size  field
 *  0       2     magic: 53 58, "SX"
 *  2       1     version, 1
 *  3       1     kind
 *  4       8     session of the sender, random, new for each link
 *  12      8     packet number, from 0, never the same in a session
 *  20      2     length of the body
 *  22      n     body
 *  22+n    16    tag, on all kinds but PLAIN
 * </pre>
 *
 * <p>{@code docs/wire-format.md} tells the rest.
 *
 * @param kind one of the constants
 * @param session whose it is
 * @param number which of the session's packets
 * @param length of the body
 */
record Datagram(int kind, long session, long number, int length) {
    static final int HEADER_BYTES = 22;
    static final int TAG_BYTES = 16;

    /** A frame as it is. */
    static final int PLAIN = 0;
    /** A frame, encrypted. */
    static final int SEALED = 1;
    /** Here I am. */
    static final int BEACON = 2;
    /** Are you there now? */
    static final int CHALLENGE = 3;
    /** I am. */
    static final int ANSWER = 4;

    private static final int MAGIC = 0x5358;
    private static final int VERSION = 1;

    void write(ByteBuf to) {
        to.writeShort(MAGIC)
                .writeByte(VERSION)
                .writeByte(kind)
                .writeLong(session)
                .writeLong(number)
                .writeShort(length);
    }

    /** What is wrong with a datagram, from its first bytes and its length; null when nothing is. */
    static @Nullable Dropped trouble(ByteBuf datagram) {
        int size = datagram.readableBytes();
        int start = datagram.readerIndex();
        if (size < 2 || datagram.getUnsignedShort(start) != MAGIC) {
            return Dropped.MAGIC;
        }
        if (size < HEADER_BYTES) {
            return Dropped.TRUNCATED;
        }
        int kind = datagram.getUnsignedByte(start + 3);
        if (datagram.getUnsignedByte(start + 2) != VERSION || kind > ANSWER) {
            return Dropped.VERSION;
        }
        int length = datagram.getUnsignedShort(start + 20);
        int tag = kind == PLAIN ? 0 : TAG_BYTES;
        return length == 0 || size != HEADER_BYTES + length + tag ? Dropped.TRUNCATED : null;
    }

    /** The header of a datagram that has no trouble; moves past it. */
    static Datagram read(ByteBuf datagram) {
        int kind = datagram.skipBytes(3).readUnsignedByte();
        return new Datagram(kind, datagram.readLong(), datagram.readLong(), datagram.readUnsignedShort());
    }
}
