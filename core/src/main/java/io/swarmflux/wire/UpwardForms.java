package io.swarmflux.wire;

import io.swarmflux.segment.StreamId;
import io.swarmflux.wire.Message.Assign;
import io.swarmflux.wire.Message.Assignment;
import io.swarmflux.wire.Message.Credit;
import io.swarmflux.wire.Message.Have;
import io.swarmflux.wire.Message.Need;
import io.swarmflux.wire.Message.Reach;
import io.swarmflux.wire.Message.Reached;
import io.swarmflux.wire.Message.Request;
import io.swarmflux.wire.Message.Start;
import io.swarmflux.wire.Message.Subscribe;
import io.swarmflux.wire.Message.Unsubscribe;
import java.util.List;

/** The messages from a downstream to its upstream, type numbers from 0x10. */
final class UpwardForms {
    static final int MAX_RANGES = 32;
    static final int MAX_SUB_STREAMS = 64;

    static final List<Form<?>> ALL = List.of(
            new Form<>(0x10, "SUBSCRIBE", Subscribe.class, UpwardForms::writeSubscribe, UpwardForms::readSubscribe),
            new Form<>(0x11, "ASSIGN", Assign.class, UpwardForms::writeAssign, UpwardForms::readAssign),
            new Form<>(0x12, "CREDIT", Credit.class, UpwardForms::writeCredit, UpwardForms::readCredit),
            new Form<>(0x13, "REQUEST", Request.class, UpwardForms::writeRequest, UpwardForms::readRequest),
            new Form<>(
                    0x14,
                    "UNSUBSCRIBE",
                    Unsubscribe.class,
                    (m, out) -> writeNumber(m, out),
                    in -> new Unsubscribe(readNumber(in))),
            new Form<>(0x15, "REACH", Reach.class, UpwardForms::writeReach, UpwardForms::readReach),
            new Form<>(0x16, "HAVE", Have.class, UpwardForms::writeHave, UpwardForms::readHave));

    private UpwardForms() {}

    static void writeNumber(Message.OfStream m, FieldWriter out) {
        out.number("stream number", m.number());
    }

    static int readNumber(FieldReader in) {
        return in.smallNumber("stream number", 0, Integer.MAX_VALUE);
    }

    private static void writeSubscribe(Subscribe m, FieldWriter out) {
        writeNumber(m, out);
        out.text("stream", m.stream().name(), 1, StreamId.MAX_BYTES);
        out.signed("epoch", m.epoch(), -1);
        out.signed("newest epoch", m.newestEpoch(), -1);
        out.choice(m.start());
        out.number("from", m.from(), 0, lastFrom(m.start()));
        out.bits(m.subStreams());
        out.number("credit (segments)", m.creditSegments());
        out.number("credit (bytes)", m.creditBytes());
        out.bool(m.waiting());
    }

    private static Subscribe readSubscribe(FieldReader in) {
        int number = readNumber(in);
        StreamId stream = readStream(in);
        long epoch = in.signed("epoch", -1);
        long newestEpoch = in.signed("newest epoch", -1);
        Start start = in.choice("start", Start.values());
        return new Subscribe(
                number,
                stream,
                epoch,
                newestEpoch,
                start,
                in.number("from", 0, lastFrom(start)),
                in.bits("sub-streams"),
                in.smallNumber("credit (segments)", 0, Integer.MAX_VALUE),
                in.number("credit (bytes)"),
                in.bool("waiting"));
    }

    private static long lastFrom(Start start) {
        return start == Start.SEQUENCE ? Long.MAX_VALUE : 0;
    }

    static StreamId readStream(FieldReader in) {
        int where = in.offset();
        String name = in.text("stream", 1, StreamId.MAX_BYTES);
        try {
            return StreamId.of(name);
        } catch (IllegalArgumentException e) {
            throw in.malformed("stream", "'" + name + "'", where, "a stream name: " + e.getMessage());
        }
    }

    private static void writeAssign(Assign m, FieldWriter out) {
        writeNumber(m, out);
        long[] named = {0};
        out.list("assignments", m.assignments(), MAX_SUB_STREAMS, a -> {
            out.number("sub-stream", a.subStream(), 0, MAX_SUB_STREAMS - 1);
            if ((named[0] & 1L << a.subStream()) != 0) {
                throw new IllegalArgumentException("ASSIGN: sub-stream " + a.subStream() + " is named twice");
            }
            named[0] |= 1L << a.subStream();
            out.number("from", a.from());
            out.number("until", a.until(), a.from(), Long.MAX_VALUE);
            out.number("reach", a.reach());
            out.choice(a.need());
        });
    }

    private static Assign readAssign(FieldReader in) {
        int number = readNumber(in);
        long[] named = {0};
        return new Assign(number, in.list("assignments", MAX_SUB_STREAMS, () -> {
            int where = in.offset();
            int subStream = in.smallNumber("sub-stream", 0, MAX_SUB_STREAMS - 1);
            if ((named[0] & 1L << subStream) != 0) {
                throw in.malformed("sub-stream", subStream + " again", where, "each sub-stream once");
            }
            named[0] |= 1L << subStream;
            long from = in.number("from");
            return new Assignment(
                    subStream,
                    from,
                    in.number("until", from, Long.MAX_VALUE),
                    in.number("reach"),
                    in.choice("need", Need.values()));
        }));
    }

    private static void writeReach(Reach m, FieldWriter out) {
        writeNumber(m, out);
        out.list("sub-streams", m.subStreams(), MAX_SUB_STREAMS, one -> {
            out.bits(one.subStreams());
            out.number("peers", one.peers());
        });
    }

    private static Reach readReach(FieldReader in) {
        return new Reach(
                readNumber(in),
                in.list("sub-streams", MAX_SUB_STREAMS, () -> new Reached(in.bits("sub-streams"), in.number("peers"))));
    }

    private static void writeCredit(Credit m, FieldWriter out) {
        writeNumber(m, out);
        out.number("sequence limit", m.sequenceLimit());
        out.number("byte limit", m.byteLimit());
        out.number("next", m.next());
        out.number("received bytes", m.receivedBytes());
        out.bool(m.held());
    }

    private static Credit readCredit(FieldReader in) {
        return new Credit(
                readNumber(in),
                in.number("sequence limit"),
                in.number("byte limit"),
                in.number("next"),
                in.number("received bytes"),
                in.bool("held"));
    }

    private static void writeRequest(Request m, FieldWriter out) {
        writeNumber(m, out);
        out.ranges("ranges", m.ranges(), MAX_RANGES, 0, Long.MAX_VALUE);
    }

    private static Request readRequest(FieldReader in) {
        return new Request(readNumber(in), in.ranges("ranges", MAX_RANGES, 0, Long.MAX_VALUE));
    }

    private static void writeHave(Have m, FieldWriter out) {
        writeNumber(m, out);
        out.ranges("ranges", m.ranges(), MAX_RANGES, 0, Long.MAX_VALUE);
    }

    private static Have readHave(FieldReader in) {
        return new Have(readNumber(in), in.ranges("ranges", MAX_RANGES, 0, Long.MAX_VALUE));
    }
}
