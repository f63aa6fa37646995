package io.swarmflux.transport.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the bytes of a connection into frames.
 *
 * <pre>
 *   +--------------------+------------------------+
 *   | length, 3 bytes,   | frame, length bytes    |
 *   | big endian, 1..max |                        |
 *   +--------------------+------------------------+
 * </pre>
 *
 * <p>A frame that lies whole in what was read is passed on where it lies; only one that is split over two reads is
 * copied together first.
 */
final class FrameReader {
    static final int HEADER_BYTES = 3;

    /** The longest frame that the header can state. */
    static final int MAX_LENGTH = 0xFF_FF_FF;

    private final int maxFrameBytes;
    private final ByteBufAllocator allocator;
    private int header;
    private int headerBytes;
    private int length;
    private @Nullable ByteBuf split;

    FrameReader(int maxFrameBytes, ByteBufAllocator allocator) {
        this.maxFrameBytes = maxFrameBytes;
        this.allocator = allocator;
    }

    /** Takes each frame as it is found. */
    interface Receiver {
        /**
         * One frame.
         *
         * @param frame a read-only view, valid only during the call
         * @return false to hear no more
         */
        boolean onFrame(ByteBuffer frame);

        /**
         * The bytes are no frames.
         *
         * @param message what is wrong
         */
        void onViolation(String message);
    }

    /** Passes on the frames that end in these bytes. */
    void read(ByteBuf in, Receiver receiver) {
        ByteBuffer view = null;
        boolean goOn = true;
        while (goOn && in.isReadable()) {
            if (length == 0) {
                goOn = readHeader(in, receiver);
            } else if (split == null && in.readableBytes() >= length) {
                if (view == null) { // one for all of them: each is valid only while it is passed on
                    view = in.nioBuffer(0, in.writerIndex()).asReadOnlyBuffer();
                }
                int from = in.readerIndex();
                in.skipBytes(length);
                view.limit(from + length).position(from);
                length = 0;
                goOn = receiver.onFrame(view);
            } else {
                goOn = readSplit(in, receiver);
            }
        }
    }

    private boolean readHeader(ByteBuf in, Receiver receiver) {
        if (headerBytes == 0 && in.readableBytes() >= HEADER_BYTES) {
            header = in.readUnsignedMedium();
        } else {
            header = header << 8 | in.readUnsignedByte();
            headerBytes++;
            if (headerBytes < HEADER_BYTES) {
                return true;
            }
        }
        if (header == 0) {
            receiver.onViolation("sent a frame of length 0");
            return false;
        }
        if (header > maxFrameBytes) {
            receiver.onViolation("sent a frame of length " + header + ", longer than " + maxFrameBytes);
            return false;
        }
        length = header;
        header = 0;
        headerBytes = 0;
        return true;
    }

    private boolean readSplit(ByteBuf in, Receiver receiver) {
        ByteBuf whole = split;
        if (whole == null) {
            whole = allocator.directBuffer(length, length);
            split = whole;
        }
        whole.writeBytes(in, Math.min(in.readableBytes(), whole.writableBytes()));
        if (whole.isWritable()) {
            return true;
        }
        length = 0;
        split = null;
        try {
            return receiver.onFrame(whole.nioBuffer().asReadOnlyBuffer());
        } finally {
            whole.release();
        }
    }

    /** Whether the bytes so far end inside a frame. */
    boolean insideFrame() {
        return length > 0 || headerBytes > 0;
    }

    /** Gives back what was kept. */
    void release() {
        if (split != null) {
            split.release();
            split = null;
        }
    }
}
