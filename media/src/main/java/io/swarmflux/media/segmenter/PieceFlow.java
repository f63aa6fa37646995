package io.swarmflux.media.segmenter;

import java.util.function.Consumer;

/**
 * Bytes that may be cut anywhere between blocks, on a line of media time: a piece ends when it is full or has lasted a quarter of a
 * second. Where it ends depends on the bytes only, and not on how they are handed in.
 */
final class PieceFlow {
    private static final long SPAN_US = 250_000;
    private static final byte[] NOTHING = new byte[0];

    private final Cutting how;
    private final String format;
    private final PieceBuffer piece;
    private Consumer<Piece> whole = unused -> {};
    private int block = 1;
    private int usualFlags;

    // the line: so many bytes take so long, from that time on
    private long lineUs;
    private long lineLastsUs;
    private long lineBytes = 1;
    private long lineDone;

    private long position;
    private long garbage;

    PieceFlow(Cutting how, String format) {
        this.how = how;
        this.format = format;
        this.piece = new PieceBuffer(how.segmentBytes());
    }

    PieceBuffer piece() {
        return piece;
    }

    /** How many bytes of the input there were. */
    long position() {
        return position;
    }

    /** Where pieces go from now on. */
    void to(Consumer<Piece> taker) {
        whole = taker;
    }

    /** Pieces have a multiple of so many bytes, as long as that is no more than the least piece. */
    void blocks(int bytes) {
        block = bytes < 1 || bytes > MediaSegmenter.MIN_SEGMENT_BYTES ? 1 : bytes;
    }

    /** What pieces have as flags that begin by themselves. */
    void usually(int flags) {
        usualFlags = flags;
    }

    /** The next bytes go evenly, so many in so long, from that time on. */
    void line(long fromUs, long lastsUs, long bytes) {
        lineUs = fromUs;
        lineLastsUs = lastsUs;
        lineBytes = Math.max(1, bytes);
        lineDone = 0;
    }

    long nowUs() {
        return lineUs + lineLastsUs * lineDone / lineBytes;
    }

    /** The next byte begins a piece. */
    void begin(int flags) {
        flush();
        piece.begin(nowUs(), flags, NOTHING);
    }

    /** A piece begins here with other bytes instead of the next ones of the input, as many. */
    void replace(byte[] instead, int flags) {
        flush();
        piece.begin(nowUs(), piece.flags() | flags, instead);
        piece.leaveOut(instead.length);
        count(instead.length);
    }

    void flush() {
        piece.flush(piece.size(), whole);
    }

    void add(byte[] array, int at, int size) {
        sayGarbage();
        append(array, at, size);
    }

    /** Adds bytes that are to stay together: a new piece begins where they would not fit, or when it is time, and then has the flags. */
    void addWhole(byte[] array, int at, int size, int flags) {
        sayGarbage();
        if (piece.size() > 0 && (piece.room() < size || untilSpan() <= 0)) {
            flush();
        }
        if (size > piece.roomAtMost()) {
            append(array, at, size);
            return;
        }
        beginIfEmpty(flags);
        piece.append(array, at, size);
        count(size);
    }

    private void append(byte[] array, int at, int size) {
        int done = 0;
        while (done < size) {
            beginIfEmpty(usualFlags);
            int part = (int) Math.min(size - done, room());
            if (part <= 0) {
                flush();
            } else {
                piece.append(array, at + done, part);
                count(part);
                done += part;
            }
        }
    }

    private void beginIfEmpty(int flags) {
        if (!piece.begun()) {
            piece.begin(nowUs(), piece.flags() | flags, NOTHING);
        }
    }

    private void count(int size) {
        position += size;
        lineDone += size;
        lineUs += lineDone / lineBytes * lineLastsUs; // a line may go on for years
        lineDone %= lineBytes;
    }

    private long room() {
        long most = Math.min(piece.room(), Math.max(untilSpan(), piece.size() == 0 ? 1 : 0));
        long rest = (piece.size() + most) % block;
        return piece.size() + most < block ? block - piece.size() : most - rest;
    }

    /** After how many bytes the piece has lasted long enough. */
    private long untilSpan() {
        if (lineLastsUs <= 0) {
            return Long.MAX_VALUE;
        }
        long leftUs = piece.beganUs() + SPAN_US - lineUs;
        return (leftUs * lineBytes + lineLastsUs - 1) / lineLastsUs - lineDone;
    }

    /** Bytes that are not of the format: left out, or kept where everything is. */
    void garbage(byte[] array, int at, int size) {
        if (how.exact()) {
            append(array, at, size);
        } else {
            flush();
            piece.leaveOut(size);
            position += size;
        }
        garbage += size;
        if (garbage >= 1 << 20) {
            sayGarbage();
        }
    }

    void end() {
        sayGarbage();
        flush();
    }

    private void sayGarbage() {
        if (garbage > 0) {
            how.notices()
                    .tell(
                            "garbage",
                            garbage + " bytes before byte " + position + " are no " + format
                                    + (how.exact() ? "" : "; left out"));
            garbage = 0;
        }
    }
}
