package io.swarmflux.media.segmenter;

import java.util.function.Consumer;
import java.util.function.IntPredicate;

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

    /** Takes the first of what is held. */
    void add(HeldBytes held, int size) {
        sayGarbage();
        append(held, size);
    }

    /** As {@link #add}, of bytes that are to stay together: a new piece begins where they would not fit, or when it is time, and then has the flags. */
    void addWhole(HeldBytes held, int size, int flags) {
        sayGarbage();
        if (piece.size() > 0 && (piece.room() < size || untilSpan() <= 0)) {
            flush();
        }
        if (size > piece.roomAtMost()) {
            append(held, size);
            return;
        }
        beginIfEmpty(flags);
        appendPart(held, size);
    }

    private void append(HeldBytes held, int size) {
        int left = size;
        while (left > 0) {
            beginIfEmpty(usualFlags);
            int part = (int) Math.min(left, room());
            if (part <= 0) {
                flush();
            } else {
                appendPart(held, part);
                left -= part;
            }
        }
    }

    private void appendPart(HeldBytes held, int size) {
        piece.append(held.array, held.from, size);
        held.from += size;
        count(size);
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

    /** The first of what is held is not of the format: left out, or kept where everything is. */
    void garbage(HeldBytes held, int size) {
        if (how.exact()) {
            append(held, size);
        } else {
            flush();
            piece.leaveOut(size);
            held.from += size;
            position += size;
        }
        garbage += size;
        if (garbage >= 1 << 20) {
            sayGarbage();
        }
    }

    /** Whatever is held before something begins is garbage; false when nothing does, and more of it has to come. */
    boolean find(HeldBytes held, IntPredicate begins, int sure, boolean last) {
        int at = held.from;
        while (at + sure <= held.until && !begins.test(at)) {
            at++;
        }
        boolean found = at + sure <= held.until;
        int until = found || !last ? at : held.until;
        if (until > held.from) {
            garbage(held, until - held.from);
        }
        return found;
    }

    /** Tells that the clock of the input has jumped. */
    void sayJump(EvenClock clock) {
        how.notices()
                .tell(
                        "jump",
                        "the clock of the " + format + " jumps by " + clock.jumpMillis() + " ms at byte " + position);
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
