package io.swarmflux.wire;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Frames that no encoder would make, and frames in every kind of buffer. */
final class Frames {
    private Frames() {}

    /** A frame with any body. */
    static ByteBuffer of(int type, int flags, Consumer<FieldWriter> body) {
        FieldWriter out = new FieldWriter("test");
        out.u8(type);
        out.u8(flags);
        body.accept(out);
        return out.frame();
    }

    static ByteBuffer of(int... bytes) {
        ByteBuffer frame = ByteBuffer.allocate(bytes.length);
        for (int b : bytes) {
            frame.put((byte) b);
        }
        return frame.flip();
    }

    /** The parts of a frame in one buffer. */
    static ByteBuffer joined(ByteBuffer... parts) {
        int size = 0;
        for (ByteBuffer part : parts) {
            size += part.remaining();
        }
        ByteBuffer frame = ByteBuffer.allocate(size);
        for (ByteBuffer part : parts) {
            frame.put(part.duplicate());
        }
        return frame.flip();
    }

    static byte[] bytes(ByteBuffer frame) {
        byte[] bytes = new byte[frame.remaining()];
        frame.duplicate().get(bytes);
        return bytes;
    }

    /** The same bytes in direct memory, read-only, in the middle of other bytes. */
    static ByteBuffer asReceived(ByteBuffer frame) {
        ByteBuffer direct = ByteBuffer.allocateDirect(frame.remaining() + 9);
        direct.position(5);
        direct.put(frame.duplicate()).limit(direct.position()).position(5);
        return direct.asReadOnlyBuffer();
    }
}
