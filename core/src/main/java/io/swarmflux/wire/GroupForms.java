package io.swarmflux.wire;

import io.swarmflux.segment.Segment;
import io.swarmflux.segment.StreamId;
import io.swarmflux.wire.GroupMessage.Beacon;
import io.swarmflux.wire.GroupMessage.Claim;
import io.swarmflux.wire.GroupMessage.Echo;
import io.swarmflux.wire.GroupMessage.Heartbeat;
import io.swarmflux.wire.GroupMessage.Nak;
import io.swarmflux.wire.GroupMessage.Piece;
import io.swarmflux.wire.GroupMessage.Ways;
import io.swarmflux.wire.Message.Range;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The bodies of a group's messages, all but that of the chunk. */
final class GroupForms {
    private GroupForms() {}

    static void writeBeacon(Beacon m, FieldWriter out) {
        out.text("peer", m.peer(), 1, LinkForms.MAX_NAME_BYTES);
        out.text("address", m.address(), 0, LinkForms.MAX_ADDRESS_BYTES);
        writeStream(m.stream(), out);
        out.signed("epoch", m.epoch(), -1);
        out.number("next", m.next());
        out.bits(m.outside());
        out.bool(m.leaving());
        writeHears(m.hears(), out);
        Echo echo = m.echo();
        out.bool(echo != null);
        if (echo != null) {
            out.u64(echo.member());
            out.signed("echo stamp", echo.stampUs(), Long.MIN_VALUE);
            out.number("echo held", echo.heldUs());
        }
    }

    static Beacon readBeacon(long member, FieldReader in) {
        String peer = in.text("peer", 1, LinkForms.MAX_NAME_BYTES);
        String address = in.text("address", 0, LinkForms.MAX_ADDRESS_BYTES);
        StreamId stream = UpwardForms.readStream(in);
        long epoch = in.signed("epoch", -1);
        long next = in.number("next");
        long outside = in.bits("outside");
        boolean leaving = in.bool("leaving");
        List<Long> hears = readHears(in);
        return new Beacon(member, peer, address, stream, epoch, next, outside, leaving, hears, readEcho(in));
    }

    private static @Nullable Echo readEcho(FieldReader in) {
        if (!in.bool("echo")) {
            return null;
        }
        long member = in.u64("echo member");
        long stampUs = in.signed("echo stamp", Long.MIN_VALUE);
        return new Echo(member, stampUs, in.number("echo held"));
    }

    static void writeHeartbeat(Heartbeat m, FieldWriter out) {
        writeStream(m.stream(), out);
        out.signed("epoch", m.epoch(), -1);
        out.number("oldest", m.oldest());
        out.check("edge", m.edge(), m.oldest(), Long.MAX_VALUE);
        out.bits(m.edge() - m.oldest());
        long[] named = {0};
        out.list("claims", m.claims(), GroupMessage.MAX_CLAIMS, claim -> {
            out.number("sub-stream", claim.subStream(), 0, UpwardForms.MAX_SUB_STREAMS - 1);
            out.check("claims of one sub-stream", Long.bitCount(named[0] & (1L << claim.subStream())) + 1, 1, 1);
            named[0] |= 1L << claim.subStream();
            out.number("term", claim.term());
            out.check("claim edge", claim.edge(), 0, Long.MAX_VALUE);
            out.signed("claim edge", claim.edge() - m.edge(), Long.MIN_VALUE);
        });
        out.ranges("holes", m.holes(), GroupMessage.MAX_HOLES, m.oldest(), Long.MAX_VALUE);
        out.signed("final sequence", m.finalSequence(), Message.UNKNOWN);
        out.signed("stamp", m.stampUs(), Long.MIN_VALUE);
        out.number("group round trip", m.groupRoundTripUs());
        out.number("members", m.members());
        out.signed("stream time", m.streamTimeUs(), Long.MIN_VALUE);
        out.signed("stream time error", m.streamTimeErrorUs(), Message.UNKNOWN);
        writeHears(m.hears(), out);
    }

