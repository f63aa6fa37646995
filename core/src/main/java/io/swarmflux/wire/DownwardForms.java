package io.swarmflux.wire;

import io.swarmflux.segment.Description;
import io.swarmflux.segment.Mode;
import io.swarmflux.segment.Segment;
import io.swarmflux.wire.Message.Announce;
import io.swarmflux.wire.Message.Declined;
import io.swarmflux.wire.Message.Described;
import io.swarmflux.wire.Message.End;
import io.swarmflux.wire.Message.GapNotice;
import io.swarmflux.wire.Message.GapNoticeReason;
import io.swarmflux.wire.Message.Path;
import io.swarmflux.wire.Message.Paths;
import io.swarmflux.wire.Message.Range;
import io.swarmflux.wire.Message.Redirect;
import io.swarmflux.wire.Message.RefuseReason;
import io.swarmflux.wire.Message.Refused;
import io.swarmflux.wire.Message.Stopped;
import io.swarmflux.wire.Message.Subscribed;
import io.swarmflux.wire.Message.Yield;
import java.util.ArrayList;
import java.util.List;

/** The messages from an upstream to its downstream, type numbers from 0x20. Segments, 0x23, have a form of their own. */
final class DownwardForms {
    private static final int MAX_PATHS = 64;
    private static final int MAX_HOPS = 16;
    private static final int MAX_MEDIA_TYPE_BYTES = 128;

    static final List<Form<?>> ALL = List.of(
            new Form<>(
                    0x20,
                    "SUBSCRIBED",
                    Subscribed.class,
                    DownwardForms::writeSubscribed,
                    DownwardForms::readSubscribed),
            new Form<>(0x21, "REFUSED", Refused.class, DownwardForms::writeRefused, DownwardForms::readRefused),
            new Form<>(0x22, "DESCRIBED", Described.class, DownwardForms::writeDescribed, DownwardForms::readDescribed),
            new Form<>(0x24, "ANNOUNCE", Announce.class, DownwardForms::writeAnnounce, DownwardForms::readAnnounce),
            new Form<>(0x25, "GAP", GapNotice.class, DownwardForms::writeGap, DownwardForms::readGap),
            new Form<>(0x26, "END", End.class, DownwardForms::writeEnd, DownwardForms::readEnd),
            new Form<>(0x27, "STOPPED", Stopped.class, DownwardForms::writeStopped, DownwardForms::readStopped),
            new Form<>(0x28, "REDIRECT", Redirect.class, DownwardForms::writeRedirect, DownwardForms::readRedirect),
            new Form<>(0x29, "PATHS", Paths.class, DownwardForms::writePaths, DownwardForms::readPaths),
            new Form<>(0x2a, "DECLINED", Declined.class, DownwardForms::writeDeclined, DownwardForms::readDeclined),
            new Form<>(0x2b, "YIELD", Yield.class, DownwardForms::writeYield, DownwardForms::readYield));

    private DownwardForms() {}

    private static void writeSubscribed(Subscribed m, FieldWriter out) {
        UpwardForms.writeNumber(m, out);
        out.number("epoch", m.epoch());
        out.number("start", m.start());
        out.number("oldest", m.oldest());
        writeDescription(m.description(), out);
    }

    private static Subscribed readSubscribed(FieldReader in) {
        return new Subscribed(
                UpwardForms.readNumber(in),
                in.number("epoch"),
                in.number("start"),
                in.number("oldest"),
                readDescription(in));
    }

    private static void writeRefused(Refused m, FieldWriter out) {
        UpwardForms.writeNumber(m, out);
        out.choice(m.reason());
        out.words(m.text(), LinkForms.MAX_TEXT_BYTES);
    }

    private static Refused readRefused(FieldReader in) {
        return new Refused(
                UpwardForms.readNumber(in),
                in.choice("reason", RefuseReason.values()),
                in.text("text", 0, LinkForms.MAX_TEXT_BYTES));
    }

    private static void writeDescribed(Described m, FieldWriter out) {
        UpwardForms.writeNumber(m, out);
        writeDescription(m.description(), out);
    }

    private static Described readDescribed(FieldReader in) {
        return new Described(UpwardForms.readNumber(in), readDescription(in));
    }

    private static void writeDescription(Description d, FieldWriter out) {
        out.number("description version", d.version());
        out.choice(d.mode());
        out.number("number of sub-streams", d.subStreams());
        out.number("largest segment", d.maxSegmentBytes());
        out.number("nominal rate", d.bitsPerSecond());
        out.text("media type", d.mediaType(), 0, MAX_MEDIA_TYPE_BYTES);
        out.bytes("codec headers", d.headers(), 0, Description.MAX_HEADER_BYTES);
        out.bytes("key", d.key(), 0, Description.MAX_KEY_BYTES);
    }

    private static Description readDescription(FieldReader in) {
        return new Description(
                in.smallNumber("description version", 0, Integer.MAX_VALUE),
                in.choice("mode", Mode.values()),
                in.smallNumber("number of sub-streams", 4, 64),
                in.smallNumber("largest segment", Segment.HEADER_BYTES, Segment.MAX_ENCODED_BYTES),
                in.number("nominal rate"),
                in.text("media type", 0, MAX_MEDIA_TYPE_BYTES),
                in.bytes("codec headers", Description.MAX_HEADER_BYTES),
                in.bytes("key", Description.MAX_KEY_BYTES));
    }

