package io.swarmflux.wire;

import io.swarmflux.segment.Segment;
import io.swarmflux.segment.SegmentArena;
import io.swarmflux.segment.SegmentBytes;
import io.swarmflux.segment.StreamId;
import io.swarmflux.wire.GroupMessage.Chunk;
import io.swarmflux.wire.GroupMessage.Piece;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Segments of one stream that arrive in pieces over a link that loses, doubles and reorders frames. Each chunk is copied once,
 * to its place in the array that becomes the segment's own; a segment that fits in one chunk is never kept here at all.
 *
 * <p>What is unfinished is bounded in bytes and in segments. Beyond either bound the oldest sequence is given up: in a live
 * stream it is the first that nobody needs any more. So that a stranger cannot push out what is wanted by claims of a far
 * future, the caller lets in only what its window has room for. Nothing here is thrown: what breaks the rules in a group is
 * counted and dropped, whoever sent it. For one thread at a time.
 */
public final class GroupAssembler {
    /** How many finished segments are remembered, so that a repair that comes twice is finished once. */
    private static final int REMEMBERED = 4096;

    private final StreamId stream;
    private final int maxSegmentBytes;
    private final long maxBytes;
    private final int maxSegments;
    private final SegmentArena arena;

    /** Oldest first, by epoch and sequence. */
    private final List<PartialSegment> partials = new ArrayList<>();

    /** The sequences last finished, each at its place modulo the length, and their epochs; -1 where there is none. */
    private final long[] finishedSequences = new long[REMEMBERED];

    private final long[] finishedEpochs = new long[REMEMBERED];

    private long leastEpoch;
    private long leastSequence;
    private long bytes;
    private long finished;
    private long duplicates;
    private long mismatched;
    private long broken;
    private long late;
    private long givenUp;

    /**
     * What happened so far.
     *
     * @param finished segments that were put together
     * @param duplicates chunks that brought nothing new
     * @param mismatched chunks that contradict those before: another total length, or in too many pieces
     * @param broken segments whose bytes, put together, were not the segment that the chunks said
     * @param late chunks below what was forgotten, or too old for the bounds
     * @param givenUp unfinished segments that were dropped to make room for newer ones
     */
    public record Counts(long finished, long duplicates, long mismatched, long broken, long late, long givenUp) {}

    /**
     * Nothing has arrived yet.
     *
     * @param stream the stream
     * @param maxSegmentBytes the longest encoded segment that is taken
     * @param maxBytes how many bytes unfinished segments may have in all, counted by their total length
     * @param maxSegments how many segments may be unfinished
     */
    public GroupAssembler(StreamId stream, int maxSegmentBytes, long maxBytes, int maxSegments) {
        this(stream, maxSegmentBytes, maxBytes, maxSegments, new SegmentArena());
    }

    /**
     * Nothing has arrived yet; segments are put together in memory that others who read the same stream use as well.
     *
     * @param stream the stream
     * @param maxSegmentBytes the longest encoded segment that is taken
     * @param maxBytes how many bytes unfinished segments may have in all, counted by their total length
     * @param maxSegments how many segments may be unfinished
     * @param arena the memory
     */
    public GroupAssembler(StreamId stream, int maxSegmentBytes, long maxBytes, int maxSegments, SegmentArena arena) {
        if (maxSegmentBytes < Segment.HEADER_BYTES || maxSegmentBytes > Segment.MAX_ENCODED_BYTES) {
            throw new IllegalArgumentException("the longest encoded segment is " + Segment.HEADER_BYTES + " to "
                    + Segment.MAX_ENCODED_BYTES + " bytes, was " + maxSegmentBytes);
        }
        if (maxBytes < maxSegmentBytes) {
            throw new IllegalArgumentException(
                    "the longest segment, " + maxSegmentBytes + " bytes, must fit, were " + maxBytes + " bytes");
        }
        if (maxSegments < 1) {
            throw new IllegalArgumentException("one segment must fit, were " + maxSegments);
        }
        this.stream = stream;
        this.arena = arena;
        this.maxSegmentBytes = maxSegmentBytes;
        this.maxBytes = maxBytes;
        this.maxSegments = maxSegments;
        Arrays.fill(finishedSequences, -1);
    }

    /**
     * Takes a chunk.
     *
     * @param chunk the chunk; its bytes are copied, and their position is left alone
     * @return the segment that it finishes, once; null when it finishes none
     */
    public @Nullable Segment take(Chunk chunk) {
        long epoch = chunk.epoch();
        long sequence = chunk.sequence();
        if (epoch < leastEpoch || (epoch == leastEpoch && sequence < leastSequence)) {
            late++;
            return null;
        }
        if (isFinished(epoch, sequence)) {
            duplicates++;
            return null;
        }
        if (chunk.total() > maxSegmentBytes) {
            mismatched++;
            return null;
        }
        int length = chunk.bytes().remaining();
        int place = place(epoch, sequence);
        if (place < 0) {
            if (length == chunk.total()) {
                SegmentBytes encoded = arena.reserve(length);
                encoded.put(0, chunk.bytes(), chunk.bytes().position(), length);
                return finish(epoch, sequence, encoded);
            }
            place = begin(-place - 1, chunk);
            if (place < 0) {
                late++;
                return null;
            }
        }
        PartialSegment partial = partials.get(place);
        if (partial.total() != chunk.total()) {
            mismatched++;
            return null;
        }
        switch (partial.take(chunk.bytes(), chunk.offset())) {
            case NOTHING_NEW -> duplicates++;
            case TOO_MANY_PIECES -> mismatched++;
            case NEW -> {
                if (partial.complete()) {
                    drop(place);
                    return finish(epoch, sequence, partial.encoded());
                }
            }
        }
        return null;
    }