    static Heartbeat readHeartbeat(long member, FieldReader in) {
        StreamId stream = UpwardForms.readStream(in);
        long epoch = in.signed("epoch", -1);
        long oldest = in.number("oldest");
        long edge = oldest + in.number("edge", 0, Long.MAX_VALUE - oldest);
        long[] named = {0};
        List<Claim> claims = in.list("claims", GroupMessage.MAX_CLAIMS, () -> readClaim(edge, named, in));
        List<Range> holes = in.ranges("holes", GroupMessage.MAX_HOLES, oldest, Long.MAX_VALUE);
        long finalSequence = in.signed("final sequence", Message.UNKNOWN);
        long stampUs = in.signed("stamp", Long.MIN_VALUE);
        long groupRoundTripUs = in.number("group round trip");
        int members = in.smallNumber("members", 0, Integer.MAX_VALUE);
        long streamTimeUs = in.signed("stream time", Long.MIN_VALUE);
        long streamTimeErrorUs = in.signed("stream time error", Message.UNKNOWN);
        return new Heartbeat(
                member,
                stream,
                epoch,
                claims,
                oldest,
                edge,
                holes,
                finalSequence,
                stampUs,
                groupRoundTripUs,
                members,
                streamTimeUs,
                streamTimeErrorUs,
                readHears(in));
    }

    private static Claim readClaim(long edge, long[] named, FieldReader in) {
        int where = in.offset();
        int subStream = in.smallNumber("sub-stream", 0, UpwardForms.MAX_SUB_STREAMS - 1);
        if ((named[0] & (1L << subStream)) != 0) {
            throw in.malformed("sub-stream", subStream, where, "each at most once");
        }
        named[0] |= 1L << subStream;
        long term = in.number("term");
        where = in.offset();
        long distance = in.signed("claim edge", -edge);
        if (distance > Long.MAX_VALUE - edge) {
            throw in.malformed("claim edge", distance, where, "at most " + (Long.MAX_VALUE - edge));
        }
        return new Claim(subStream, term, edge + distance);
    }

    static void writeWays(Ways m, FieldWriter out) {
        out.number("epoch", m.epoch());
        out.u64(m.island());
        DownwardForms.writePathList(m.paths(), out);
    }

    static Ways readWays(long member, FieldReader in) {
        return new Ways(member, in.number("epoch"), in.u64("island"), DownwardForms.readPathList(in));
    }

    static void writeNak(Nak m, FieldWriter out) {
        out.number("epoch", m.epoch());
        long[] previous = {0};
        out.list("pieces", m.pieces(), GroupMessage.MAX_PIECES, piece -> {
            out.check("sequence", piece.sequence(), 0, Long.MAX_VALUE);
            out.signed("sequence", piece.sequence() - previous[0], Long.MIN_VALUE);
            previous[0] = piece.sequence();
            out.check("until", piece.until(), 0, Segment.MAX_ENCODED_BYTES);
            out.number("from", piece.from(), 0, Math.max(0, piece.until() - 1));
            out.bits(piece.until() - piece.from());
        });
    }

    static Nak readNak(long member, FieldReader in) {
        long epoch = in.number("epoch");
        long[] previous = {0};
        return new Nak(member, epoch, in.list("pieces", GroupMessage.MAX_PIECES, () -> readPiece(previous, in)));
    }

    private static Piece readPiece(long[] previous, FieldReader in) {
        int where = in.offset();
        long distance = in.signed("sequence", -previous[0]);
        if (distance > Long.MAX_VALUE - previous[0]) {
            throw in.malformed("sequence", distance, where, "at most " + (Long.MAX_VALUE - previous[0]));
        }
        previous[0] += distance;
        int from = in.smallNumber("from", 0, Segment.MAX_ENCODED_BYTES - 1);
        int length = in.smallNumber("length", from == 0 ? 0 : 1, Segment.MAX_ENCODED_BYTES - from);
        return new Piece(previous[0], from, from + length);
    }

    private static void writeStream(StreamId stream, FieldWriter out) {
        out.text("stream", stream.name(), 1, StreamId.MAX_BYTES);
    }

    private static void writeHears(List<Long> hears, FieldWriter out) {
        out.list("hears", hears, GroupMessage.MAX_HEARD, out::u64);
    }

    private static List<Long> readHears(FieldReader in) {
        return in.list("hears", GroupMessage.MAX_HEARD, () -> in.u64("member"));
    }
}
