package io.swarmflux.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.swarmflux.segment.StreamId;
import io.swarmflux.wire.Message.Address;
import io.swarmflux.wire.Message.Announce;
import io.swarmflux.wire.Message.Assign;
import io.swarmflux.wire.Message.Assignment;
import io.swarmflux.wire.Message.Data;
import io.swarmflux.wire.Message.Failure;
import io.swarmflux.wire.Message.FailureCode;
import io.swarmflux.wire.Message.GapNotice;
import io.swarmflux.wire.Message.GapNoticeReason;
import io.swarmflux.wire.Message.Hello;
import io.swarmflux.wire.Message.Path;
import io.swarmflux.wire.Message.Paths;
import io.swarmflux.wire.Message.Ping;
import io.swarmflux.wire.Message.Range;
import io.swarmflux.wire.Message.Redirect;
import io.swarmflux.wire.Message.Request;
import io.swarmflux.wire.Message.Start;
import io.swarmflux.wire.Message.Subscribe;
import io.swarmflux.wire.Message.Unsubscribe;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class MessageCodecTest {
    @Test
    void everyMessageComesBackAsItWas() {
        long seed = System.nanoTime();
        RandomMessages random = new RandomMessages(seed);
        for (int i = 0; i < 2_000; i++) {
            for (Message message : random.oneOfEach()) {
                ByteBuffer frame = MessageCodec.encode(message);
                assertThat(MessageCodec.decode(frame)).as("seed %d", seed).isEqualTo(message);
            }
        }
    }

    @Test
    void decodesAnyKindOfBufferAndMovesNothing() {
        long seed = System.nanoTime();
        for (Message message : new RandomMessages(seed).oneOfEach()) {
            ByteBuffer frame = Frames.asReceived(MessageCodec.encode(message)).order(ByteOrder.LITTLE_ENDIAN);
            int limit = frame.limit();
            assertThat(MessageCodec.decode(frame)).as("seed %d", seed).isEqualTo(message);
            assertThat(frame.position()).isEqualTo(5);
            assertThat(frame.limit()).isEqualTo(limit);
        }
    }

    @Test
    void hasAFormForEveryMessageButSegments() {
        assertThat(MessageCodec.FORMS.stream().map(form -> form.message().getName()))
                .doesNotHaveDuplicates()
                .hasSize((int) messages(Message.class) - 1)
                .doesNotContain(Data.class.getName());
        assertThat(MessageCodec.FORMS.stream().map(Form::type))
                .doesNotHaveDuplicates()
                .doesNotContain(MessageCodec.SEGMENT);
    }

    private static long messages(Class<?> sealed) {
        long count = 0;
        for (Class<?> permitted : sealed.getPermittedSubclasses()) {
            count += permitted.isSealed() ? messages(permitted) : 1;
        }
        return count;
    }

    @Test
    void anEmptyAnnouncementTakesFewBytes() {
        Announce quiet =
                new Announce(1, 0, 1_000_000, 1_000_100, List.of(), Message.UNKNOWN, 123_456_789, 900, 12, 40_000);
        assertThat(MessageCodec.encode(quiet).remaining()).isLessThan(25);
    }

    @Test
    void spellsAPeerOncePerMessage() {
        Paths shared = new Paths(
                1,
                0,
                List.of(
                        new Path(1, List.of("seeder-of-the-news", "a"), 9),
                        new Path(2, List.of("seeder-of-the-news"), 3)));
        ByteBuffer frame = MessageCodec.encode(shared);
        assertThat(frame.remaining()).isLessThan(40);
        assertThat(MessageCodec.decode(frame)).isEqualTo(shared);
    }

    @Test
    void cutsTextForPeopleInsteadOfFailing() {
        Message decoded =
                MessageCodec.decode(MessageCodec.encode(new Failure(FailureCode.MALFORMED, "x\n" + "é".repeat(1_000))));
        assertThat(decoded).isEqualTo(new Failure(FailureCode.MALFORMED, "x " + "é".repeat(255)));
    }

    @Test
    void passesOverAnUnknownTypeThatMayBeIgnored() {
        assertThat(MessageCodec.decode(Frames.of(0x7f, 1, 2, 3))).isNull();
        assertThat(MessageCodec.decode(Frames.of(0x7f, 0xff))).isNull();
    }

    @Test
    void knowsATypeEvenWhenItMightBeIgnored() {
        ByteBuffer frame = MessageCodec.encode(new Ping(7));
        frame.put(1, (byte) 1);
        assertThat(MessageCodec.decode(frame)).isEqualTo(new Ping(7));
    }

    @Test
    void understandsTheHelloOfALaterVersion() {
        Hello later = new Hello(1, 2, -1, "peer", 5, 16_384, 262_431, "");
        ByteBuffer frame = Frames.joined(MessageCodec.encode(later), Frames.of(1, 2, 3));
        assertThat(MessageCodec.decode(frame)).isEqualTo(later);
    }

    @Test
    void refusesBadArguments() {
        refuses(new Unsubscribe(-1), "UNSUBSCRIBE: stream number is 0 to 9223372036854775807, was -1");
        refuses(new Hello(1, 1, 0, "p".repeat(65), 0, 16_384, 262_431, ""), "peer length is 1 to 64, was 65");
        refuses(new Hello(1, 1, 0, "a\nb", 0, 16_384, 262_431, ""), "peer has no control characters");
        refuses(new Hello(2, 1, 0, "p", 0, 16_384, 262_431, ""), "newest version is 2 to 65535, was 1");
        refuses(
                new Subscribe(1, StreamId.of("s"), -2, -1, Start.NATURAL, 0, -1, 0, 0, false),
                "epoch is -1 to 9223372036854775807, was -2");
        refuses(new Subscribe(1, StreamId.of("s"), -1, -1, Start.OLDEST, 1, -1, 0, 0, false), "from is 0 to 0, was 1");
        refuses(
                new Request(
                        1,
                        LongStream.range(0, 33)
                                .mapToObj(i -> new Range(2 * i, 2 * i + 1))
                                .toList()),
                "number of ranges is 0 to 32, was 33");
        refuses(new Request(1, List.of(new Range(5, 5))), "ranges until is 6 to 9223372036854775807, was 5");
        refuses(new Request(1, List.of(new Range(5, 7), new Range(6, 9))), "ranges from is 7 to ");
        refuses(new Request(1, List.of(new Range(Long.MAX_VALUE, Long.MIN_VALUE))), "ranges from is 0 to ");
        refuses(new GapNotice(1, 0, 5, 5, GapNoticeReason.GONE), "until is 6 to 9223372036854775807, was 5");
        refuses(new Assign(1, List.of(Assignment.until(3, 1), Assignment.until(3, 2))), "sub-stream 3 is named twice");
        refuses(new Assign(1, List.of(Assignment.until(64, 1))), "sub-stream is 0 to 63, was 64");
        refuses(
                new Redirect(1, Collections.nCopies(9, new Address("p", "h:1"))),
                "number of addresses is 0 to 8, was 9");
        refuses(announce(9, 8, List.of()), "edge is 9 to 9223372036854775807, was 8");
        refuses(announce(1, 8, List.of(new Range(7, 9))), "holes until is 8 to 8, was 9");
        refuses(
                new Paths(
                        1,
                        0,
                        LongStream.range(0, 64)
                                .mapToObj(MessageCodecTest::longPath)
                                .toList()),
                "frame length is 1 to 16384");
    }

    private static Announce announce(long oldest, long edge, List<Range> holes) {
        return new Announce(1, 0, oldest, edge, holes, Message.UNKNOWN, 0, 0, 0, 0);
    }

    private static Path longPath(long i) {
        return new Path(
                i,
                LongStream.range(0, 16)
                        .mapToObj(j -> "a-very-long-name-of-a-peer-" + (16 * i + j))
                        .toList(),
                0);
    }

    private static void refuses(Message message, String words) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MessageCodec.encode(message))
                .withMessageContaining(words);
    }
}