    /**
     * What is still missing of a segment.
     *
     * @param epoch its epoch
     * @param sequence its sequence
     * @return the pieces, in order; none when it was finished lately or is forgotten, the whole segment when nothing of it came
     */
    public List<Piece> missing(long epoch, long sequence) {
        if (epoch < leastEpoch || (epoch == leastEpoch && sequence < leastSequence) || isFinished(epoch, sequence)) {
            return List.of();
        }
        int place = place(epoch, sequence);
        return place < 0 ? List.of(Piece.whole(sequence)) : partials.get(place).missing();
    }

    /**
     * Forgets all that is older, for good: chunks of it are late from now on.
     *
     * @param epoch everything of an epoch below it is forgotten
     * @param sequence everything of the epoch below it is forgotten; a bound never goes back
     */
    public void forgetBelow(long epoch, long sequence) {
        if (epoch < leastEpoch || (epoch == leastEpoch && sequence <= leastSequence)) {
            return;
        }
        leastEpoch = epoch;
        leastSequence = sequence;
        int old = place(epoch, sequence);
        old = old < 0 ? -old - 1 : old;
        for (PartialSegment partial : partials.subList(0, old)) {
            bytes -= partial.total();
        }
        partials.subList(0, old).clear();
    }

    /**
     * Forgets one segment: it came by another way, and chunks of it bring nothing new from now on.
     *
     * @param epoch its epoch
     * @param sequence its sequence
     */
    public void present(long epoch, long sequence) {
        int place = place(epoch, sequence);
        if (place >= 0) {
            drop(place);
        }
        remember(epoch, sequence);
    }

    /**
     * Takes a segment once more that was finished: it could not be kept, and is missing after all.
     *
     * @param epoch its epoch
     * @param sequence its sequence
     */
    public void again(long epoch, long sequence) {
        if (isFinished(epoch, sequence)) {
            finishedSequences[(int) (sequence & (REMEMBERED - 1))] = -1;
        }
    }

    /**
     * How much is unfinished.
     *
     * @return segments
     */
    public int unfinished() {
        return partials.size();
    }

    /**
     * How much room the unfinished takes.
     *
     * @return bytes
     */
    public long unfinishedBytes() {
        return bytes;
    }

    /**
     * What happened so far.
     *
     * @return the counts
     */
    public Counts counts() {
        return new Counts(finished, duplicates, mismatched, broken, late, givenUp);
    }

    /** Where a segment is, or -1 less the place where it would be. What is new belongs near the end. */
    private int place(long epoch, long sequence) {
        int last = partials.size() - 1;
        if (last < 0 || partials.get(last).compare(epoch, sequence) < 0) {
            return -(last + 1) - 1;
        }
        int low = 0;
        int high = last;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = partials.get(middle).compare(epoch, sequence);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -low - 1;
    }

    /** Makes room for a segment and begins it; -1 when all the others are newer and leave it none. */
    private int begin(int place, Chunk chunk) {
        int at = place;
        while (partials.size() >= maxSegments || bytes + chunk.total() > maxBytes) {
            if (at == 0) {
                return -1;
            }
            drop(0);
            givenUp++;
            at--;
        }
        // alone: much of what begins in a group never ends, and must not keep what lies beside it
        partials.add(at, new PartialSegment(chunk.epoch(), chunk.sequence(), SegmentBytes.alone(chunk.total())));
        bytes += chunk.total();
        return at;
    }

    private void drop(int place) {
        bytes -= partials.remove(place).total();
    }

    private @Nullable Segment finish(long epoch, long sequence, SegmentBytes encoded) {
        Segment segment;
        try {
            segment = encoded.segment(stream);
        } catch (IllegalArgumentException e) { // counted; the group has nobody to tell
            broken++;
            return null;
        }
        if (segment.epoch() != epoch || segment.sequence() != sequence) {
            broken++;
            return null;
        }
        finished++;
        remember(epoch, sequence);
        return segment;
    }

    private boolean isFinished(long epoch, long sequence) {
        int slot = (int) (sequence & (REMEMBERED - 1));
        return finishedSequences[slot] == sequence && finishedEpochs[slot] == epoch;
    }

    private void remember(long epoch, long sequence) {
        int slot = (int) (sequence & (REMEMBERED - 1));
        finishedSequences[slot] = sequence;
        finishedEpochs[slot] = epoch;
    }
}
