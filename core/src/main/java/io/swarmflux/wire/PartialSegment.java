package io.swarmflux.wire;

import io.swarmflux.segment.SegmentBytes;
import io.swarmflux.wire.GroupMessage.Piece;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One segment of a {@link GroupAssembler}: its array, and which bytes of it have come. The ranges that have come are sorted,
 * disjoint and do not touch: {@code from, until, from, until, ...}; in the usual case there is one.
 */
final class PartialSegment {
    /** A segment of 256 KiB in chunks of 600 bytes, every other one lost, is still taken. */
    private static final int MAX_RANGES = 256;

    private final long epoch;
    private final long sequence;
    private final SegmentBytes encoded;
    private int[] ends = new int[4];
    private int ranges;

    /** What a chunk was good for. */
    enum Taken {
        NEW,
        NOTHING_NEW,
        TOO_MANY_PIECES
    }

    PartialSegment(long epoch, long sequence, SegmentBytes encoded) {
        this.epoch = epoch;
        this.sequence = sequence;
        this.encoded = encoded;
    }

    int total() {
        return encoded.size();
    }

    SegmentBytes encoded() {
        return encoded;
    }

    boolean complete() {
        return ranges == 1 && ends[0] == 0 && ends[1] == encoded.size();
    }

    int compare(long otherEpoch, long otherSequence) {
        int byEpoch = Long.compare(epoch, otherEpoch);
        return byEpoch != 0 ? byEpoch : Long.compare(sequence, otherSequence);
    }

    /** Takes bytes; the caller knows that they are within the total length. What has come already is left as it is. */
    Taken take(ByteBuffer bytes, int from) {
        int until = from + bytes.remaining();
        int first = ranges; // the first range that touches or follows: usually behind the last one
        while (first > 0 && ends[2 * first - 1] >= from) {
            first--;
        }
        int beyond = first; // the first range that the new one does not reach
        while (beyond < ranges && ends[2 * beyond] <= until) {
            beyond++;
        }
        if (beyond > first && ends[2 * first] <= from && ends[2 * first + 1] >= until) {
            return Taken.NOTHING_NEW;
        }
        if (beyond == first && ranges == MAX_RANGES) {
            return Taken.TOO_MANY_PIECES;
        }
        copy(bytes, from, until, first, beyond);
        int start = beyond > first ? Math.min(from, ends[2 * first]) : from;
        int end = beyond > first ? Math.max(until, ends[2 * beyond - 1]) : until;
        replace(first, beyond, start, end);
        return Taken.NEW;
    }

    /** Copies what the ranges from {@code first} to before {@code beyond} leave open. */
    private void copy(ByteBuffer bytes, int from, int until, int first, int beyond) {
        int at = from;
        for (int i = first; i < beyond; i++) {
            copy(bytes, from, at, Math.min(until, ends[2 * i]));
            at = Math.max(at, ends[2 * i + 1]);
        }
        copy(bytes, from, at, until);
    }

    private void copy(ByteBuffer bytes, int from, int start, int end) {
        if (end > start) {
            encoded.put(start, bytes, bytes.position() + start - from, end - start);
        }
    }

    private void replace(int first, int beyond, int from, int until) {
        int more = 1 - (beyond - first);
        if (2 * (ranges + more) > ends.length) {
            ends = Arrays.copyOf(ends, 2 * ends.length);
        }
        System.arraycopy(ends, 2 * beyond, ends, 2 * (beyond + more), 2 * (ranges - beyond));
        ends[2 * first] = from;
        ends[2 * first + 1] = until;
        ranges += more;
    }

    List<Piece> missing() {
        List<Piece> missing = new ArrayList<>();
        int at = 0;
        for (int i = 0; i < ranges; i++) {
            if (ends[2 * i] > at) {
                missing.add(new Piece(sequence, at, ends[2 * i]));
            }
            at = ends[2 * i + 1];
        }
        if (at < encoded.size()) {
            missing.add(new Piece(sequence, at, encoded.size()));
        }
        return missing;
    }
}
