package io.swarmflux.wire;

import io.swarmflux.segment.Segment;
import io.swarmflux.wire.Message.Address;
import io.swarmflux.wire.Message.Failure;
import io.swarmflux.wire.Message.FailureCode;
import io.swarmflux.wire.Message.Goodbye;
import io.swarmflux.wire.Message.GoodbyeReason;
import io.swarmflux.wire.Message.Hello;
import io.swarmflux.wire.Message.Neighbours;
import io.swarmflux.wire.Message.Ping;
import io.swarmflux.wire.Message.Pong;
import io.swarmflux.wire.Message.Reject;
import io.swarmflux.wire.Message.RejectReason;
import io.swarmflux.wire.Message.Welcome;
import java.util.List;

/** The messages about the link itself, type numbers from 0x01. */
final class LinkForms {
    /** "SWFX": the first bytes of every hello after type and flags. */
    static final int MAGIC = 0x53574658;

    static final int MAX_NAME_BYTES = 64;
    static final int MAX_ADDRESS_BYTES = 256;
    static final int MAX_TEXT_BYTES = 512;
    private static final int MAX_ADDRESSES = 8;

    static final List<Form<?>> ALL = List.of(
            new Form<>(0x01, "HELLO", Hello.class, LinkForms::writeHello, LinkForms::readHello),
            new Form<>(0x02, "WELCOME", Welcome.class, LinkForms::writeWelcome, LinkForms::readWelcome),
            new Form<>(0x03, "REJECT", Reject.class, LinkForms::writeReject, LinkForms::readReject),
            new Form<>(0x04, "PING", Ping.class, (m, out) -> out.u64(m.stamp()), in -> new Ping(in.u64("stamp"))),
            new Form<>(0x05, "PONG", Pong.class, (m, out) -> out.u64(m.stamp()), in -> new Pong(in.u64("stamp"))),
            new Form<>(0x06, "GOODBYE", Goodbye.class, LinkForms::writeGoodbye, LinkForms::readGoodbye),
            new Form<>(0x07, "FAILURE", Failure.class, LinkForms::writeFailure, LinkForms::readFailure),
            new Form<>(
                    0x08,
                    "NEIGHBOURS",
                    Neighbours.class,
                    (m, out) -> writeAddresses(m.addresses(), out),
                    in -> new Neighbours(readAddresses(in))));

    private LinkForms() {}

    private static void writeHello(Hello m, FieldWriter out) {
        out.check("oldest version", m.minVersion(), 1, 0xffff);
        out.check("newest version", m.maxVersion(), m.minVersion(), 0xffff);
        out.u32(MAGIC);
        out.u16(m.minVersion());
        out.u16(m.maxVersion());
        out.u16(0);
        out.bits(m.features());
        out.text("peer", m.peer(), 1, MAX_NAME_BYTES);
        out.u64(m.instance());
        out.number("longest frame", m.maxFrameBytes(), MessageCodec.MIN_FRAME_BYTES, Integer.MAX_VALUE);
        out.number("longest segment", m.maxSegmentBytes(), Segment.HEADER_BYTES, Integer.MAX_VALUE);
        out.text("advertised", m.advertised(), 0, MAX_ADDRESS_BYTES);
    }

    private static Hello readHello(FieldReader in) {
        int where = in.offset();
        int magic = in.u32("magic");
        if (magic != MAGIC) {
            throw new WireException(
                    FailureCode.MAGIC,
                    in.complaint("magic", String.format("0x%08x", magic), where, String.format("0x%08x", MAGIC)));
        }
        int min = in.u16("oldest version");
        where = in.offset();
        int max = in.u16("newest version");
        if (min < 1 || max < min) {
            throw in.malformed("newest version", max + " after the oldest, " + min, where, "1 <= oldest <= newest");
        }
        in.u16("reserved");
        if (min > MessageCodec.VERSION) {
            throw new WireException(
                    FailureCode.VERSION,
                    in.complaint("oldest version", min, where - 2, "at most " + MessageCodec.VERSION));
        }
        Hello hello = new Hello(
                min,
                max,
                in.bits("features"),
                in.text("peer", 1, MAX_NAME_BYTES),
                in.u64("instance"),
                in.smallNumber("longest frame", MessageCodec.MIN_FRAME_BYTES, Integer.MAX_VALUE),
                in.smallNumber("longest segment", Segment.HEADER_BYTES, Integer.MAX_VALUE),
                in.text("advertised", 0, MAX_ADDRESS_BYTES));
        if (max > MessageCodec.VERSION) {
            in.skip(); // later versions append what this one need not know
        }
        return hello;
    }

    private static void writeWelcome(Welcome m, FieldWriter out) {
        out.number("version", m.version(), 1, 0xffff);
        out.u64(m.instance());
    }

    private static Welcome readWelcome(FieldReader in) {
        return new Welcome(in.smallNumber("version", 1, 0xffff), in.u64("instance"));
    }

    private static void writeReject(Reject m, FieldWriter out) {
        out.choice(m.reason());
        out.number("retry after", m.retryAfterMillis());
        out.words(m.text(), MAX_TEXT_BYTES);
    }

    private static Reject readReject(FieldReader in) {
        return new Reject(
                in.choice("reason", RejectReason.values()),
                in.smallNumber("retry after", 0, Integer.MAX_VALUE),
                in.text("text", 0, MAX_TEXT_BYTES));
    }

    private static void writeGoodbye(Goodbye m, FieldWriter out) {
        out.choice(m.reason());
        out.number("retry after", m.retryAfterMillis());
    }

    private static Goodbye readGoodbye(FieldReader in) {
        return new Goodbye(
                in.choice("reason", GoodbyeReason.values()), in.smallNumber("retry after", 0, Integer.MAX_VALUE));
    }

    private static void writeFailure(Failure m, FieldWriter out) {
        out.choice(m.code());
        out.words(m.text(), MAX_TEXT_BYTES);
    }

    private static Failure readFailure(FieldReader in) {
        return new Failure(in.choice("code", FailureCode.values()), in.text("text", 0, MAX_TEXT_BYTES));
    }

    static void writeAddresses(List<Address> addresses, FieldWriter out) {
        out.list("addresses", addresses, MAX_ADDRESSES, address -> {
            out.text("peer", address.peer(), 1, MAX_NAME_BYTES);
            out.text("address", address.address(), 1, MAX_ADDRESS_BYTES);
        });
    }

    static List<Address> readAddresses(FieldReader in) {
        return in.list(
                "addresses",
                MAX_ADDRESSES,
                () -> new Address(in.text("peer", 1, MAX_NAME_BYTES), in.text("address", 1, MAX_ADDRESS_BYTES)));
    }
}
