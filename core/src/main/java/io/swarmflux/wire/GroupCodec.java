package io.swarmflux.wire;

import io.swarmflux.wire.GroupMessage.Beacon;
import io.swarmflux.wire.GroupMessage.Chunk;
import io.swarmflux.wire.GroupMessage.Heartbeat;
import io.swarmflux.wire.GroupMessage.Nak;
import io.swarmflux.wire.GroupMessage.Ways;
import io.swarmflux.wire.Message.FailureCode;
import java.nio.ByteBuffer;
import java.util.Map;

/**
 * The bytes of every message in a group, one frame each. Stateless. {@code docs/wire-format.md} has the bodies; every frame
 * begins alike:
 *
 * <pre>
 *  offset  size  field
 *  0       1     type, none of a link's
 *  1       1     flags: 0
 *  2       8     member
 *  10      n     body
 * </pre>
 *
 * <p>Whoever hears a frame that breaks the rules drops and counts it: there is no link to close, and nobody to tell.
 */
public final class GroupCodec {
    static final int BEACON = 0x30;
    static final int HEARTBEAT = 0x31;
    static final int NAK = 0x32;
    static final int CHUNK = 0x33;
    static final int WAYS = 0x34;

    /** What documents and complaints call them. */
    static final Map<Integer, String> NAMES =
            Map.of(BEACON, "BEACON", HEARTBEAT, "HEARTBEAT", NAK, "NAK", CHUNK, "CHUNK", WAYS, "WAYS");

    private GroupCodec() {}

    /**
     * Encodes a message. What carries segments is better cut by {@link GroupChunks}, which does not copy.
     *
     * @param message the message; the position of a chunk's bytes is left alone
     * @return one frame in a buffer of its own
     * @throws IllegalArgumentException when a value is beyond its limit
     */
    public static ByteBuffer encode(GroupMessage message) {
        if (message instanceof Chunk m) {
            ByteBuffer prefix = ChunkForm.prefix(
                    m.member(),
                    m.epoch(),
                    m.sequence(),
                    m.frame(),
                    m.repair(),
                    m.total(),
                    m.offset(),
                    m.bytes().remaining());
            return ByteBuffer.allocate(prefix.remaining() + m.bytes().remaining())
                    .put(prefix)
                    .put(m.bytes().duplicate())
                    .flip();
        }
        if (message instanceof Heartbeat m) {
            FieldWriter out = begin(HEARTBEAT, m);
            GroupForms.writeHeartbeat(m, out);
            return out.frame();
        }
        if (message instanceof Beacon m) {
            FieldWriter out = begin(BEACON, m);
            GroupForms.writeBeacon(m, out);
            return out.frame();
        }
        if (message instanceof Ways m) {
            FieldWriter out = begin(WAYS, m);
            GroupForms.writeWays(m, out);
            return out.frame();
        }
        Nak nak = (Nak) message;
        FieldWriter out = begin(NAK, nak);
        GroupForms.writeNak(nak, out);
        return out.frame();
    }

    private static FieldWriter begin(int type, GroupMessage message) {
        FieldWriter out = new FieldWriter(NAMES.getOrDefault(type, ""));
        out.u8(type);
        out.u8(0);
        out.u64(message.member());
        return out;
    }

    /**
     * Decodes a frame. A chunk's bytes are a view of it; everything else is copied.
     *
     * @param frame one whole frame from position to limit, neither moved
     * @return the message
     * @throws WireException when the bytes break the wire format
     */
    public static GroupMessage decode(ByteBuffer frame) {
        FieldReader in = new FieldReader(frame);
        int type = in.u8("type");
        String name = NAMES.get(type);
        if (name == null) {
            throw new WireException(
                    FailureCode.UNKNOWN_MESSAGE,
                    in.complaint("type", String.format("0x%02x", type), 0, "a type of a group, 0x30 to 0x34"));
        }
        in.enter(name);
        MessageCodec.checkFlags(in, in.u8("flags"));
        long member = in.u64("member");
        if (type == CHUNK) {
            return ChunkForm.read(member, in);
        }
        if (in.offset() + in.remaining() > MessageCodec.MAX_CONTROL_BYTES) {
            throw new WireException(
                    FailureCode.LIMIT,
                    in.complaint(
                            "frame length",
                            in.offset() + in.remaining(),
                            0,
                            "at most " + MessageCodec.MAX_CONTROL_BYTES));
        }
        GroupMessage message =
                switch (type) {
                    case BEACON -> GroupForms.readBeacon(member, in);
                    case HEARTBEAT -> GroupForms.readHeartbeat(member, in);
                    case WAYS -> GroupForms.readWays(member, in);
                    default -> GroupForms.readNak(member, in);
                };
        in.end();
        return message;
    }
}