    private static void writeAnnounce(Announce m, FieldWriter out) {
        UpwardForms.writeNumber(m, out);
        out.number("epoch", m.epoch());
        out.number("oldest", m.oldest());
        out.check("edge", m.edge(), m.oldest(), Long.MAX_VALUE);
        out.bits(m.edge() - m.oldest());
        out.ranges("holes", m.holes(), UpwardForms.MAX_RANGES, m.oldest(), m.edge());
        out.signed("final sequence", m.finalSequence(), Message.UNKNOWN);
        out.signed("stream time", m.streamTimeUs(), Long.MIN_VALUE);
        out.signed("stream time error", m.streamTimeErrorUs(), Message.UNKNOWN);
        out.number("spare", m.spare(), 0, Message.ANY);
        out.number("service", m.serviceUs());
    }

    private static Announce readAnnounce(FieldReader in) {
        int number = UpwardForms.readNumber(in);
        long epoch = in.number("epoch");
        long oldest = in.number("oldest");
        long edge = oldest + in.number("edge", 0, Long.MAX_VALUE - oldest);
        List<Range> holes = in.ranges("holes", UpwardForms.MAX_RANGES, oldest, edge);
        long finalSequence = in.signed("final sequence", Message.UNKNOWN);
        long streamTimeUs = in.signed("stream time", Long.MIN_VALUE);
        long streamTimeErrorUs = in.signed("stream time error", Message.UNKNOWN);
        return new Announce(
                number,
                epoch,
                oldest,
                edge,
                holes,
                finalSequence,
                streamTimeUs,
                streamTimeErrorUs,
                in.smallNumber("spare", 0, Message.ANY),
                in.number("service"));
    }

    private static void writePaths(Paths m, FieldWriter out) {
        UpwardForms.writeNumber(m, out);
        out.number("epoch", m.epoch());
        writePathList(m.paths(), out);
    }

    static void writePathList(List<Path> paths, FieldWriter out) {
        List<String> named = new ArrayList<>();
        out.list("paths", paths, MAX_PATHS, path -> {
            out.bits(path.subStreams());
            out.list("peers", path.peers(), MAX_HOPS, peer -> writePeer(peer, named, out));
            out.signed("age", path.ageUs(), Message.UNKNOWN);
        });
    }

    private static Paths readPaths(FieldReader in) {
        int number = UpwardForms.readNumber(in);
        long epoch = in.number("epoch");
        return new Paths(number, epoch, readPathList(in));
    }

    static List<Path> readPathList(FieldReader in) {
        List<String> named = new ArrayList<>();
        return in.list(
                "paths",
                MAX_PATHS,
                () -> new Path(
                        in.bits("sub-streams"),
                        in.list("peers", MAX_HOPS, () -> readPeer(named, in)),
                        in.signed("age", Message.UNKNOWN)));
    }

    private static void writeDeclined(Declined m, FieldWriter out) {
        UpwardForms.writeNumber(m, out);
        out.bits(m.subStreams());
    }

    private static Declined readDeclined(FieldReader in) {
        return new Declined(UpwardForms.readNumber(in), in.bits("sub-streams"));
    }

    private static void writeYield(Yield m, FieldWriter out) {
        UpwardForms.writeNumber(m, out);
        out.bits(m.subStreams());
    }

    private static Yield readYield(FieldReader in) {
        return new Yield(UpwardForms.readNumber(in), in.bits("sub-streams"));
    }

    /** Paths share most of their peers, so a name is spelled once per message and referred to afterwards. */
    private static void writePeer(String peer, List<String> named, FieldWriter out) {
        int reference = named.indexOf(peer) + 1;
        out.bits(reference);
        if (reference == 0) {
            out.text("peer", peer, 1, LinkForms.MAX_NAME_BYTES);
            named.add(peer);
        }
    }

    private static String readPeer(List<String> named, FieldReader in) {
        int reference = in.smallNumber("peer reference", 0, named.size());
        if (reference > 0) {
            return named.get(reference - 1);
        }
        String peer = in.text("peer", 1, LinkForms.MAX_NAME_BYTES);
        named.add(peer);
        return peer;
    }

    private static void writeGap(GapNotice m, FieldWriter out) {
        UpwardForms.writeNumber(m, out);
        out.number("epoch", m.epoch());
        out.number("from", m.from(), 0, Long.MAX_VALUE - 1);
        out.check("until", m.until(), m.from() + 1, Long.MAX_VALUE);
        out.bits(m.until() - m.from());
        out.choice(m.reason());
    }

    private static GapNotice readGap(FieldReader in) {
        int number = UpwardForms.readNumber(in);
        long epoch = in.number("epoch");
        long from = in.number("from", 0, Long.MAX_VALUE - 1);
        long until = from + in.number("length", 1, Long.MAX_VALUE - from);
        return new GapNotice(number, epoch, from, until, in.choice("reason", GapNoticeReason.values()));
    }

    private static void writeEnd(End m, FieldWriter out) {
        UpwardForms.writeNumber(m, out);
        out.number("epoch", m.epoch());
        out.signed("final sequence", m.finalSequence(), -1);
    }

    private static End readEnd(FieldReader in) {
        return new End(UpwardForms.readNumber(in), in.number("epoch"), in.signed("final sequence", -1));
    }

    private static void writeStopped(Stopped m, FieldWriter out) {
        UpwardForms.writeNumber(m, out);
        out.number("sent bytes", m.sentBytes());
    }

    private static Stopped readStopped(FieldReader in) {
        return new Stopped(UpwardForms.readNumber(in), in.number("sent bytes"));
    }

    private static void writeRedirect(Redirect m, FieldWriter out) {
        UpwardForms.writeNumber(m, out);
        LinkForms.writeAddresses(m.addresses(), out);
    }

    private static Redirect readRedirect(FieldReader in) {
        return new Redirect(UpwardForms.readNumber(in), LinkForms.readAddresses(in));
    }
}
