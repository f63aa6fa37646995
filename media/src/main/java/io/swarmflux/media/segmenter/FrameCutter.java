package io.swarmflux.media.segmenter;

import io.swarmflux.segment.Segment;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Cuts audio frame by frame, where a player may start at each of them: a piece is a quarter of a second of whole frames, or as many as
 * fit. Media time is the sum of what the frames say that they last. What is no frame, such as tags, is left out.
 */
final class FrameCutter implements Cutter {
    private static final long SPAN_NS = 250_000_000;

    private final Cutting how;
    private final Frames frames;
    private final PieceBuffer piece;
    private final HeldBytes held = new HeldBytes();
    private boolean inSync;
    private long timeNs;
    private long beganNs;
    private long garbage;
    private long position;

    /** One format of frames. */
    interface Frames {
        /** What it is called. */
        String name();

        /** How many bytes a header has, at most. */
        int headerBytes();

        /** The size of the frame with the header at {@code at}, header included; 0 when there is none. */
        int size(byte[] bytes, int at);

        /** How long that frame lasts, in nanoseconds. */
        long lastsNs(byte[] bytes, int at);
    }

    FrameCutter(Cutting how, Frames frames) {
        this.how = how;
        this.frames = frames;
        this.piece = new PieceBuffer(how.segmentBytes());
    }

    @Override
    public void take(ByteBuffer bytes, Consumer<Piece> whole) {
        held.take(bytes);
        go(whole, false);
    }

    @Override
    public void end(Consumer<Piece> whole) {
        go(whole, true);
        leaveOut(held.size(), whole);
        sayGarbage();
        piece.flush(piece.size(), whole);
    }

    private void go(Consumer<Piece> whole, boolean last) {
        while (held.size() >= frames.headerBytes()) {
            int size = frames.size(held.array, held.from);
            if (size == 0) {
                inSync = false;
                leaveOut(1, whole);
            } else if (held.from + size > held.until) {
                return;
            } else if (!inSync && !confirmed(held.from + size, last)) {
                if (held.from + size + frames.headerBytes() > held.until) {
                    return; // the next header will tell
                }
                leaveOut(1, whole);
            } else {
                inSync = true;
                frame(size, whole);
            }
        }
    }

    /** Whether another frame follows, or the end. */
    private boolean confirmed(int next, boolean last) {
        return next + frames.headerBytes() > held.until ? last : frames.size(held.array, next) > 0;
    }

    private void frame(int size, Consumer<Piece> whole) {
        sayGarbage();
        long lastsNs = frames.lastsNs(held.array, held.from);
        if (piece.size() > 0 && (piece.room() < size || timeNs - beganNs >= SPAN_NS)) {
            piece.flush(piece.size(), whole);
        }
        if (piece.size() == 0) {
            beganNs = timeNs;
            piece.begin(timeNs / 1000, Segment.RANDOM_ACCESS, new byte[0]);
        }
        piece.append(held.array, held.from, size);
        held.from += size;
        position += size;
        timeNs += lastsNs;
    }

    private void leaveOut(int size, Consumer<Piece> whole) {
        if (size == 0) {
            return;
        }
        if (how.exact()) {
            if (piece.roomAtMost() < size) {
                piece.flush(piece.size(), whole);
            }
            if (piece.size() == 0) {
                piece.begin(timeNs / 1000);
            }
            piece.append(held.array, held.from, size);
        } else {
            piece.flush(piece.size(), whole);
            piece.leaveOut(size);
        }
        garbage += size;
        held.from += size;
        position += size;
    }

    private void sayGarbage() {
        if (garbage > 0) {
            how.notices()
                    .tell(
                            "garbage",
                            garbage + " bytes before byte " + position + " are no " + frames.name()
                                    + (how.exact() ? "" : "; left out"));
            garbage = 0;
        }
    }
}
