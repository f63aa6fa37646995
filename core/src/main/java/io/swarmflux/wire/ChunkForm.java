package io.swarmflux.wire;

import io.swarmflux.segment.Segment;
import io.swarmflux.wire.GroupMessage.Chunk;
import java.nio.ByteBuffer;

/** The one form that comes by the thousand: nothing is allocated but the message itself. */
final class ChunkForm {
    private static final int REPAIR = 1;

    private ChunkForm() {}

    static ByteBuffer prefix(
            long member, long epoch, long sequence, long frame, boolean repair, int total, int offset, int length) {
        FieldWriter out = new FieldWriter("CHUNK");
        out.u8(GroupCodec.CHUNK);
        out.u8(0);
        out.u64(member);
        out.number("epoch", epoch);
        out.number("sequence", sequence);
        out.number("frame", frame);
        out.u8(repair ? REPAIR : 0);
        out.number("total length", total, Segment.HEADER_BYTES, Segment.MAX_ENCODED_BYTES);
        out.number("offset", offset, 0, total - 1);
        out.check("chunk length", length, 1, total - offset);
        return out.frame();
    }

    static Chunk read(long member, FieldReader in) {
        long epoch = in.number("epoch");
        long sequence = in.number("sequence");
        long frame = in.number("frame");
        boolean repair = in.bool("repair");
        int total = in.smallNumber("total length", Segment.HEADER_BYTES, Segment.MAX_ENCODED_BYTES);
        int offset = in.smallNumber("offset", 0, total - 1);
        int length = in.remaining();
        if (length == 0 || length > total - offset) {
            throw in.malformed("chunk length", length, in.offset(), "1 to " + (total - offset));
        }
        return new Chunk(member, epoch, sequence, frame, repair, total, offset, in.rest());
    }
}
