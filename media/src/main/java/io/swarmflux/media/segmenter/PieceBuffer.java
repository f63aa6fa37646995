package io.swarmflux.media.segmenter;

import io.swarmflux.segment.CodecHeaders;
import io.swarmflux.segment.Cut;
import io.swarmflux.segment.Segment;
import java.util.Arrays;
import java.util.function.Consumer;

/** The piece that is being filled: at most as large as a segment may be. Media time never goes back from piece to piece. */
final class PieceBuffer {
    private static final byte[] NOTHING = new byte[0];

    private final int usualBytes;
    private byte[] bytes = new byte[0];
    private byte[] first = NOTHING;
    private int size;
    private long beganUs;
    private long lastUs;
    private int flags;
    private long position;
    private CodecHeaders headers = CodecHeaders.NONE;

    PieceBuffer(int usualBytes) {
        this.usualBytes = usualBytes;
    }

    int size() {
        return size;
    }

    /** Whether there is anything in it, and be it only bytes that are repeated. */
    boolean begun() {
        return size > 0 || first.length > 0;
    }

    int flags() {
        return flags;
    }

    long beganUs() {
        return beganUs;
    }

    /** How much more is added to a piece of the usual size. */
    int room() {
        return usualBytes - first.length - size;
    }

    /** How much more fits at most. */
    int roomAtMost() {
        return Segment.MAX_PAYLOAD_BYTES - first.length - size;
    }

    /** What has come, or comes next, is due then; flags and repeated bytes stay. */
    void begin(long nowUs) {
        beganUs = nowUs;
    }

    /** What has come, or comes next, is due then, with flags, after bytes that are repeated. */
    void begin(long nowUs, int newFlags, byte[] repeated) {
        beganUs = nowUs;
        flags = newFlags;
        first = repeated;
    }

    /** What a player needs that starts with this piece or a later one; nothing may be in the piece. */
    void headers(CodecHeaders needed) {
        headers = needed;
    }

    CodecHeaders headers() {
        return headers;
    }

    void append(byte[] from, int at, int length) {
        if (size + length > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(size + length, Math.min(2 * bytes.length, usualBytes)));
        }
        System.arraycopy(from, at, bytes, size, length);
        size += length;
        position += length;
    }

    /** Leaves out bytes of the input; nothing may be in the piece. */
    void leaveOut(int length) {
        position += length;
    }

    /** Gives the first so many bytes away as a piece; what is behind them begins the next one. */
    void flush(int until, Consumer<Piece> whole) {
        if (until == 0) {
            return;
        }
        byte[] payload = Arrays.copyOf(first, first.length + until);
        System.arraycopy(bytes, 0, payload, first.length, until);
        lastUs = Math.max(lastUs, beganUs);
        whole.accept(new Piece(new Cut(payload, lastUs, flags, headers), first.length, position - size));
        System.arraycopy(bytes, until, bytes, 0, size - until);
        size -= until;
        flags = 0;
        first = NOTHING;
    }
}
