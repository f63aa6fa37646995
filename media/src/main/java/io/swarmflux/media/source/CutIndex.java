package io.swarmflux.media.source;

import io.swarmflux.media.segmenter.Piece;
import io.swarmflux.segment.CodecHeaders;
import java.util.Arrays;

/** Where in a file each piece is. Grows with the reading that has come furthest; may be asked from any thread. */
final class CutIndex {
    private static final byte[] NOTHING = new byte[0];

    private long[] ats = new long[64];
    private long[] timesUs = new long[64];
    private int[] sizes = new int[64];
    private byte[] flags = new byte[64];
    private byte[][] repeats = new byte[64][];
    private CodecHeaders[] headers = new CodecHeaders[64];
    private int known;

    /** One piece: where its bytes begin, how many it has with those that are repeated, and the rest of it. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Entry(long at, int bytes, byte[] repeated, long mediaTimeUs, int flags, CodecHeaders headers) {}

    synchronized long size() {
        return known;
    }

    synchronized Entry at(long sequence) {
        int i = (int) sequence;
        return new Entry(ats[i], sizes[i], repeats[i], timesUs[i], flags[i], headers[i]);
    }

    /** A reading from the beginning. */
    Reading reading() {
        return new Reading();
    }

    private synchronized void note(long sequence, Piece piece) {
        if (sequence != known || known == Integer.MAX_VALUE - 8) {
            return;
        }
        if (known == ats.length) {
            int larger = (int) Math.min(Integer.MAX_VALUE - 8, known * 2L);
            ats = Arrays.copyOf(ats, larger);
            timesUs = Arrays.copyOf(timesUs, larger);
            sizes = Arrays.copyOf(sizes, larger);
            flags = Arrays.copyOf(flags, larger);
            repeats = Arrays.copyOf(repeats, larger);
            headers = Arrays.copyOf(headers, larger);
        }
        byte[] payload = piece.cut().payload();
        ats[known] = piece.at();
        timesUs[known] = piece.cut().mediaTimeUs();
        sizes[known] = payload.length;
        flags[known] = (byte) piece.cut().flags();
        repeats[known] = piece.repeated() == 0 ? NOTHING : Arrays.copyOf(payload, piece.repeated());
        headers[known] = piece.cut().headers();
        known++;
    }

    /** Counts along. */
    final class Reading {
        private long sequence;

        private Reading() {}

        void note(Piece piece) {
            CutIndex.this.note(sequence++, piece);
        }
    }
}
