package io.swarmflux.wire;

import io.swarmflux.segment.StreamId;
import io.swarmflux.wire.Message.Range;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the members of an island say to all of each other over a group link, whose frames may be lost, doubled and out of
 * order: the complete set of wire version 1. {@code docs/wire-format.md} has the bytes. A member is known by the instance
 * number of its peer; one member plays one stream.
 */
public sealed interface GroupMessage {
    /** The most members that one message can name. */
    int MAX_HEARD = 64;

    /** The most claims in a heartbeat: one for each sub-stream there can be. */
    int MAX_CLAIMS = 64;

    /** The most holes in a heartbeat. */
    int MAX_HOLES = 32;

    /** The most pieces in a NAK. */
    int MAX_PIECES = 64;

    /**
     * Who says it.
     *
     * @return the instance number of the sender
     */
    long member();

    /**
     * Who is there: each member's card.
     *
     * @param member the sender
     * @param peer its name, 1 to 64 bytes
     * @param address where it can be dialled from inside the island; empty for nowhere
     * @param stream what it plays
     * @param epoch the epoch it plays; -1 while it knows none
     * @param next the first sequence that it does not have
     * @param outside bit i set: it has an upstream outside of the island that could bring sub-stream i
     * @param leaving it is about to go
     * @param hears whom it hears, at most {@value #MAX_HEARD} of them
     * @param echo the newest stamp of one member's heartbeats, given back; null for none
     */
    record Beacon(
            long member,
            String peer,
            String address,
            StreamId stream,
            long epoch,
            long next,
            long outside,
            boolean leaving,
            List<Long> hears,
            @Nullable Echo echo)
            implements GroupMessage {}

    /**
     * A stamp given back, for measuring the round trip: now less stamp less the time that it was held.
     *
     * @param member whose heartbeat it was in
     * @param stampUs its {@link Heartbeat#stampUs}
     * @param heldUs how long the echo waited for the message that carries it
     */
    record Echo(long member, long stampUs, long heldUs) {}

    /**
     * What a gateway feeds, and how far.
     *
     * @param member the sender
     * @param stream the stream
     * @param epoch its epoch; -1 while it knows none
     * @param claims the sub-streams that it feeds
     * @param oldest the oldest sequence that it holds
     * @param edge one past the newest that it holds
     * @param holes what it lacks itself below the edges of its claims, from {@code oldest} on, oldest first, at most
     *     {@value #MAX_HOLES}
     * @param finalSequence the last sequence of the epoch: -1 for an empty one, {@link Message#UNKNOWN} while it goes on
     * @param stampUs the sender's clock, to be echoed
     * @param groupRoundTripUs the sender's estimate of the greatest round trip in the group
     * @param members how many members it knows of, itself included
     * @param streamTimeUs its estimate of the seeder's clock, as in {@link Message.Announce}
     * @param streamTimeErrorUs the bound of its error; {@link Message#UNKNOWN} when it has no estimate
     * @param hears whom it hears, at most {@value #MAX_HEARD} of them
     */
    record Heartbeat(
            long member,
            StreamId stream,
            long epoch,
            List<Claim> claims,
            long oldest,
            long edge,
            List<Range> holes,
            long finalSequence,
            long stampUs,
            long groupRoundTripUs,
            int members,
            long streamTimeUs,
            long streamTimeErrorUs,
            List<Long> hears)
            implements GroupMessage {}

    /**
     * One sub-stream that the sender of a {@link Heartbeat} feeds into the island.
     *
     * @param subStream from 0 to K - 1
     * @param term the higher term wins when two claim the same
     * @param edge the first sequence that it has not sent yet: all before it were sent, or are holes
     */
    record Claim(int subStream, long term, long edge) {}

    /**
     * By which ways a gateway gets what it feeds, as in {@link Message.Paths}, so that nobody outside takes from the island what the
     * island takes from there.
     *
     * @param member the sender
     * @param epoch the epoch
     * @param island what the island is called in paths; members that meet go on with the smaller of two numbers
     * @param paths the ways, the sender's own name last; at most one for each sub-stream that it feeds
     */
    record Ways(long member, long epoch, long island, List<Message.Path> paths) implements GroupMessage {}

    /**
     * Asks all members for what the sender misses.
     *
     * @param member the sender
     * @param epoch the epoch
     * @param pieces at most {@value #MAX_PIECES}
     */
    record Nak(long member, long epoch, List<Piece> pieces) implements GroupMessage {}

    /**
     * Part of a segment's encoded form.
     *
     * @param sequence which segment
     * @param from the first byte
     * @param until one past the last byte; 0, with {@code from} 0, for the whole segment
     */
    record Piece(long sequence, int from, int until) {
        /**
         * A whole segment, of whatever length.
         *
         * @param sequence which
         * @return the piece
         */
        public static Piece whole(long sequence) {
            return new Piece(sequence, 0, 0);
        }

        /**
         * Whether it stands for the whole segment.
         *
         * @return true when it has no end
         */
        public boolean isWhole() {
            return until == 0;
        }
    }

    /**
     * Bytes of a segment.
     *
     * @param member the sender
     * @param epoch the segment's epoch
     * @param sequence the segment's sequence
     * @param frame counts the chunks that the sender has sent, so that a receiver notices when one has not come
     * @param repair sent because somebody asked
     * @param total the length of the segment's whole encoded form
     * @param offset where the bytes belong
     * @param bytes a view of the frame, valid as long as that
     */
    record Chunk(
            long member, long epoch, long sequence, long frame, boolean repair, int total, int offset, ByteBuffer bytes)
            implements GroupMessage {}
}
