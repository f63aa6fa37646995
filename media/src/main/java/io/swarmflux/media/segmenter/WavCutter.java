package io.swarmflux.media.segmenter;

import io.swarmflux.segment.CodecHeaders;
import io.swarmflux.segment.Segment;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Cuts WAV between blocks of samples; a player may start at each piece. What comes before the samples is a piece of its own and the codec
 * headers of all others.
 *
 * <pre>
 *  bytes   "RIFF" size "WAVE" | "fmt " size format | other chunks | "data" size | samples ........
 *  pieces  R headers                                                            | R    | R    | R
 * </pre>
 *
 * A size of 0 or 0xffffffff is that of a pipe: everything that comes is samples. Behind samples of a known size there are other chunks, or it
 * begins anew with another header.
 */
final class WavCutter implements Cutter {
    private static final int CHUNK = 8;
    private static final int MAX_HELD = 160 * 1024;
    private static final long MAX_CHUNK = 16L << 20;
    private static final long UNKNOWN = Long.MAX_VALUE;
    private static final long SECOND_US = 1_000_000;

    private final Cutting how;
    private final PieceFlow flow;
    private final HeldBytes held = new HeldBytes();

    /** What is left of samples, or of a chunk that goes through. */
    private long passing;

    private boolean known;
    private boolean inSync = true;

    WavCutter(Cutting how) {
        this.how = how;
        this.flow = new PieceFlow(how, "WAV");
    }

    @Override
    public void take(ByteBuffer bytes, Consumer<Piece> whole) {
        flow.to(whole);
        held.take(bytes);
        go(false);
    }

    @Override
    public void end(Consumer<Piece> whole) {
        flow.to(whole);
        go(true);
        if (held.size() > 0) {
            flow.garbage(held, held.size());
        }
        flow.end();
    }

    private void go(boolean last) {
        boolean more = true;
        while (more && held.size() > 0) {
            if (passing > 0) {
                pass((int) Math.min(passing, held.size()));
            } else if (held.size() < WavHeader.RIFF_BYTES) {
                more = false;
            } else if (begins(held.from)) {
                more = header();
            } else {
                more = inSync ? chunk() : flow.find(held, this::begins, WavHeader.RIFF_BYTES, last);
            }
        }
    }

    private void pass(int size) {
        flow.add(held, size);
        passing -= passing == UNKNOWN ? 0 : size;
    }

    /** Deals with what goes before the samples; false when more of it has to come. */
    private boolean header() {
        WavHeader header = WavHeader.read(held.array, held.from, held.until);
        if (header == null && held.size() < MAX_HELD) {
            return false;
        }
        if (header == null || header.bytesPerSecond() == 0 || header.block() == 0) {
            lost("a header without a format or samples");
            return true;
        }
        if (known) {
            how.notices().tell("headers", "the WAV begins anew at byte " + flow.position());
        }
        int size = header.size();
        long nowUs = flow.nowUs();
        CodecHeaders now = flow.piece().headers().changedTo(header.forLateJoiners());
        flow.flush();
        flow.blocks(1);
        flow.usually(Segment.RANDOM_ACCESS);
        flow.piece().headers(now);
        flow.line(nowUs, 0, size);
        flow.begin(known ? Segment.DISCONTINUITY : 0);
        flow.addWhole(held, size, Segment.RANDOM_ACCESS);
        flow.flush();
        flow.blocks(header.block());
        flow.line(nowUs, SECOND_US, header.bytesPerSecond());
        passing = header.endless() ? UNKNOWN : header.dataBytes() + (header.dataBytes() & 1);
        known = true;
        inSync = true;
        return true;
    }

    /** A chunk behind the samples. */
    private boolean chunk() {
        long size = WavHeader.little(held.array, held.from + 4, 4);
        if (!known || !WavHeader.isName(held.array, held.from) || size > MAX_CHUNK) {
            lost("no chunk");
            return true;
        }
        flow.flush();
        flow.usually(0); // nobody starts with these
        flow.line(flow.nowUs(), 0, 1);
        passing = CHUNK + size + (size & 1);
        return true;
    }

    private void lost(String what) {
        how.notices().tell("wav", what + " of a WAV at byte " + flow.position() + "; going on with the next header");
        inSync = false;
        flow.garbage(held, 1);
    }

    private boolean begins(int at) {
        return WavHeader.begins(held.array, at);
    }
}
